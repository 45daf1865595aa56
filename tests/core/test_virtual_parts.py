"""Virtual data sets whose sources are shorter or longer than mapped, or missing: what is there is shown, what is not is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, Follower, FrameGrabber, open_swmr
from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError
from swmr_viewer.core.keys.key_dataset import KeyDataset

FRAME = (4, 5)
MAPPED, THERE = 9, 6


def frames(n: int, first: int = 1) -> np.ndarray:
    return np.arange(n * 20, dtype="f4").reshape(n, *FRAME) + first


def source(path: Path, n: int = THERE, first: int = 1) -> h5py.VirtualSource:
    """Write n frames, and return the source as the master's maker saw it: with as many as were planned."""
    with h5py.File(path, "w", libver="v110") as file:
        file.create_dataset("d", data=frames(n, first), chunks=(1, *FRAME), maxshape=(None, *FRAME))
        file.create_dataset("k", data=np.arange(n, dtype="i4") + 1, chunks=(4,), maxshape=(None,))
    return h5py.VirtualSource(path.name, "d", (MAPPED, *FRAME))


def master(tmp_path: Path, layout: h5py.VirtualLayout, fill: float = -5, keys: h5py.VirtualLayout | None = None) -> h5py.File:
    with h5py.File(tmp_path / "master.h5", "w", libver="v110") as file:
        file.create_virtual_dataset("v", layout, fillvalue=fill)
        if keys is not None:
            file.create_virtual_dataset("keys/k", keys, fillvalue=0)
    return open_swmr(tmp_path / "master.h5")


def mapped(tmp_path: Path, how: str, n: int = THERE) -> h5py.VirtualLayout:
    whole = source(tmp_path / "raw.h5", n)
    layout = h5py.VirtualLayout((MAPPED, 20) if how == "other axes" else (MAPPED, *FRAME), "f4")
    if how == "part":
        layout[0:MAPPED] = h5py.VirtualSource("raw.h5", "d", (MAPPED + 1, *FRAME))[0:MAPPED]
    elif how == "frames":
        for index in range(MAPPED):
            layout[index] = whole[index]
    else:
        layout[:] = whole
    return layout


@pytest.mark.parametrize("n", [0, 1, THERE, MAPPED, MAPPED + 3])
@pytest.mark.parametrize("how", ["all", "part", "frames", "other axes"])
def test_the_frames_that_a_source_has_are_there_and_the_others_are_not(tmp_path: Path, how: str, n: int) -> None:
    with master(tmp_path, mapped(tmp_path, how, n)) as file, FrameGrabber(file, "v", scan_rank=1) as grabber:
        for index in range(min(n, MAPPED)):
            assert np.array_equal(grabber.grab(index).reshape(FRAME), frames(n)[index])
        for index in range(n, MAPPED):
            with pytest.raises(FrameNotWrittenError, match=r"raw\.h5 is \(") as raised:
                grabber.grab(index, as_it_is=True)
            assert not isinstance(raised.value, FrameDoubtfulError)


def test_frames_without_keys_count_as_far_as_the_source_has_them(tmp_path: Path) -> None:
    with master(tmp_path, mapped(tmp_path, "all")) as file:
        assert list(Follower(file, (), 0.05, length_paths="v")) == list(range(THERE))


@pytest.mark.parametrize("how", ["all", "part"])
def test_keys_are_set_as_far_as_their_source_has_them(tmp_path: Path, how: str) -> None:
    layout = mapped(tmp_path, "all")
    keys = h5py.VirtualLayout((MAPPED,), "i4")
    if how == "all":
        keys[:] = h5py.VirtualSource("raw.h5", "k", (MAPPED,))
    else:
        keys[0:MAPPED] = h5py.VirtualSource("raw.h5", "k", (MAPPED + 1,))[0:MAPPED]
    with master(tmp_path, layout, keys=keys) as file, DataSource(file, "keys", "v", 0.05) as found:
        assert [one.index for one in found if np.array_equal(one["v"], frames(THERE)[one.index])] == list(range(THERE))
        assert found.take_faults() == []


def test_keys_of_several_sources_are_set_where_these_have_them(tmp_path: Path) -> None:
    layout = h5py.VirtualLayout((3 * 4,), "i4")
    for number, n in enumerate((2, None, 3)):
        name = f"part{number}.h5"
        if n is not None:
            source(tmp_path / name, n)
        layout[4 * number : 4 * number + 4] = h5py.VirtualSource(name, "k", (4,))
    with master(tmp_path, h5py.VirtualLayout((1,), "f4"), keys=layout) as file:
        keys = KeyDataset(file["keys/k"])
        keys.refresh()
        assert np.flatnonzero(keys.set_in((12,), 0, 12)).tolist() == [0, 1, 8, 9, 10]


def two_modules(tmp_path: Path) -> h5py.VirtualLayout:
    layout = h5py.VirtualLayout((THERE, 2, *FRAME), "f4")
    layout[:, 0] = h5py.VirtualSource(source(tmp_path / "one.h5").path, "d", (THERE, *FRAME))
    layout[:, 1] = h5py.VirtualSource("two.h5", "d", (THERE, *FRAME))
    return layout


@pytest.mark.parametrize("joined", [False, True])
def test_a_module_that_is_missing_is_named_and_the_other_one_is_there(tmp_path: Path, joined: bool) -> None:
    paths: Any = ["v", "v"] if joined else "v"
    with master(tmp_path, two_modules(tmp_path), np.nan) as file, FrameGrabber(file, paths, scan_rank=1, block=THERE) as grabber:
        with pytest.raises(FrameDoubtfulError, match=r"two\.h5") as raised:
            grabber.grab(1)
        assert raised.value.missing == {"two.h5"}
        number = THERE + 1 if joined else 1
        frame = grabber.grab(number, as_it_is=True)
        assert np.array_equal(frame[0], frames(THERE)[1])
        assert np.isnan(frame[1]).all()
        grabber.go_without(raised.value.missing)
        assert [int(grabber.grab(index)[0, 0, 0]) for index in range(THERE)] == [20 * index + 1 for index in range(THERE)]
        source(tmp_path / "two.h5", THERE, 7)
        assert np.array_equal(grabber.grab(number)[1], frames(THERE, 7)[1])


def test_a_module_that_lags_is_no_missing_file(tmp_path: Path) -> None:
    layout = two_modules(tmp_path)
    source(tmp_path / "two.h5", 2, 7)
    with master(tmp_path, layout, np.nan) as file, FrameGrabber(file, "v", scan_rank=1) as grabber:
        assert np.array_equal(grabber.grab(1)[1], frames(THERE, 7)[1])
        with pytest.raises(FrameDoubtfulError, match=r"the shape of d in .*two\.h5") as raised:
            grabber.grab(2)
        assert raised.value.missing == frozenset()
        with pytest.raises(FrameNotWrittenError):
            grabber.grab_block((slice(1, 3),))
        assert np.isnan(grabber.grab(2, as_it_is=True)[1]).all()


def test_a_block_holds_no_frame_of_which_nothing_is_there(tmp_path: Path) -> None:
    with master(tmp_path, mapped(tmp_path, "all")) as file, FrameGrabber(file, "v", scan_rank=1) as grabber:
        assert np.array_equal(grabber.grab_block((slice(0, THERE),)), frames(THERE))
        for as_it_is in (False, True):
            with pytest.raises(FrameNotWrittenError):
                grabber.grab_block((slice(THERE - 1, THERE + 1),), as_it_is=as_it_is)


@pytest.mark.parametrize("rows", [False, True])
def test_sets_of_frames_lack_a_missing_module_after_one_wait(tmp_path: Path, rows: bool) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    options: Any = {
        "wait_s": 5.0,
        "clock": lambda: now[0],
        "sleep": sleep,
        "length_paths": (),
        "termination_conditions": "all_keys",
        "rows": rows,
    }
    with master(tmp_path, two_modules(tmp_path), np.nan) as file:
        file.close()
        with h5py.File(tmp_path / "master.h5", "a", libver="v110") as again:
            again["keys/k"] = np.arange(THERE) + 1
    with open_swmr(tmp_path / "master.h5") as file, DataSource(file, "keys", "v", 1.0, **options) as found:
        frames_seen = np.concatenate([one["v"].reshape(-1, 2, *FRAME) for one in found])
        seen = [int(frame[0, 0, 0]) for frame in frames_seen if np.isnan(frame[1]).all()]
        assert seen == [20 * index + 1 for index in range(THERE)]
        (fault,) = found.take_faults()
    assert "two.h5" in fault
    assert 5 <= now[0] < 6
