"""Maps of real files by the real reader: each pixel is what plain numpy makes of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.quantities import Fate, GridPlacing, MapDrawing, PointPlacing
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.simulator.plan import ScanPlan
from tests.gui.waiting import WAIT_MS
from tests.live.writers import LiveWriter

SMALL = {"frame_shape": (16, 16), "period_s": 0.0}
PLANS = {
    "snake with gaps, read back": (ScanPlan((6, 9), order="snake", fault="drop-key", **SMALL), GridPlacing),
    "uneven": (ScanPlan((5, 8), uneven=True, jitter=0.0, **SMALL), GridPlacing),
    "random, far from where it was sent": (ScanPlan((6, 7), order="random", jitter=0.9, **SMALL), PointPlacing),
    "spiral": (ScanPlan((80,), spiral=True, **SMALL), PointPlacing),
}


@pytest.mark.live
def test_maps_are_what_stands_in_the_files(qtbot: QtBot, tmp_path: Path, live_viewer: Callable[..., Assembly]) -> None:
    viewer = None
    for number, (plan, kind) in enumerate(PLANS.values()):
        path = tmp_path / f"{number}.nxs"
        with LiveWriter(path, plan) as writer:
            if viewer is None:
                viewer = live_viewer(path, conditions=(Timeout(60.0),))
                viewer.window.quantity_map.show()
            else:
                viewer.session.open(FollowRequest(str(path), conditions=(Timeout(60.0),)))
            writer.run()
            writer.wait_for("closed")
        x, y, total, is_complete = read(path, plan)
        drawing = settled(qtbot, viewer, int(is_complete.sum()))
        assert (drawing.names.x, drawing.names.y) == ("stage_x", "stage_y")
        assert isinstance(drawing.placing, kind)
        compare(drawing, x, y, np.where(is_complete, total, np.nan))


def settled(qtbot: QtBot, viewer: Assembly, n_complete: int) -> MapDrawing:
    """Wait until all that is in the file is drawn."""
    work = viewer.window.quantity_map.map.work

    def is_drawn() -> None:
        """Say what is still missing: that is what stands there where the wait ends."""
        known = {name: work.table.n_known(name) for name in (work.names.value, work.names.x, work.names.y)}
        assert "" not in known, f"no positions: {known}"
        assert min(known.values()) >= n_complete, f"{known} of {n_complete}; {viewer.session.scan.state}"
        assert work.is_current, "it is still being drawn"
        assert work.drawing is not None, "there is no map"
        assert work.drawing.picture is not None, f"there is no picture; {work.lack}"

    qtbot.waitUntil(is_drawn, timeout=WAIT_MS)
    assert work.drawing is not None
    return work.drawing


def read(path: Path, plan: ScanPlan) -> tuple[np.ndarray, ...]:
    """Return positions, sums of the frames, and which of them have a key, one of each for each scan point."""
    with h5py.File(path) as file:
        shape = plan.scan_shape
        frames = file["entry/detector/data"][()].reshape(*[np.prod(shape)], -1)
        keys = file["entry/diamond_scan/keys/detector"][()].ravel()
        x, y = (np.broadcast_to(file[f"entry/instrument/{name}/value"][()], shape).ravel() for name in ("stage_x", "stage_y"))
        invalid = np.iinfo(frames.dtype).max
        return x, y, np.where(frames == invalid, 0, frames).sum(axis=1, dtype=np.float64), keys != 0


def compare(drawing: MapDrawing, x: np.ndarray, y: np.ndarray, total: np.ndarray) -> None:
    """Hold each pixel against the nearest point, or the cell that it is in."""
    picture = drawing.picture
    assert picture is not None
    across, up = picture.view.x, picture.view.y
    if isinstance(drawing.placing, GridPlacing):
        rows, columns = len(drawing.placing.y), len(drawing.placing.x)
        is_complete = np.isfinite(total).reshape(rows, columns)
        middles_x = [np.mean(x.reshape(rows, columns)[is_complete[:, column], column]) for column in range(columns)]
        middles_y = [np.mean(y.reshape(rows, columns)[row, is_complete[row]]) for row in range(rows)]
        nearest = nearest_of(up, middles_y)[:, None] * columns + nearest_of(across, middles_x)
        wanted, is_sure = total[nearest], is_far_from_edges(up, middles_y)[:, None] & is_far_from_edges(across, middles_x)
    else:
        known = np.flatnonzero(np.isfinite(total))
        wide, high = drawing.placing.reach
        far = ((across[None, :, None] - x[known]) / wide) ** 2 + ((up[:, None, None] - y[known]) / high) ** 2
        wanted, is_sure = np.where(far.min(-1) < 1, total[known][far.argmin(-1)], np.nan), np.abs(far.min(-1) - 1) > 1e-6
    np.testing.assert_array_equal(picture.values[is_sure], wanted[is_sure])
    assert is_sure.mean() > 0.15
    assert (picture.fates == Fate.KNOWN).any()


def nearest_of(places: np.ndarray, middles: list[float]) -> np.ndarray:
    return np.abs(places[:, None] - np.array(middles)).argmin(-1)


def is_far_from_edges(places: np.ndarray, middles: list[float]) -> np.ndarray:
    """Return which pixels are no nearer to the edge of a cell than read-back positions tremble, and on the map."""
    far = np.sort(np.abs(places[:, None] - np.array(middles)), axis=-1)
    step = np.abs(np.diff(middles)).min()
    return (far[:, 1] - far[:, 0] > 0.12 * step) & (places > min(middles) - 0.4 * step) & (places < max(middles) + 0.4 * step)
