"""The tutorial's examples, in its order: what a newcomer types first has to work as written."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber


@pytest.fixture(autouse=True)
def test_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    complete_key_array = np.arange(8).reshape(2, 4, 1, 1) + 1
    with h5py.File("test_file.h5", "w", libver="latest") as f:
        f.create_group("keys")
        f["keys"].create_dataset("key_1", data=complete_key_array)


def test_iteration_through_an_all_non_zero_key_dataset(capsys: pytest.CaptureFixture[str]) -> None:
    with h5py.File("test_file.h5", "r", swmr=True) as f:
        kf = Follower(f, ["keys"])
        for key in kf:
            print(key)
    assert capsys.readouterr().out == "0\n1\n2\n3\n4\n5\n6\n7\n"


def test_iteration_through_a_dataset_containing_zeros(capsys: pytest.CaptureFixture[str]) -> None:
    with h5py.File("test_file.h5", "r+") as f:
        f["keys/key_1"][1, :, :, :] = 0
    with h5py.File("test_file.h5", "r", swmr=True) as f:
        kf = Follower(f, ["keys"], timeout=1)
        for key in kf:
            print(key)
    assert capsys.readouterr().out == "0\n1\n2\n3\n"
    assert kf.reason == "timeout"


def test_the_file_is_closed_by_hand() -> None:
    seen = []
    try:
        f = h5py.File("test_file.h5", "r", swmr=True)
        kf = Follower(f, "keys")
        for key in kf:
            seen.append(key)
    finally:
        f.close()
    assert seen == list(range(8))


def test_next_and_a_second_follower_on_the_same_file() -> None:
    with h5py.File("test_file.h5", "r", swmr=True) as f:
        kf = Follower(f, ["keys"])
        assert [next(kf) for _ in range(8)] == list(range(8))
        assert list(Follower(f, ["keys"])) == list(range(8))


def test_frames_belong_to_the_indices() -> None:
    frames = np.arange(8 * 6).reshape(2, 4, 2, 3)
    with h5py.File("test_file.h5", "r+") as f:
        f["data"] = frames
    with h5py.File("test_file.h5", "r", swmr=True) as f:
        kf = Follower(f, ["keys"])
        fg = FrameGrabber(f, "data")
        seen = [(fg.position(index), fg.grab(index)) for index in kf]
    assert [position for position, _ in seen] == [(row, column) for row in range(2) for column in range(4)]
    for position, frame in seen:
        assert np.array_equal(frame, frames[position])
