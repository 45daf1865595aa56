"""A writer that closes its file, opens it again and goes on: no frame is lost, and that it had closed it was so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from tests.core.stepping_writer import SteppingWriter, stepping_writer
from tests.live.writers import WAIT_S

pytestmark = pytest.mark.live

OPEN = "f = h5py.File(path, {mode!r}, libver='v110', locking=False)"
ADD = "i = len(k); d.resize(i + 1, 0); d[i] = i + 1; d.flush(); k.resize(i + 1, 0); k[i] = i + 1; k.flush()"


def begin(writer: SteppingWriter) -> None:
    writer.do(OPEN.format(mode="w"))
    writer.do("d = f.create_dataset('data', (0, 4, 5), 'u2', maxshape=(None, 4, 5), chunks=(1, 4, 5))")
    writer.do("k = f.create_dataset('uid', (0,), 'i4', maxshape=(None,), chunks=(4,))")
    writer.do("f.swmr_mode = True")


def begin_again(writer: SteppingWriter) -> None:
    writer.do(OPEN.format(mode="r+"))
    writer.do("d, k = f['data'], f['uid']; f.swmr_mode = True")


@pytest.mark.parametrize("what", ["keys", "lengths"])
@pytest.mark.parametrize("ends", ["timeout", "file_closed"])
def test_frames_of_both_times_are_handed_out(tmp_path: Path, ends: str, what: str) -> None:
    path = tmp_path / "scan.h5"
    paths: dict[str, Any] = {"key_paths": "uid"} if what == "keys" else {"key_paths": (), "length_paths": "data"}
    with stepping_writer(path) as writer:
        begin(writer)
        with open_swmr(path) as file:
            follower = Follower(file, timeout=WAIT_S, termination_conditions=ends, **paths)
            grabber = FrameGrabber(file, "data", scan_rank=1)
            for _ in range(4):
                writer.do(ADD)
            writer.close()
            first = [next(follower) for _ in range(4)]
            if ends == "file_closed":
                assert (list(follower), follower.reason) == ([], "file_closed")
            begin_again(writer)
            for _ in range(4):
                writer.do(ADD)
            follower.resume()
            rest = [next(follower) for _ in range(4)]
            assert first + rest == list(range(8))
            assert [int(grabber.grab(index).max()) for index in range(8)] == list(range(1, 9))
            assert follower.check_end() is None
            assert follower.take_faults() == []
