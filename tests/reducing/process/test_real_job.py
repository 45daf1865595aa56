"""The process with the real job, on scans that are written meanwhile: what a window is told, frame by frame beside numpy."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.reducing.messages import (
    Described,
    Noted,
    Prepared,
    Reduced,
    ReduceRequest,
    ReductionChoice,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ShownReduced,
)
from tests.live.conftest import live_writer
from tests.live.writers import LiveWriter
from tests.reader import broken
from tests.reducing.process.test_reduction_process import Listened, until

__all__ = ["live_writer"]

pytestmark = pytest.mark.live

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"


@pytest.fixture
def process() -> Iterator[Listened]:
    one = Listened()
    yield one
    one.close(0.0)


def request_for(writer: LiveWriter, **more: Any) -> ReduceRequest:
    given = {"key_paths": (KEYS,), "data_path": DATA, "sends_values": True, "reduction": ReductionChoice("statistics")}
    return ReduceRequest(str(writer.path), **{**given, **more})


def total_of(frame: np.ndarray) -> float:
    """Return the sum of a frame without the values that stand for no measurement."""
    return float(frame[frame != np.iinfo(frame.dtype).max].sum(dtype=np.float64))


def totals_of(events: list[ReductionEvent]) -> dict[int, float]:
    told = [event for event in events if isinstance(event, Reduced)]
    return {int(index): float(total) for event in told for index, total in zip(event.indices, event.numbers["total"], strict=True)}


@pytest.mark.parametrize("kind", [EngineKind.THREADS, EngineKind.PROCESSES])
def test_a_live_scan_is_told_frame_by_frame(process: Listened, live_writer, kind: EngineKind) -> None:
    writer = live_writer(order="random", seed=5)
    process.start(request_for(writer, engine=EngineChoice(kind, 2)))
    opened = until(process, Prepared)[-1]
    assert isinstance(opened, Prepared)
    assert (opened.data_path, opened.scan_shape, opened.reduction) == (DATA, (3, 4), "statistics")
    (first,) = writer.step()
    events = until(process, Reduced)
    assert list(totals_of(events)) == [first]
    process.show(first, (3, 4))
    shown = until(process, ShownReduced)[-1]
    assert isinstance(shown, ShownReduced)
    assert (shown.index, shown.fault, float(shown.outputs["total"])) == (first, "", totals_of(events)[first])
    writer.finish()
    events += until(process, ReductionEnded, ReductionFailed)
    assert isinstance(events[-1], ReductionEnded)
    assert events[-1].reason in ("finished_flag", "all_keys")  # the keys come first
    assert (events[-1].n_reduced, events[-1].is_finished) == (12, True)
    assert totals_of(events) == {index: total_of(writer.expected(index)) for index in range(12)}


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_it_is_killed_while_it_reduces_without_an_output_and_begins_anew(process: Listened, live_writer) -> None:
    writer = live_writer()
    process.start(request_for(writer))
    writer.step(5)
    events: list[ReductionEvent] = []
    while len(totals_of(events)) < 5:
        events += until(process, Reduced)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    writer.finish()
    later = until(process, ReductionEnded, ReductionFailed)
    assert any(isinstance(event, Noted) and "SIGKILL" in event.message for event in later)
    assert isinstance(later[-1], ReductionEnded)
    assert later[-1].n_reduced == 12
    assert totals_of(later) == {index: total_of(writer.expected(index)) for index in range(12)}


DEADLY = """
import os
from swmr_viewer.reductions import Output, Reduction

class Deadly(Reduction):
    name = "deadly"

    def prepare(self, description):
        self.outputs = (Output("total"),)

    def __call__(self, frame, mask):
        os._exit(3)
"""


def test_a_reduction_that_ends_its_process_is_given_up_in_a_sentence(process: Listened, live_writer, tmp_path: Path) -> None:
    writer = live_writer()
    writer.finish()
    script = tmp_path / "deadly.py"
    script.write_text(DEADLY)
    process.start(request_for(writer, reduction=ReductionChoice(f"{script}:Deadly")))
    failed = until(process, ReductionFailed, ReductionEnded)[-1]
    assert isinstance(failed, ReductionFailed)
    assert "was gone 3 times without getting any further: at last it ended with status 3" in failed.message


def test_what_is_asked_for_wrongly_is_a_sentence(process: Listened, live_writer, tmp_path: Path) -> None:
    writer = live_writer()
    writer.finish()
    for more, words in (
        ({"reduction": ReductionChoice("no_such")}, "no_such"),
        ({"reduction": ReductionChoice("statistics", {"holw": "yes"})}, "holw"),
        ({"data_path": "/nope"}, "/nope"),
        ({"path": str(tmp_path / "none.h5")}, "none.h5"),
    ):
        given = request_for(writer)
        process.start(ReduceRequest(**{**given.__dict__, **more}))
        failed = until(process, ReductionFailed, ReductionEnded)[-1]
        assert isinstance(failed, ReductionFailed), failed
        assert words in failed.message + failed.remedy
        assert failed.kind.remedy.value != "check"


def test_every_built_in_reduction_is_described(process: Listened) -> None:
    names = {"statistics", "centre_of_mass", "radial"}
    process.describe(*names)
    while names:
        described = until(process, Described)[-1]
        assert isinstance(described, Described)
        names.remove(described.name)
        assert described.fault == ""
        assert described.info is not None
        assert described.info.result_name == described.name
        assert described.info.parameters


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe in place of a file")
def test_a_file_that_hangs_every_process_is_given_up_in_a_sentence(tmp_path: Path) -> None:
    path = broken.write_hanging_opening(tmp_path)
    process = Listened(stuck_after_s=0.5)
    try:
        request = ReduceRequest(str(path), ReductionChoice("statistics"), key_paths=(broken.KEYS,), data_path=broken.DATA)
        process.start(request)
        events = until(process, ReductionFailed, ReductionEnded)
    finally:
        process.close(0.0)
    assert isinstance(events[-1], ReductionFailed)
    assert "it did not answer for" in events[-1].message
    assert len([event for event in events if isinstance(event, Noted) and "It is started again" in event.message]) == 2
