"""Handles that the caller's script holds: taken as they are, refused where there are several, never read stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, Follower, FrameGrabber, open_swmr
from swmr_viewer.core.errors import HeldTwiceError
from tests.core.stepping_writer import SteppingWriter, stepping_writer

pytestmark = pytest.mark.live

N = 6
BEGIN = (
    "f = h5py.File(path, 'w', libver='v110')",
    "d = f.create_dataset('data', (0, 4, 5), 'u2', maxshape=(None, 4, 5), chunks=(1, 4, 5))",
    "k = f.create_dataset('keys/uid', (0,), 'i4', maxshape=(None,), chunks=(4,))",
    "f.swmr_mode = True",
)
ADD = "i = len(k); d.resize(i + 1, 0); d[i] = i + 1; d.flush(); k.resize(i + 1, 0); k[i] = i + 1; k.flush()"


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SteppingWriter]:
    with stepping_writer(tmp_path / "scan.h5") as writer:
        for step in BEGIN:
            writer.do(step)
        yield writer


def frames(file: h5py.File, writer: SteppingWriter, hold: Callable[[int], object]) -> list[int]:
    """Follow frame by frame, with what is held from each moment on, and return what each frame shows."""
    held, found = [hold(-1)], []
    with FrameGrabber(file, "data", scan_rank=1) as grabber:
        follower = Follower(file, "keys", 60.0)
        for index in range(N):
            writer.do(ADD)
            assert next(follower) == index
            found.append(int(grabber.grab(index).max()))
            held.append(hold(index))
    assert follower.take_faults() == []
    return found


@pytest.mark.parametrize("when", [-1, 0, 3])
@pytest.mark.parametrize("name", ["data", "keys/uid"])
def test_one_handle_is_taken_whenever_it_is_opened(tmp_path: Path, writer: SteppingWriter, name: str, when: int) -> None:
    with open_swmr(tmp_path / "scan.h5") as file:
        handles: list[h5py.Dataset] = []

        def hold(index: int) -> None:
            if index == when:
                handles.append(file[name])
                _ = handles[0][:1]

        assert frames(file, writer, hold) == list(range(1, N + 1))
        handles[0].refresh()
        assert handles[0][N - 1].max() == N, "the caller's own handle goes on as well"


def test_a_handle_that_is_given_up_again_leaves_what_was_taken(tmp_path: Path, writer: SteppingWriter) -> None:
    with open_swmr(tmp_path / "scan.h5") as file:
        handles = {-1: file["data"], -2: file["keys/uid"]}

        def drop(index: int) -> None:
            for one in handles.values():
                one.refresh()
                assert len(one) == index + 1
            if index == 2:
                handles.clear()

        assert frames(file, writer, drop) == list(range(1, N + 1))


def test_a_handle_by_another_open_of_the_file_is_taken(tmp_path: Path, writer: SteppingWriter) -> None:
    with open_swmr(tmp_path / "scan.h5") as other, open_swmr(tmp_path / "scan.h5") as file:
        assert frames(file, writer, lambda index: other["data"] if index == 1 else None) == list(range(1, N + 1))


def test_several_handles_are_refused_and_one_of_them_given_up_is_enough(tmp_path: Path, writer: SteppingWriter) -> None:
    with open_swmr(tmp_path / "scan.h5") as file, FrameGrabber(file, "data", scan_rank=1) as grabber:
        for _ in range(2):
            writer.do(ADD)
        assert grabber.grab(0).max() == 1
        held = [file["data"] for _ in range(2)]
        with pytest.raises(HeldTwiceError, match=r"/data in .*scan\.h5 is open 2 times"):
            grabber.grab(1)
        del held[0]
        assert grabber.grab(1).max() == 2


@pytest.mark.parametrize("what", ["paths", "datasets", "group"])
def test_handles_are_as_good_as_paths(tmp_path: Path, writer: SteppingWriter, what: str) -> None:
    with open_swmr(tmp_path / "scan.h5") as file:
        keys: Any = {"paths": "keys/uid", "datasets": [file["keys/uid"]], "group": file["keys"]}[what]
        data: Any = {"paths": {"d": "data"}, "datasets": {"d": file["data"]}, "group": file["data"]}[what]
        with DataSource(file, keys, data, 60.0, "file_closed") as source:
            for _ in range(N):
                writer.do(ADD)
            writer.close()
            del keys, data
            found = [int(next(iter(one.values())).max()) for one in source]
            assert (found, source.take_faults(), source.reason) == (list(range(1, N + 1)), [], "file_closed")


def test_a_handle_of_a_file_at_rest_is_taken(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["keys"] = np.arange(1, 11)
        file.create_dataset("data", data=np.arange(1, 11)[:, None, None] * np.ones((10, 4, 5), "i4"), chunks=(1, 4, 5))
    with open_swmr(tmp_path / "scan.h5") as file:
        held = file["data"]
        assert held[0].max() == 1
        with DataSource(file, "keys", ["data"], 0.1) as source:
            assert [one["data"].max() for one in source] == list(range(1, 11))


def test_a_virtual_data_set_that_is_held_shows_no_old_frames(tmp_path: Path, writer: SteppingWriter) -> None:
    with h5py.File(tmp_path / "master.h5", "w", libver="v110") as file:
        for name, frame, dtype in (("data", (4, 5), "u2"), ("keys/uid", (), "i4")):
            layout = h5py.VirtualLayout((N, *frame), dtype)
            for index in range(N):
                layout[index] = h5py.VirtualSource("scan.h5", name, (N, *frame), dtype)[index]
            file.create_virtual_dataset(name, layout, fillvalue=0)
    with open_swmr(tmp_path / "master.h5") as file:
        held: list[h5py.Dataset] = []

        def hold(index: int) -> None:
            if index == 1:
                held.extend([file["data"], file["keys/uid"]])
            for one in held:
                _ = one[index]

        assert frames(file, writer, hold) == list(range(1, N + 1))
