"""A master that was made before the scan maps keys, frames and scalars to other writers' files: values as they come, none before."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Quantities, open_swmr
from tests.core.stepping_writer import SteppingWriter, stepping_writer

pytestmark = pytest.mark.live

N, HALF = 12, 6
KEYS, DATA = "/entry/keys", "/entry/det/data"
X, I0 = 0.5 + np.arange(N), 100.0 * np.arange(N)
"""The first monitor count is 0, as fill is."""
PRESSURE = 7.0 + np.arange(N)


def mapped(master: h5py.File, path: str, *sources: tuple[str, str, tuple[int, ...], object, slice], shape: tuple[int, ...] = (N,)) -> None:
    layout = h5py.VirtualLayout((*shape, *(2, 3)) if path == DATA else shape, "f8")
    for file, name, whole, part, here in sources:
        source = h5py.VirtualSource(file, name, whole)
        layout[here] = source if part is None else source[part]
    master.create_virtual_dataset(path, layout, fillvalue=-5.0)


@pytest.fixture
def master(tmp_path: Path) -> Path:
    everything = slice(None)
    with h5py.File(tmp_path / "master.nxs", "w", libver="v110") as file:
        mapped(file, f"{KEYS}/det", ("det.h5", "uid", (N,), None, everything))
        mapped(file, "/entry/instrument/det/unique_id", ("det.h5", "uid", (N,), None, everything))
        mapped(file, DATA, ("det.h5", "frames", (N, 2, 3), None, everything))
        for path in ("/entry/instrument/x/value", "/entry/det/x"):
            mapped(file, path, ("motors.h5", "x", (N,), None, everything))
            file[path].attrs["units"] = "mm"
        for number, name in enumerate(("temperature", "pressure")):
            mapped(file, f"/entry/instrument/{name}", ("motors.h5", "slow", (N, 2), np.s_[:, number], everything))
        halves = [(f"i0_{n}.h5", "d", (HALF,), None, slice(HALF * n, HALF * (n + 1))) for n in range(2)]
        mapped(file, "/entry/i0/data", *halves)
        for path, nx_class in (("entry/det", "NXdata"), ("entry/instrument", "NXinstrument"), ("entry/instrument/x", "NXpositioner")):
            file[path].attrs["NX_class"] = nx_class
        file["entry/det"].attrs.update({"signal": "data", "axes": ["x", ".", "."]})
    return tmp_path / "master.nxs"


@pytest.fixture
def writing(tmp_path: Path):
    with ExitStack() as writers:

        def begin(name: str, *datasets: str) -> SteppingWriter:
            writer = writers.enter_context(stepping_writer(tmp_path / name))
            writer.do("f = h5py.File(path, 'w', libver='v110')")
            for dataset in datasets:
                writer.do(f"{dataset.split()[0]} = f.create_dataset({dataset.split()[0]!r}, {dataset.split(maxsplit=1)[1]})")
            writer.do("f.swmr_mode = True")
            return writer

        yield begin


def put(writer: SteppingWriter, name: str, at: int, value: object) -> None:
    writer.do(f"{name}.resize(max({name}.shape[0], {at} + 1), 0); {name}[{at}] = {value}; {name}.flush()")


def assert_values(quantities: Quantities, **expected: np.ndarray) -> None:
    for name, values in expected.items():
        np.testing.assert_array_equal(quantities[name], values, name)
    assert quantities.take_faults() == []


def known(values: np.ndarray, n: int, start: int = 0) -> np.ndarray:
    return np.where((np.arange(N) < n) & (np.arange(N) >= start), values, np.nan)


def test_virtual_scalars_are_those_of_their_sources_as_these_come(master: Path, writing: Callable[..., SteppingWriter]) -> None:
    det = writing(
        "det.h5", "uid (0,), 'f8', chunks=(4,), maxshape=(None,)", "frames (0, 2, 3), 'f8', chunks=(1, 2, 3), maxshape=(None, 2, 3)"
    )
    with open_swmr(master) as file, Quantities(file, DATA, KEYS) as quantities:
        for at in range(3):
            put(det, "frames", at, at + 1)
            put(det, "uid", at, at + 1)
        quantities.update()
        assert np.isnan(quantities["x"]).all(), "its file is not there"
        motors = writing(
            "motors.h5", "x (0,), 'f8', chunks=(5,), maxshape=(None,)", "slow (12, 2), 'f4', chunks=(2, 2), maxshape=(None, 2)"
        )
        for at in range(5):
            put(motors, "x", at, X[at])
        put(motors, "slow", 1, [-3.0, PRESSURE[1]])
        quantities.update()
        assert set(quantities.names) == {"index", "order", "x", "temperature", "pressure", "i0"}, "keys are none, and x is there once"
        assert quantities.unit("x") == "mm"
        assert_values(quantities, x=known(X, 3), temperature=known(np.full(N, -3.0), 2, 1), pressure=known(PRESSURE, 2, 1))
        second = writing("i0_1.h5", "d (6,), 'i4', chunks=(2,), maxshape=(None,)")
        for at in range(3, N - 2):
            put(det, "frames", at, at + 1)
            put(det, "uid", at, at + 1)
            if at >= 5:
                put(motors, "x", at, X[at])
        put(second, "d", 1, int(I0[7]))
        quantities.update()
        assert_values(quantities, x=known(X, 10), i0=known(I0, 8, 7))
        first = writing("i0_0.h5", "d (0,), 'i4', chunks=(4,), maxshape=(None,)")
        for at in range(HALF):
            put(first, "d", at, int(I0[at]))
        for at in range(HALF):
            put(second, "d", at, int(I0[HALF + at]))
        for at in range(N):
            put(motors, "slow", at, [-3.0, PRESSURE[at]])
        quantities.update()
        assert_values(quantities, pressure=known(PRESSURE, 10), i0=known(I0, 10, 1))
        for at in range(10, N):
            put(motors, "x", at, X[at])
            put(det, "frames", at, at + 1)
            put(det, "uid", at, at + 1)
        for writer in (first, second, det, motors):
            writer.do("f.close()")
        quantities.update()
        until_s = time.monotonic() + 60
        while np.isnan(quantities["i0"][0]) and time.monotonic() < until_s:
            time.sleep(0.01)  # a 0 in a chunk that is there may be fill, until all files are closed
        assert_values(quantities, x=X, pressure=PRESSURE, i0=I0, temperature=np.full(N, -3.0))
        assert not quantities.update()
