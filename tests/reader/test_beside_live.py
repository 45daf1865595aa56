"""Other data sets come beside the shown one: the same scan point, whole frames alone, and never in its way."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer.reader.messages import FrameReady, Measure, ReaderReplaced, ShowAlso, ShowIndex, ShowLive
from tests.live.scripted_writer import ScriptedWriter, value_at
from tests.live.writers import LiveWriter
from tests.reader.listening import Listener

pytestmark = pytest.mark.live
PATHS = ("/entry/detector/data", "/entry/detector2/data", "/entry/detector3/data", "/entry/diode/data")
MakeWriter = Callable[..., LiveWriter]


def until_beside(listener: Listener, index: int, *numbers: int) -> None:
    """Wait until these detectors' frames of this index have come beside the shown one."""
    missing = {PATHS[number] for number in numbers}

    def is_last(event: object) -> bool:
        if isinstance(event, FrameReady) and event.beside and event.index == index:
            missing.discard(event.data_path)
        return not missing

    listener.until(is_last)


def beside(listener: Listener) -> list[tuple[str, tuple[int, ...], np.ndarray]]:
    return [(event.data_path, event.position, raw) for event, raw, _ in listener.frames if event.beside]


def test_frames_beside_are_of_the_shown_scan_point_and_whole(live_writer: MakeWriter) -> None:
    writer = live_writer(n_detectors=3, n_keys=2, growing=True)
    numbers = {PATHS[0]: 0, PATHS[3]: 1, PATHS[1]: 2, PATHS[2]: 3}
    with Listener() as listener:
        generation = listener.follow(writer.path, data_paths=PATHS)
        listener.supervisor.send(ShowAlso(generation, (*PATHS, "/entry/nothing")))
        listener.supervisor.send(Measure(generation, 1, PATHS[1]))
        n_complete = 0
        while n_complete < 9:
            for index in writer.step():
                n_complete += 1
                until_beside(listener, index, 1, 2, 3)
        listener.supervisor.send(ShowIndex(generation, 3, None, (3, 4)))
        until_beside(listener, 3, 1, 2, 3)
        listener.supervisor.send(ShowLive(generation, PATHS[2]))
        until_beside(listener, 8, 0, 1, 3)
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        until_beside(listener, 8, 0, 1, 3)
        found = beside(listener)
        for path, position, raw in found:
            np.testing.assert_array_equal(raw, writer.expected(int(np.ravel_multi_index(position, (3, 4))), numbers[path]))
        for number, (event, _, _) in enumerate(listener.frames):
            if event.beside and event.data_path != PATHS[0]:
                before = {one.position for one, _, _ in listener.frames[:number] if not one.beside}
                assert event.position in before, "the shown one comes first"
        n = len(found)
        listener.supervisor.send(ShowAlso(generation))
        listener.supervisor.send(ShowIndex(generation, 5, PATHS[0], (3, 4)))
        listener.until(lambda event: isinstance(event, FrameReady) and event.index == 5)
        assert len(beside(listener)) == n


def test_slots_that_are_held_are_never_taken_from_the_shown_data_set(live_writer: MakeWriter) -> None:
    writer = live_writer(n_detectors=2)
    writer.step(6)
    with Listener(releases=False) as listener:
        generation = listener.follow(writer.path, data_paths=PATHS[:2])
        listener.supervisor.send(ShowAlso(generation, PATHS[:2]))
        until_beside(listener, 3, 1)
        for index in (0, 1):
            listener.supervisor.send(ShowIndex(generation, index, None, (3, 4)))
            listener.until(lambda event, index=index: isinstance(event, FrameReady) and event.index == index and not event.beside)
        assert [event.beside for event, _, _ in listener.frames].count(True) == 1


def test_one_that_lags_keeps_no_other_waiting_and_comes_when_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with ScriptedWriter() as writer, Listener() as listener:
        writer.new(path, 1, (1,), (64,), motors=("late", "prompt"))
        writer.frame((0,))
        writer.moved("prompt", (0,), 3.5)
        writer.key(0, [(0,)])
        generation = listener.follow(path, "/keys/k0", data_paths=("/data", "/late", "/prompt"))
        listener.supervisor.send(ShowAlso(generation, ("/data", "/late", "/prompt")))
        listener.until(lambda event: isinstance(event, FrameReady) and event.data_path == "/prompt")
        assert [(path, float(raw)) for path, _, raw in beside(listener)] == [("/prompt", 3.5)]
        writer.moved("late", (0,), 7.25)  # no key is set by it, and no other frame is shown
        listener.until(lambda event: isinstance(event, FrameReady) and event.data_path == "/late" and not event.is_doubtful)
        assert float(beside(listener)[-1][2]) == 7.25
        assert listener.frames[0][1][0, 0] == value_at((0,))
