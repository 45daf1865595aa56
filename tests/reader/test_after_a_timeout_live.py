"""A timeout is a pause, not an end, for a window: the reader looks on, and goes on by itself when keys come."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import numpy as np
import pytest

from swmr_viewer.core.conditions import AllKeys, FileClosed, FinishedFlag, Timeout
from swmr_viewer.reader.messages import Ended, FrameReady, KeysChanged, ReaderReplaced, Resume, Resumed, SetConditions, SetLookingOn, Stop
from tests.live.writers import LiveWriter
from tests.reader.listening import Listener

pytestmark = pytest.mark.live
KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
ENDS = (FinishedFlag(), AllKeys(), FileClosed())
MakeWriter = Callable[..., LiveWriter]


def until_pause(listener: Listener) -> Ended:
    ended = listener.until_a(Ended)
    assert (ended.reason, ended.still_following) == ("timeout", True)
    return ended


def until_complete(listener: Listener, n_frames: int) -> None:
    if len(listener.announced) < n_frames:
        listener.until(lambda event: isinstance(event, KeysChanged) and len(listener.announced) == n_frames)


def test_keys_that_come_after_a_timeout_are_followed_and_shown(live_writer: MakeWriter) -> None:
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=(*ENDS, Timeout(0.3)))
        for n_pauses in (1, 2, 3):
            writer.step(2)
            if n_pauses > 1:
                listener.until_a(Resumed)
            until_complete(listener, 2 * n_pauses)
            assert until_pause(listener).complete == 2 * n_pauses
        assert listener.frames[-1][0].index == writer.complete[-1]
        for event, raw, _ in listener.frames:
            np.testing.assert_array_equal(raw, writer.expected(event.index))
        assert [type(e) for e in listener.events if isinstance(e, (Ended, Resumed))] == [Ended, Resumed, Ended, Resumed, Ended]
        writer.finish()
        last = listener.until(lambda event: isinstance(event, Ended) and not event.still_following)
        assert isinstance(last, Ended)
        assert last.reason in ("finished_flag", "all_keys", "file_closed")
        assert last.complete == last.total == len(listener.announced)


def test_the_end_of_the_file_is_seen_after_a_timeout_though_no_key_comes(live_writer: MakeWriter) -> None:
    writer = live_writer()
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=(Timeout(0.3), FileClosed()))
        writer.step(2)
        until_complete(listener, 2)
        until_pause(listener)
        listener.supervisor.send(Stop(generation))
        assert listener.until_a(Ended).reason == "stopped"
        listener.supervisor.send(Resume(generation))
        until_pause(listener)
        writer.finish()
        last = listener.until(lambda event: isinstance(event, Ended) and event.reason == "file_closed")
        assert isinstance(last, Ended)
        assert last.complete == len(listener.announced) == last.total


def test_a_longer_timeout_that_is_set_meanwhile_counts_at_once(live_writer: MakeWriter) -> None:
    writer = live_writer()
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=(Timeout(0.3),))
        writer.step(1)
        until_pause(listener)
        listener.supervisor.send(SetConditions(generation, (Timeout(600.0),)))
        listener.until_a(Resumed)
        writer.step(1)
        listener.until(lambda event: isinstance(event, FrameReady) and event.index == writer.complete[-1])


def test_a_reader_that_was_replaced_meanwhile_looks_on_as_well(live_writer: MakeWriter) -> None:
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=(Timeout(0.3),))
        writer.step(2)
        until_complete(listener, 2)
        until_pause(listener)
        os.kill(listener.pid, signal.SIGKILL)
        listener.until(lambda event: isinstance(event, FrameReady) and listener.pid != 0 and len(listener.frames) > 1)
        writer.step(2)
        listener.until_a(Resumed)
        until_complete(listener, 4)
        assert until_pause(listener).complete == 4


def test_a_command_that_takes_every_frame_ends_at_the_timeout(live_writer: MakeWriter) -> None:
    writer = live_writer()
    with Listener() as listener:
        listener.follow(writer.path, KEYS, DATA, conditions=(Timeout(0.3),), every_frame=True)
        writer.step(1)
        ended = listener.until_a(Ended)
        assert (ended.reason, ended.still_following) == ("timeout", False)


def test_without_looking_on_it_ends_at_the_timeout_until_that_is_wanted(live_writer: MakeWriter) -> None:
    writer = live_writer()
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=(Timeout(0.3),), looks_on=False)
        writer.step(2)
        until_complete(listener, 2)
        ended = listener.until_a(Ended)
        assert (ended.reason, ended.still_following, ended.complete) == ("timeout", False, 2)
        listener.supervisor.send(SetLookingOn(generation, True))
        until_pause(listener)
        writer.step(2)
        listener.until_a(Resumed)
        until_complete(listener, 4)
        until_pause(listener)
        listener.supervisor.send(SetLookingOn(generation, False))
        ended = listener.until_a(Ended)
        assert (ended.reason, ended.still_following, ended.complete) == ("timeout", False, 4)
        listener.supervisor.send(Resume(generation))
        writer.step(1)
        until_complete(listener, 5)
        assert not listener.until_a(Ended).still_following


def test_a_reader_that_takes_anothers_place_knows_whether_to_look_on(live_writer: MakeWriter) -> None:
    writer = live_writer()
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA, conditions=(Timeout(0.3),))
        writer.step(2)
        until_complete(listener, 2)
        until_pause(listener)
        pid = listener.pid
        os.kill(pid, signal.SIGSTOP)  # it does not hear of the change
        listener.supervisor.send(SetLookingOn(generation, False))
        os.kill(pid, signal.SIGKILL)
        ended = listener.until_a(Ended)
        assert (ended.reason, ended.still_following) == ("timeout", False)
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        listener.supervisor.send(Resume(generation))
        writer.step(2)
        until_complete(listener, 4)
        assert not listener.until_a(Ended).still_following
