"""How far a reduction is, as it was told (pure, no Qt), and the words for it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from swmr_viewer.core.conditions import FILE_REPLACED, STOPPED
from swmr_viewer.core.number_text import count_text, value_text
from swmr_viewer.reducing.messages import (
    FrameFailed,
    Noted,
    Prepared,
    ReduceRequest,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ReductionProgress,
    Waiting,
)

MOST_TOLD = 200
"""Faults that are listed, the newest ones; all of them are counted."""
_LAG_TOLD_S = 1.0


@dataclass(eq=False)
class RunState:
    """One run: what was asked for, and what was told of it so far."""

    request: ReduceRequest
    place: str
    """Of the data set, by the name of its place."""
    generation: int = 0
    """Of the scan, as the session counts them."""
    is_stopping: bool = False
    prepared: Prepared | None = None
    progress: ReductionProgress | None = None
    waiting: str = ""
    ended: ReductionEnded | None = None
    failed: ReductionFailed | None = None
    told: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_TOLD))
    """Faults of frames, and what else went wrong, the newest last."""
    n_noted: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.ended is not None or self.failed is not None

    @property
    def n_failed(self) -> int:
        """Frames without a result."""
        told = self.ended or self.progress
        return 0 if told is None else told.n_failed

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1: of the scan, or of what is complete of one that can grow; None: nothing tells."""
        told = self.ended or self.progress
        if told is None:
            return None
        of = told.n_total or told.n_complete
        return min(1.0, (told.n_reduced + told.n_failed) / of) if of else None

    def note(self, event: ReductionEvent) -> None:
        """Take in what was told; values are not kept here."""
        match event:
            case Waiting(message):
                self.waiting = message
            case Prepared():
                self.prepared, self.waiting = event, ""
            case ReductionProgress():
                self.progress = event
            case FrameFailed(index=index, message=message):
                self.told.append(f"Frame {count_text(index)}: {message}")
            case Noted(message):
                self.n_noted += 1
                self.told.append(message)
            case ReductionEnded():
                self.ended = event
            case ReductionFailed():
                self.failed = event

    # ---- words

    @property
    def words(self) -> str:
        """What is going on, in a line."""
        if self.failed is not None:
            return f"{self.failed.message} {self.failed.remedy}".strip()
        if self.ended is not None:
            return self._end_words(self.ended) + self._taken_up_words
        if self.prepared is None:
            return self.waiting or "Getting ready \u2026"
        if self.request.shows_only:
            return "Only the shown frame is reduced; Start reduces them all"
        if self.progress is None:
            return f"On {self.prepared.engine}"
        return self._progress_words(self.progress) + self._taken_up_words

    @property
    def record(self) -> str:
        """What is written to the log of it: that it runs and on what, or how it ended."""
        what = f"Reduction {self.request.reduction.name} of {self.request.path}"
        if self.is_over or self.prepared is None:
            failed = f"; {_frames(self.n_failed)} failed" if self.n_failed else ""
            return f"{what}: {self.words}{failed}"
        return f"{what} runs on {self.prepared.engine}{f', into {self.prepared.output_path}' if self.prepared.output_path else ''}."

    @property
    def _taken_up_words(self) -> str:
        n = 0 if self.prepared is None else self.prepared.n_taken_up
        return f"   ({count_text(n)} of them were in the file before)" if n else ""

    def _end_words(self, ended: ReductionEnded) -> str:
        n = f"{_frames(ended.n_reduced)} reduced"
        if ended.reason == STOPPED:
            return f"Stopped: {n}"
        if ended.reason == FILE_REPLACED:
            return f"Another scan has the name of this file: {n}"
        return f"Done: {n}" + ("" if ended.is_finished else " (the scan did not end by itself)")

    def _progress_words(self, told: ReductionProgress) -> str:
        n_done = told.n_reduced + told.n_failed
        words = [f"{count_text(told.n_reduced)} of {count_text(told.n_total or told.n_complete)} reduced"]
        if n_done < told.n_complete:
            if told.rate_per_s > 0:
                words.append(f"{value_text(float(f'{told.rate_per_s:.2g}'))}/s")
            if told.seconds_left:
                words.append(f"{duration_text(told.seconds_left)} left")
            if told.lag_s >= _LAG_TOLD_S:
                words.append(f"{told.lag_s:.1f} s behind")
        elif told.n_total is None or told.n_complete < told.n_total:
            words.append("all that is complete")
        if self.is_stopping:
            words.append("stopping \u2026")
        return "   ".join(words)


def _frames(n: int) -> str:
    return f"{count_text(n)} {'frame' if n == 1 else 'frames'}"


def duration_text(seconds: float) -> str:
    """Return a duration in the unit that suits it: ``12 s``, ``3 min``, ``2.5 h``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
