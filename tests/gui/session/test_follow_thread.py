"""The thread's promises: each index once, nothing queues, one end per end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.ranges import indices_of
from swmr_viewer.gui.session.follow_thread import FollowThread
from swmr_viewer.gui.session.values_mailbox import PARTS
from swmr_viewer.quantities import BLOCK
from swmr_viewer.reader import messages as m
from tests.gui.fakes import FakeSupervisor, picture


@pytest.fixture
def thread(qtbot: QtBot, reader: FakeSupervisor) -> Iterator[FollowThread]:
    thread = FollowThread(reader)
    thread.start()
    reader.follow(m.FollowRequest("x"))
    yield thread
    assert thread.stop()
    assert thread.isFinished()


def collect(signal: object) -> list:
    got: list = []
    signal.connect(got.append)  # type: ignore[attr-defined]
    return got


def collect_kind(thread: FollowThread, kind: type) -> list:
    got: list = []
    thread.received.connect(lambda event: got.append(event) if isinstance(event, kind) else None)
    return got


def test_each_index_is_announced_once_though_a_new_reader_repeats_all(qtbot: QtBot, reader: FakeSupervisor, thread: FollowThread) -> None:
    announced = collect(thread.frames_completed)
    reader.say_opened((2, 3), ("/a", "/b"))
    reader.say_keys((2, 3), (0, 3), (0, 2))
    qtbot.waitUntil(lambda: len(announced) == 1)
    reader.say_opened((2, 3), ("/a", "/b"))
    reader.say_keys((2, 3), (0, 6), (0, 5), whole=True)
    qtbot.waitUntil(lambda: len(announced) == 2)
    assert [part.tolist() for part in announced] == [[0, 1], [2, 3, 4]]
    assert announced[0].dtype == np.int64


def test_a_scan_that_grows_announces_positions_once(qtbot: QtBot, reader: FakeSupervisor, thread: FollowThread) -> None:
    announced = collect(thread.frames_completed)
    reader.say_opened((1, 3))
    reader.say_keys((1, 3), (0, 3))
    reader.say_keys((2, 4), [(0, 4), (4, 5)], whole=True)
    qtbot.waitUntil(lambda: len(announced) == 2)
    assert [part.tolist() for part in announced] == [[0, 1, 2], [3, 4]]


def test_frames_that_are_not_taken_do_not_queue(qtbot: QtBot, reader: FakeSupervisor, thread: FollowThread) -> None:
    frames = collect(thread.frame_ready)
    opened = collect_kind(thread, m.Opened)
    slots = [reader.say_frame(picture(), index, (4, 5)) for index in range(4)]
    reader.say_opened((4, 5))
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert [frame.index for frame in frames] == [0]
    assert reader.released == slots[1:3]
    thread.frame_taken()
    qtbot.waitUntil(lambda: len(frames) == 2)
    assert frames[1].index == 3
    for frame in frames:
        frame.release()
        frame.release()
    assert sorted(reader.released) == sorted(slots)


def test_a_frame_that_nobody_took_is_given_back_when_the_thread_ends(qtbot: QtBot, reader: FakeSupervisor) -> None:
    thread = FollowThread(reader)
    frames = collect(thread.frame_ready)
    thread.start()
    reader.follow(m.FollowRequest("x"))
    reader.say_frame(picture(), 0, (4, 5))
    reader.say_frame(picture(), 1, (4, 5))
    qtbot.waitUntil(lambda: len(frames) == 1)
    assert thread.stop()
    frames[0].release()
    assert reader.held == set()


def test_an_end_is_told_once_until_it_is_resumed(qtbot: QtBot, reader: FakeSupervisor, thread: FollowThread) -> None:
    ends, opened = collect(thread.finished), collect_kind(thread, m.Opened)
    ended = m.Ended(reader.generation, "timeout", 3, 6)
    reader.say(ended, ended)
    reader.say_opened((2, 3))
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert ends == [ended]
    thread.send(m.Resume(reader.generation))
    reader.say(ended)
    qtbot.waitUntil(lambda: len(ends) == 2)


def test_with_every_frame_none_is_dropped_though_the_window_is_slow(qtbot: QtBot, reader: FakeSupervisor, thread: FollowThread) -> None:
    frames = collect(thread.frame_ready)
    opened = collect_kind(thread, m.Opened)
    thread.send(m.SetEveryFrame(reader.generation, True))
    slots = [reader.say_frame(picture(), index, (4, 5)) for index in range(4)]
    reader.say_opened((4, 5))
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert reader.released == []
    for n_taken in range(1, 5):
        qtbot.waitUntil(lambda n=n_taken: len(frames) == n)
        frames[-1].release()
        thread.frame_taken()
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert reader.released == slots
    assert reader.sent(m.SetEveryFrame) == [m.SetEveryFrame(reader.generation, True)]


def test_measurements_are_taken_piece_by_piece_and_acknowledged_with_the_last(
    qtbot: QtBot, reader: FakeSupervisor, thread: FollowThread
) -> None:
    """Of frames in no order: each block of the table that they touch costs something, and there are many of them."""
    told: list[None] = []
    thread.values_came.connect(lambda: told.append(None))
    random = np.random.default_rng(0)
    indices, values = random.permutation(40 * BLOCK)[:200].astype(np.int64), random.random((200, len(m.FRAME_COLUMNS)))
    spectra = random.random((200, 3)).astype(np.float32)
    one = m.Measured(reader.generation, 1, "/data", indices[:1], m.FRAME_COLUMNS, values[:1], (40 * BLOCK,))
    reader.say(replace(one, indices=indices, values=values, spectra=spectra), one)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert not reader.sent(m.AcknowledgeMeasured)
    pieces = []
    while not reader.sent(m.AcknowledgeMeasured):
        pieces.append(thread.take_values())
    assert len(pieces) > 1
    assert all(np.unique(piece.indices // BLOCK).size * len(piece.columns) <= PARTS for piece in pieces)
    order = np.argsort(np.concatenate([piece.indices for piece in pieces]))
    for wanted, name in ((indices, "indices"), (values, "values"), (spectra, "spectra")):
        came = np.concatenate([getattr(piece, name) for piece in pieces])
        np.testing.assert_array_equal(came[order], wanted[np.argsort(indices)])
    assert thread.take_values() is one
    assert thread.take_values() is None
    assert reader.requests[-2:] == [m.AcknowledgeMeasured(reader.generation)] * 2


def test_keys_that_the_window_does_not_take_are_merged_and_lose_nothing(qtbot: QtBot, reader: FakeSupervisor, thread: FollowThread) -> None:
    told: list[None] = []
    thread.progress_changed.connect(lambda: told.append(None))
    reader.say_opened((2, 3), ("/a", "/b"))
    reader.say_keys((2, 3), (0, 2), (0, 1), whole=True)
    reader.say_keys((2, 3), (3, 4), (1, 4), at_s=7.0)
    reader.say_keys((3, 3), [(0, 5)], [(0, 6)], whole=True)
    qtbot.waitUntil(lambda: len(told) == 3)
    small, grown = thread.take_progress(reader.generation)
    assert [np.concatenate(ranges).tolist() for ranges in small.added] == [[0, 3, 2, 4], [0, 1, 1, 4]]
    assert (small.whole, small.last_key_at_s, indices_of(small.completed).tolist()) == (True, 7.0, [0, 1, 3])
    assert (grown.scan_shape, indices_of(grown.completed).tolist()) == ((3, 3), [2, 4])
    assert reader.sent(m.AcknowledgeProgress) == [m.AcknowledgeProgress(reader.generation)]
    assert thread.take_progress(reader.generation) == []


def test_keys_of_an_earlier_request_are_not_taken(qtbot: QtBot, reader: FakeSupervisor, thread: FollowThread) -> None:
    opened = collect_kind(thread, m.Opened)
    reader.say_opened((2, 3))
    reader.say_keys((2, 3), (0, 2))
    reader.follow(m.FollowRequest("y"))
    reader.say_opened((2, 3))
    reader.say_keys((2, 3), (0, 1))
    reader.say_opened((2, 3))
    qtbot.waitUntil(lambda: len(opened) == 3)
    (update,) = thread.take_progress(reader.generation)
    assert indices_of(update.completed).tolist() == [0]
