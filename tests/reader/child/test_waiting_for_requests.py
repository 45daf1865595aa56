"""The reader waits for requests and for the kernel's word at once."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from unittest.mock import Mock

import pytest

from swmr_viewer.core.messages import receive_message, send_message
from swmr_viewer.core.pacing import Pause
from swmr_viewer.reader.child import event_pipe
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.messages import Quit

FOR_EVER = 1e4


@pytest.fixture
def pipe() -> Iterator[tuple[Connection, EventPipe]]:
    ours, theirs = Pipe()
    with ours, theirs:
        yield ours, EventPipe(theirs, Mock())


@pytest.fixture
def written() -> Iterator[tuple[int, int]]:
    if sys.platform == "win32":
        pytest.skip("Windows waits for no descriptors")
    descriptors = os.pipe()
    yield descriptors
    for descriptor in descriptors:
        os.close(descriptor)


def test_a_file_that_was_written_ends_the_wait(pipe: tuple[Connection, EventPipe], written: tuple[int, int]) -> None:
    os.write(written[1], b"1")
    assert pipe[1].receive(Pause(0.0, FOR_EVER), written[0]) == []


def test_a_request_ends_the_wait_whatever_is_written(pipe: tuple[Connection, EventPipe], written: tuple[int, int]) -> None:
    os.write(written[1], b"1")
    timer = threading.Timer(0.01, lambda: send_message(pipe[0], Quit()))
    timer.start()
    assert [type(request) for request in pipe[1].receive(Pause(FOR_EVER, FOR_EVER), written[0])] == [Quit]
    timer.join()


def test_all_requests_come_at_once_and_a_parent_that_is_gone_is_told(pipe: tuple[Connection, EventPipe]) -> None:
    for _ in range(3):
        send_message(pipe[0], Quit())
    assert len(pipe[1].receive(Pause(0.0, FOR_EVER))) == 3
    assert pipe[1].receive(Pause(0.0, 0.0)) == []
    pipe[0].close()
    with pytest.raises(EOFError):
        pipe[1].receive(Pause(0.0, FOR_EVER))


def test_what_takes_long_is_told_of_again_and_again_by_the_same_words(
    pipe: tuple[Connection, EventPipe], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, reader = pipe
    now = [100.0]
    monkeypatch.setattr(event_pipe, "time", Mock(monotonic=lambda: now[0]))
    reader.report_busy("inspecting f")
    for _ in range(10):
        now[0] += 0.1
        reader.still_busy()
    told = []
    while ours.poll(0):
        told.append(receive_message(ours))
    assert [event.doing for event in told] == ["inspecting f"] * 3
