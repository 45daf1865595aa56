"""``swmr_viewer.reduce``: from a script, to a file that is followed in turn, and taken up again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import swmr_viewer
from swmr_viewer import DataSource, ExportError, FileNotThereError, ReductionError, Timeout, open_swmr, reduce
from swmr_viewer.reducing.messages import ReductionProgress
from tests.engines.reductions_here import Sums
from tests.live.conftest import live_writer
from tests.live.writers import LiveWriter
from tests.reducing.job.test_job import FailsNow, totals_of

__all__ = ["live_writer"]

Writer = Callable[..., LiveWriter]


def totals_in(path: Path) -> dict[int, float]:
    """The results whose keys are set, by index; read as any program would."""
    with h5py.File(path, "r", locking=False) as h5file:
        done = h5file["entry/keys/sums"][...] != 0
        assert np.isnan(h5file["entry/sums/total"][...][~done]).all()
        return dict(zip(np.flatnonzero(done).tolist(), h5file["entry/sums/total"][...][done].tolist(), strict=True))


@pytest.mark.live
def test_a_finished_scan_becomes_a_file_that_is_followed_like_a_detector(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.finish()
    told: list[ReductionProgress] = []
    out = tmp_path / "out.h5"
    summary = reduce(writer.path, out, Sums(), progress=told.append)
    assert (summary.n_reduced, summary.n_failed, summary.n_total, summary.is_finished) == (20, 0, 20, True)
    assert told[-1].n_reduced == 20
    assert totals_in(out) == totals_of(writer)
    with open_swmr(out) as h5file, DataSource(h5file, "/entry/keys/sums", "/entry/sums/total", 5, ("finished_flag",)) as source:
        followed = {frames.index: float(frames["/entry/sums/total"]) for frames in source}
    assert followed == totals_of(writer)


@pytest.mark.live
def test_the_same_call_goes_on_where_it_was(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer(scan_shape=(4, 5), order="snake")
    writer.step(7)
    out = tmp_path / "out.h5"
    first = reduce(writer.path, out, Sums, timeout=0.3)
    assert (first.reason, first.n_reduced, first.is_finished) == ("timeout", 7, False)
    writer.finish()
    counted = Counted()
    second = reduce(writer.path, out, counted)
    assert (second.n_reduced, second.is_finished) == (20, True)
    assert counted.calls == 13
    assert totals_in(out) == totals_of(writer)
    third = reduce(writer.path, out, Sums)
    assert (third.n_reduced, third.is_finished) == (20, True)


class Counted(Sums):
    """Counts its calls, in all copies."""

    calls = 0

    def __call__(self, frame: np.ndarray, mask: np.ndarray | None) -> Any:
        type(self).calls += 1
        return super().__call__(frame, mask)


@pytest.mark.live
def test_what_failed_is_missing_and_is_tried_again(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer(scan_shape=(20,))
    writer.finish()
    out = tmp_path / "out.h5"
    summary = reduce(writer.path, out, FailsNow)
    assert summary.n_failed == len(summary.faults) > 0
    assert summary.is_finished
    assert "nothing to divide by" in summary.faults[0]
    assert len(totals_in(out)) == 20 - summary.n_failed
    assert reduce(writer.path, out, Sums).n_reduced == 20
    assert totals_in(out) == totals_of(writer)


@pytest.mark.live
def test_an_output_of_something_else_is_never_touched(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer()
    writer.finish()
    out = tmp_path / "out.h5"
    out.write_text("notes of mine")
    with pytest.raises(ExportError, match=r"out\.h5"):
        reduce(writer.path, out, Sums)
    assert out.read_text() == "notes of mine"


def test_what_is_wrong_is_an_error_of_its_own_kind(tmp_path: Path) -> None:
    with pytest.raises(FileNotThereError):
        reduce(tmp_path / "none.h5", tmp_path / "out.h5", Sums)
    with pytest.raises(ReductionError, match="statistics"):
        reduce(tmp_path / "none.h5", tmp_path / "out.h5", "statistic")
    with pytest.raises(ReductionError, match="parameters already"):
        reduce(tmp_path / "none.h5", tmp_path / "out.h5", Sums(), {"bins": 1})
    with pytest.raises(ReductionError, match="is no reduction"):
        reduce(tmp_path / "none.h5", tmp_path / "out.h5", 5)  # type: ignore[arg-type]
    for name, words in (("a/b", "no usable name"), ("statistics", "that name is taken")):
        named = type("Named", (Sums,), {"name": name})
        for given in (named, named()):
            with pytest.raises(ReductionError, match=words):
                reduce(tmp_path / "none.h5", tmp_path / "out.h5", given)
    assert not list(tmp_path.glob("*out*"))


@pytest.mark.live
def test_ctrl_c_ends_it_with_what_came(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer(scan_shape=(4, 5))
    writer.step(6)
    out = tmp_path / "out.h5"

    def interrupt(progress: ReductionProgress) -> None:
        if progress.n_reduced == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reduce(writer.path, out, Sums, termination_conditions=[Timeout(60)], progress=interrupt)
    assert totals_in(out) == totals_of(writer)
    assert len(totals_in(out)) == 6
    writer.finish()
    assert reduce(writer.path, out, Sums).n_reduced == 20


def test_the_contract_is_public() -> None:
    for name in ("Reduction", "Output", "OutputAxis", "FrameDescription", "parameter", "reduce", "ReductionSummary", "ReductionError"):
        assert name in swmr_viewer.__all__
        assert getattr(swmr_viewer, name).__doc__


class Locked(Sums):
    """Holds what cannot be copied, before anybody has prepared it."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()


@pytest.mark.live
def test_an_object_that_cannot_be_copied_is_refused_in_a_sentence(live_writer: Writer, tmp_path: Path) -> None:
    writer = live_writer()
    writer.finish()
    with pytest.raises(ReductionError, match=r"sums cannot be copied for those who work: .* Let it hold nothing but its parameters"):
        reduce(writer.path, tmp_path / "out.h5", Locked())
    assert not list(tmp_path.glob("*out*"))
