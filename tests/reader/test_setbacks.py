"""Files that hang HDF5, and storage that is away: told apart, given up soon or waited for, stopped at once, gone on with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from swmr_viewer.core.conditions import AllKeys, Timeout
from swmr_viewer.reader.messages import (
    Busy,
    Ended,
    Failed,
    Fault,
    FollowRequest,
    FrameMeasured,
    FrameReady,
    Opened,
    Previewed,
    ReaderReplaced,
    ReaderStuck,
    Resume,
    ScalarsFound,
    SendScalars,
    ShowIndex,
    Stop,
)
from swmr_viewer.reader.supervision import reader_failures
from tests.reader import broken
from tests.reader.listening import STUCK_S, WAIT_S, Listener

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="makes named pipes"),
]

UNTIL = (AllKeys(), Timeout(60.0))


def is_asking(event: object) -> bool:
    return isinstance(event, ReaderStuck) and event.doing.startswith("asking the storage")


def test_the_second_look_at_a_file_that_hung_is_short(tmp_path):
    path = broken.write_hanging_opening(tmp_path)
    with Listener(stuck_after_s=reader_failures.SECOND_TRY_S + 3.0) as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL, wait_s=0.0)
        failed = listener.until_a(Failed, failing=True)
        replaced = listener.all_of(ReaderReplaced)[0]
        assert "did not answer for 7 s while opening" in replaced.why
        assert "did not answer for 4 s while opening" in failed.message


def test_the_second_look_of_a_preview_is_short(tmp_path):
    path = broken.write_hanging_frame(tmp_path, n=2, hangs=0)
    with Listener(stuck_after_s=reader_failures.SECOND_TRY_S + 3.0) as listener:
        listener.supervisor.preview(FollowRequest(str(path), (broken.KEYS,), (broken.DATA,)))
        answer = listener.until_a(Previewed)
        assert answer.thumbnail is None
        assert "did not answer for 4 s" in answer.message


def test_a_stop_is_answered_at_once_while_the_reader_hangs(tmp_path):
    path = broken.write_hanging_opening(tmp_path)
    with Listener(stuck_after_s=3600.0) as listener:
        generation = listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL)
        listener.until(lambda event: isinstance(event, ReaderStuck) and event.doing.startswith("opening"))
        child = psutil.Process(listener.pid)
        listener.supervisor.send(Stop(generation))
        assert listener.until_a(Ended).reason == "stopped"
        child.wait(WAIT_S)
        assert listener.supervisor._current.process is None  # nothing hangs any more
        listener.supervisor.send(Resume(generation))
        listener.until(lambda event: isinstance(event, Busy) and event.doing.startswith("opening"))
        assert listener.pid != child.pid


def test_a_stop_before_the_reader_is_known_to_hang_is_not_lost(tmp_path):
    path = broken.write_hanging_opening(tmp_path)
    with Listener(stuck_after_s=3600.0) as listener:
        generation = listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL)
        listener.until(lambda event: isinstance(event, Busy) and event.doing.startswith("opening"))
        listener.supervisor.send(Stop(generation))
        assert listener.until_a(Ended).reason == "stopped"


def test_a_file_that_was_given_up_is_followed_once_it_can_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reader_failures, "_PAUSES_S", (0.2,))
    path = broken.write_hanging_opening(tmp_path)
    good = tmp_path / "good"
    good.mkdir()
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL)
        failed = listener.until_a(Failed, failing=True)
        assert "looked at again" in failed.remedy
        broken.write_hanging_frame(good, n=3, hangs=-1).replace(path)
        listener.until_a(Opened)
        assert listener.until_a(Ended).complete == 3
        assert listener.frames[-1][0].index == 2
        assert len(listener.all_of(Failed)) == 1


def test_while_it_rests_there_is_no_reader_and_another_file_is_followed_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(reader_failures, "_PAUSES_S", (3600.0,))
    path = broken.write_hanging_opening(tmp_path)
    good = tmp_path / "good"
    good.mkdir()
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL)
        listener.until_a(Failed, failing=True)
        assert listener.supervisor._current.process is None
        listener.follow(broken.write_hanging_frame(good, n=3, hangs=-1), broken.KEYS, broken.DATA, conditions=UNTIL)
        assert listener.until_a(Ended).complete == 3


class Storage:
    """Storage that answers nobody until it comes back: the readers' plain reads open a pipe that nobody writes to."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._pipe = folder / "storage"
        os.mkfifo(self._pipe)
        self._held: list[int] = []
        site = folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(
            "import sys\n"
            "if '--multiprocessing-fork' in sys.orig_argv:\n"
            "    import swmr_viewer.core.file_state as superblock\n"
            f"    superblock.touch = lambda path: open({str(self._pipe)!r}).close()\n"
        )
        monkeypatch.setenv("PYTHONPATH", f"{site}{os.pathsep}{Path.cwd()}")

    def come_back(self) -> None:
        self._held.append(os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK))

    def close(self) -> None:
        for handle in self._held:
            os.close(handle)


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    made = Storage(tmp_path, monkeypatch)
    yield made
    made.close()


def test_a_scan_whose_storage_comes_back_is_followed_however_many_readers_it_cost(tmp_path, storage):
    path = broken.write_hanging_frame(tmp_path, n=4, hangs=-1)
    with Listener(stuck_after_s=0.5) as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL)
        listener.until(lambda event: len(listener.all_of(ReaderReplaced)) == 4)
        storage.come_back()
        assert listener.until_a(Ended).complete == 4
        assert listener.frames[-1][0].index == 3
        assert not listener.all_of(Fault)


def test_a_frame_that_hung_while_the_storage_was_away_is_not_given_up(tmp_path, storage):
    path = broken.write_hanging_frame(tmp_path, n=4, hangs=3)
    storage.come_back()
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL)
        listener.until(lambda event: isinstance(event, Busy) and event.index == 3)
        storage.close()
        storage._held.clear()
        listener.until(is_asking)
        (tmp_path / "frame3.raw").unlink()
        (tmp_path / "frame3.raw").write_bytes(broken.pixels(3).tobytes())
        storage.come_back()
        listener.until(lambda event: isinstance(event, FrameReady) and event.index == 3)
        assert not listener.all_of(Fault)


def test_a_command_is_told_that_it_is_the_storage(tmp_path, storage):
    path = broken.write_hanging_frame(tmp_path, n=4, hangs=-1)
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL, wait_s=0.0, every_frame=True)
        failed = listener.until_a(Failed, failing=True)
        assert f"The storage of {path} does not answer" in failed.message
        assert "--wait" in failed.remedy


def test_a_frame_of_another_data_set_is_read_although_the_one_of_that_number_hangs(tmp_path):
    path = broken.write_two_data_sets(tmp_path, n=4, hangs=2)
    with Listener(stuck_after_s=STUCK_S) as listener:
        listener.follow(path, broken.KEYS, conditions=UNTIL, every_frame=True, data_paths=(broken.DATA, broken.OTHER))
        listener.until_a(Ended)
        (fault,) = [fault for fault in listener.all_of(Fault) if fault.index is not None]
        assert (fault.index, fault.data_path) == (2, broken.DATA)
        measured = {event.index: sorted(event.data) for event in listener.all_of(FrameMeasured)}
        both = sorted((broken.DATA, broken.OTHER))
        assert measured == {0: both, 1: both, 2: [broken.OTHER], 3: both}


def test_scalars_that_hang_the_reader_are_given_up_and_the_scan_is_not(tmp_path):
    path = broken.write_hanging_scalar(tmp_path)
    with Listener(stuck_after_s=STUCK_S) as listener:
        generation = listener.follow(path, broken.KEYS, broken.DATA, conditions=UNTIL)
        listener.supervisor.send(SendScalars(generation, ("monitor",)))
        assert [fact.name for fact in listener.until_a(ScalarsFound).scalars] == ["monitor"]
        fault = listener.until_a(Fault)
        assert "beside the frames is not looked at any more" in fault.message
        listener.supervisor.send(SendScalars(generation, ("monitor", "another")))
        listener.supervisor.send(ShowIndex(generation, 1))
        listener.until(lambda event: isinstance(event, FrameReady) and event.index == 1)
        assert len(listener.all_of(ReaderReplaced)) == reader_failures.KILLS_PER_FRAME
