"""Every value of a followed scan's table, and of a script's, is the one that plain numpy makes of the file: live, and of what was there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Quantities, Region, open_swmr
from swmr_viewer.core.files import as_text
from swmr_viewer.core.progress import GrowingArray
from swmr_viewer.reader.messages import Event, Follow, FollowRequest, FrameReady, Measure, Measured, OrderRead, ScalarsRead, SendOrder
from swmr_viewer.scan_model import ScanModel
from tests.live.writers import LiveWriter
from tests.reader.listening import Listener

pytestmark = pytest.mark.live
KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
REGIONS = (Region("A", "rectangle", ((2.0, 3.0), (9.0, 12.0))), Region("peak 1", "rectangle", ((4.0, 4.0), (15.0, 10.0))))
ALL = (
    "index", "order", "time", "stage_x", "stage_x_set", "stage_y", "I0", "temperature", "total", "maximum", "hottest_x", "A.sum", "A.mean",
    "A.std", "A.centre_x", "A.centre_y", "`peak 1`.sum", "A.sum / I0", "(A.sum - `peak 1`.sum) / (time - 1e9)", "log(total / I0) * stage_x",
)  # fmt: skip
OF_FILE = ("index", "time", "stage_x", "stage_x_set", "stage_y", "I0", "temperature", "temperature / I0 - stage_x ** 2")
UNITS = {"stage_x": "mm", "temperature": "K", "A.sum / I0": "", "A.centre_x": "px", "log(total / I0) * stage_x": ""}


class Following(Listener):
    """A scan model on a real reader, as the window has it."""

    def __init__(self) -> None:
        super().__init__()
        self.model = ScanModel(self.supervisor.send, retry=lambda: None, stop=lambda: None)
        self.table = self.model.scan.quantities

    def open(self, path: Path) -> None:
        request = FollowRequest(str(path), (KEYS,), (DATA,))
        self.generation = self.supervisor.follow(request)
        self.model.receive(Follow(self.generation, request))
        if self.model.scan.wants_order:
            self.supervisor.send(SendOrder(self.generation))
        self.until(lambda _: self.model.scan.description is not None)
        self.table = self.model.scan.quantities
        measure = Measure(self.generation, self.generation, DATA, REGIONS, False)
        self.supervisor.send(measure)
        self.model.receive(measure)
        self.model.want_quantities("test", ALL)

    def _take(self, event: Event) -> None:
        super()._take(event)
        if not isinstance(event, FrameReady):
            self.model.receive(event)

    def until_known(self, n: int) -> None:
        """Listen until all quantities of so many points are known."""
        while min(self.table.n_known(name) for name in ALL) < n:
            self.until(lambda event: isinstance(event, Measured | ScalarsRead | OrderRead))

    def compare(self, wanted: dict[str, np.ndarray]) -> None:
        self.until_known(np.count_nonzero(~np.isnan(wanted["total"])))
        while not np.array_equal(self.table.values("order"), wanted["order"], equal_nan=True):  # at first it is that of the keys' arrival
            self.until_a(OrderRead)
        compare(self.table.values, wanted, ALL)


def made_by_numpy(path: Path) -> dict[str, np.ndarray]:
    """Return what each quantity is at each point: of the whole file, flat, by plain numpy."""
    with h5py.File(path, "r") as file:
        keys = [key[...] for key in file[KEYS].values()]
        shape = keys[0].shape
        frames = file[DATA][...].reshape(-1, *file[DATA].shape[-2:]).astype(float)
        frames[frames == 65535] = np.nan  # gaps between the detector's modules
        times = file["entry/instrument/detector/start_time"]
        found = {
            "I0": file["entry/I0/data"][...], "temperature": file["entry/sample/temperature"][...],
            "time": times[...] + datetime.fromisoformat(as_text(times.attrs["start"])).timestamp(),
        }  # fmt: skip
        for name in ("stage_x", "stage_y"):
            found[name] = file[f"entry/instrument/{name}/value"][...]
        asked = file["entry/instrument/stage_x/value_set"][...]
    found = {name: values.ravel() for name, values in found.items()}
    found["stage_x_set"] = np.broadcast_to(asked, shape).ravel()
    a, peak, flat = frames[:, 3:12, 2:9], frames[:, 4:10, 4:15], frames.reshape(len(frames), -1)
    found |= {
        "total": np.nansum(flat, axis=1), "maximum": np.nanmax(flat, axis=1), "hottest_x": np.nanargmax(flat, axis=1) % frames.shape[2],
        "A.sum": np.nansum(a, axis=(1, 2)), "A.mean": np.nanmean(a, axis=(1, 2)), "A.std": np.nanstd(a, axis=(1, 2)),
        "A.centre_x": np.nansum(a * (np.arange(2, 9) + 0.5), axis=(1, 2)) / np.nansum(a, axis=(1, 2)),
        "A.centre_y": np.nansum(a * (np.arange(3, 12) + 0.5)[:, None], axis=(1, 2)) / np.nansum(a, axis=(1, 2)),
        "`peak 1`.sum": np.nansum(peak, axis=(1, 2)),
    }  # fmt: skip
    with np.errstate(all="ignore"):
        found["A.sum / I0"] = found["A.sum"] / found["I0"]
        found["(A.sum - `peak 1`.sum) / (time - 1e9)"] = (found["A.sum"] - found["`peak 1`.sum"]) / (found["time"] - 1e9)
        found["log(total / I0) * stage_x"] = np.log(found["total"] / found["I0"]) * found["stage_x"]
        found["temperature / I0 - stage_x ** 2"] = found["temperature"] / found["I0"] - found["stage_x"] ** 2
    is_complete = np.all([key.ravel() != 0 for key in keys], axis=0)
    found = {name: np.where(is_complete, values, np.nan) for name, values in found.items()}
    found["index"] = np.arange(is_complete.size, dtype=float)
    found["order"] = np.full(is_complete.size, np.nan)
    found["order"][is_complete] = np.argsort(np.argsort(keys[0].ravel()[is_complete]))
    return found


def compare(values: Callable[[str], np.ndarray], wanted: dict[str, np.ndarray], names: tuple[str, ...]) -> None:
    for name in names:
        np.testing.assert_allclose(values(name), wanted[name], rtol=1e-12, atol=1e-12, err_msg=name)


SCANS = {
    "gaps": {"order": "snake", "n_keys": 2, "fault": "drop-key"},
    "growing": {"order": "random", "growing": True, "uneven": True},
    "spiral": {"scan_shape": (14,), "spiral": True},
}


def test_tables_hold_what_numpy_makes_of_the_file(live_writer: Callable[..., LiveWriter]) -> None:
    with Following() as window:
        for name, options in SCANS.items():
            writer = live_writer(f"{name}.h5", frame_shape=(16, 20), monitor=True, peak=True, **options)
            writer.step(6 + max(writer.plan.lags))
            n_early = len(writer.complete)
            window.open(writer.path)
            window.until_known(n_early)
            of_script = followed_by_script(writer, n_early)
            wanted = made_by_numpy(writer.path)
            compare(of_script.__getitem__, wanted, OF_FILE)
            window.compare(wanted)
            units = {name: quantity.unit for name in UNITS if (quantity := window.table.quantity(name)) is not None}
            assert units == UNITS
            window.open(writer.path)
            window.compare(wanted)


def followed_by_script(writer: LiveWriter, n_early: int) -> dict[str, np.ndarray]:
    """Return all values that a script knows at the end; those that it knew before are the same."""
    with open_swmr(writer.path) as file:
        script = Quantities(file, DATA, KEYS)
        early = GrowingArray(script.scan_shape, np.float64, np.nan)
        early.flat[:] = script[OF_FILE[-1]].ravel()
        assert np.count_nonzero(~np.isnan(early.flat)) == n_early
        writer.finish()
        while script.update(wait_s=10):
            pass
        assert script.position_names == ("stage_x", "stage_y")
        assert script.take_faults() == []
        found = {name: script[name].ravel() for name in OF_FILE}
    early.grow(script.scan_shape)
    is_early = ~np.isnan(early.flat)
    np.testing.assert_array_equal(early.flat[is_early], found[OF_FILE[-1]][is_early])
    return found
