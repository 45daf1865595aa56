"""Each frame comes with where its motors were: from a scan that is being written, and from a reader that took another's place."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer.reader.messages import FrameReady, ReaderReplaced, SetEveryFrame, ShowIndex
from swmr_viewer.simulator.motors import motor_values
from tests.live.scripted_writer import ScriptedWriter
from tests.live.writers import LiveWriter
from tests.reader.listening import Listener

pytestmark = pytest.mark.live
KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"
MakeWriter = Callable[..., LiveWriter]


def until_shown(listener: Listener, index: int) -> FrameReady:
    found = listener.until(lambda event: isinstance(event, FrameReady) and event.index == index)
    assert isinstance(found, FrameReady)
    return found


def told(event: FrameReady) -> list[tuple[str, float, str]]:
    return [(position.name, position.value, position.unit) for position in event.motor_positions]


@pytest.mark.parametrize("options", [{}, {"order": "snake"}, {"order": "random"}, {"growing": True}], ids=str)
def test_every_frame_comes_with_where_its_motors_were(live_writer: MakeWriter, options: dict[str, object]) -> None:
    writer = live_writer(**options)
    plan = writer.plan
    expected = {name: motor_values(plan, name, np.arange(plan.n_points)) for name in ("stage_x", "stage_y")}
    with Listener() as listener:
        listener.supervisor.send(SetEveryFrame(listener.follow(writer.path, KEYS, DATA), True))
        for _ in range(plan.n_points):
            (index,) = writer.step()
            position = tuple(int(at) for at in np.unravel_index(index, plan.scan_shape))
            shown = listener.until(lambda event, at=position: isinstance(event, FrameReady) and event.position == at)
            assert isinstance(shown, FrameReady)
            assert told(shown) == [(name, expected[name][index], "mm") for name in expected]


def test_a_frame_that_is_gone_back_to_and_one_of_the_next_reader_tell_it_as_well(live_writer: MakeWriter) -> None:
    writer = live_writer()
    writer.step(5)
    values = motor_values(writer.plan, "stage_x", np.arange(12))
    with Listener() as listener:
        generation = listener.follow(writer.path, KEYS, DATA)
        until_shown(listener, 4)
        listener.supervisor.send(ShowIndex(generation, 2))
        assert told(until_shown(listener, 2))[0] == ("stage_x", values[2], "mm")
        os.kill(listener.pid, signal.SIGKILL)
        listener.until_a(ReaderReplaced)
        assert told(until_shown(listener, 2))[0] == ("stage_x", values[2], "mm")


def test_what_is_written_after_the_key_is_told_when_the_frame_is_shown_again(tmp_path: Path) -> None:
    with ScriptedWriter() as writer, Listener() as listener:
        writer.new(tmp_path / "scan.h5", 1, (1, 1), (1, 4), motors=("slow", "fast"))
        writer.moved("slow", (0, 0), 5.0)
        writer.frame((0, 0))
        writer.key(0, [(0, 0)])
        generation = listener.follow(tmp_path / "scan.h5", "/keys", "/data")
        assert told(until_shown(listener, 0)) == [("slow", 5.0, "mm")]
        writer.moved("fast", (0, 0), -0.25)
        listener.supervisor.send(ShowIndex(generation, 0))
        assert told(until_shown(listener, 0)) == [("fast", -0.25, "mm"), ("slow", 5.0, "mm")]
