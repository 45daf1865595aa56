"""Keys that are counted from 0: the first one looks unset, until more of them are there or the scan is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import DataSource, Follower, open_swmr
from tests.core.stepping_writer import SteppingWriter, stepping_writer
from tests.live.writers import WAIT_S

pytestmark = pytest.mark.live


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SteppingWriter]:
    with stepping_writer(tmp_path / "scan.h5") as writer:
        writer.do("f = h5py.File(path, 'w', libver='v110')")
        writer.do("k = f.create_dataset('keys/uid', (0,), 'i4', maxshape=(None,), chunks=(8,))")
        writer.do("d = f.create_dataset('finished', (1,), 'i4', chunks=(1,))")
        writer.do("f.swmr_mode = True")
        yield writer


def write(writer: SteppingWriter, *keys: int) -> None:
    for number, key in enumerate(keys):
        writer.do(f"k.resize({number + 1}, 0); k[{number}] = {key}; k.flush()")


@pytest.mark.parametrize("sign", ["closed", "flag"])
@pytest.mark.parametrize(
    ("keys", "before", "after"),
    [
        ((0,), [], [0]),
        ((0, 1), [1], [0]),
        ((0, 1, 2), [0, 1, 2], []),
        ((0, 0), [], []),
        ((0, 2), [1], []),
        ((0, 1, 1), [1, 2], []),
    ],
    ids=str,
)
def test_a_first_key_of_0_is_told_when_the_scan_is_over(
    tmp_path: Path, writer: SteppingWriter, keys: tuple[int, ...], before: list[int], after: list[int], sign: str
) -> None:
    with open_swmr(tmp_path / "scan.h5") as file:
        ends = "finished_flag" if sign == "flag" else "file_closed"
        follower = Follower(file, "keys/uid", WAIT_S, ends, order="arrival", finished_path="finished")
        write(writer, *keys)
        while follower.refresh():
            pass
        assert sorted(iter(follower.next_ready, None)) == before
        assert follower.check_end() is None
        if sign == "flag":
            writer.do("d[0] = 1; d.flush()")
        else:
            writer.close()
        assert (list(follower), follower.reason) == (after, ends)


def test_room_that_was_never_written_is_no_key(tmp_path: Path, writer: SteppingWriter) -> None:
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, "keys/uid", WAIT_S, "file_closed")
        writer.do("k.resize(1, 0); f.close()")
        assert (list(follower), follower.reason, follower.total) == ([], "file_closed", 1)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("first", [0, 1])
def test_a_scan_of_a_point_or_two_at_rest(tmp_path: Path, first: int, n: int) -> None:
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file.create_dataset("uid", data=np.arange(n, dtype="i4") + first, maxshape=(None,))
        file.create_dataset("data", data=np.arange(5.0 * n).reshape(n, 5), maxshape=(None, 5), chunks=(1, 5))
    with open_swmr(tmp_path / "scan.h5") as file, DataSource(file, "uid", "data", 0.5, ("file_closed", "timeout")) as source:
        assert [one["data"][0] for one in source] == [5.0 * index for index in range(n)]
        assert (source.reason, source.take_faults()) == ("file_closed", [])
