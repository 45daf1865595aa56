"""What came while it was looked for is told apart from what was there: keys, frames, and the end of the scan."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from swmr_viewer.core.conditions import AllKeys, FileClosed, FinishedFlag, Timeout
from swmr_viewer.reader.messages import Ended, FrameReady, KeysChanged, Resume, ShowIndex, ShowLive, Stop
from tests.live.writers import LiveWriter
from tests.reader.listening import Listener

pytestmark = pytest.mark.live
KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
ENDS = (FinishedFlag(), AllKeys(), FileClosed(), Timeout(600.0))
MakeWriter = Callable[..., LiveWriter]


def until_shown(listener: Listener, index: int, *, live: bool = True) -> FrameReady:
    """Return the message of the next frame that is sent with this index; never one that was heard before."""
    found = listener.until(lambda event: isinstance(event, FrameReady) and (event.index, event.live) == (index, live))
    assert isinstance(found, FrameReady)
    return found


def last_keys(listener: Listener) -> KeysChanged:
    return [event for event in listener.all_of(KeysChanged) if any(starts.size for starts, _ in event.added)][-1]


def test_only_what_comes_while_it_is_looked_for_is_new(live_writer: MakeWriter) -> None:
    writer = live_writer()
    writer.step(3)
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=ENDS)
        assert not until_shown(listener, writer.complete[-1]).is_new, "it was there when the file was opened"
        assert not last_keys(listener).last_key_came
        writer.step(1)
        assert until_shown(listener, writer.complete[-1]).is_new
        assert last_keys(listener).last_key_came
        listener.supervisor.send(ShowIndex(generation, writer.complete[0]))
        assert not until_shown(listener, writer.complete[0], live=False).is_new
        listener.supervisor.send(ShowLive(generation))
        assert not until_shown(listener, writer.complete[-1]).is_new, "it is shown for the second time"
        listener.supervisor.send(Stop(generation))
        stopped = listener.until_a(Ended)
        assert (stopped.reason, stopped.was_over) == ("stopped", False)
        writer.step(2)
        listener.supervisor.send(Resume(generation))
        assert not until_shown(listener, writer.complete[-1]).is_new, "it came while nobody looked"
        assert not last_keys(listener).last_key_came
        writer.step(1)
        assert until_shown(listener, writer.complete[-1]).is_new
        assert last_keys(listener).last_key_came


def test_an_end_is_told_with_the_time_at_which_it_was_seen(live_writer: MakeWriter) -> None:
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=ENDS)
        writer.step(1)
        until_shown(listener, writer.complete[-1])
        before_s = time.time()
        writer.finish()
        ended = listener.until_a(Ended)
        assert not ended.was_over
        assert ended.at is not None
        assert before_s <= ended.at <= time.time()


def test_of_a_scan_that_was_over_it_is_told_when_its_file_was_written_last(live_writer: MakeWriter) -> None:
    writer = live_writer()
    writer.finish()
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=ENDS)
        ended = listener.until_a(Ended)
        assert listener.frames
        assert (ended.was_over, ended.at) == (True, writer.path.stat().st_mtime)
        listener.supervisor.send(Resume(generation))
        again = listener.until_a(Ended)
        assert (again.was_over, again.at) == (ended.was_over, ended.at), "not when it was resumed"
