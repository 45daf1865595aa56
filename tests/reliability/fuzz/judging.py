"""What counts as a fault: a wrong frame, no sentence, an end that nobody asked for, too long, too much memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.plain_text import plain
from swmr_viewer.reader.child.measuring.measured_delivery import measure
from tests.reliability.fuzz.cases import Case
from tests.reliability.fuzz.oracle import Oracle

MOST_BYTES = 1_500_000_000
"""That a reader may have used at its most."""
LONGEST_S = 120.0
"""That a case may take."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A frame as somebody saw it."""

    path: str
    position: tuple[int, ...]
    scan_shape: tuple[int, ...]
    pixels: np.ndarray | dict[str, Any]
    """Or what was measured of them."""
    is_doubtful: bool = False
    """It was said that it may not be the frame."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the frame."""
        return self.pixels.shape if isinstance(self.pixels, np.ndarray) else tuple(self.pixels["shape"])

    def is_the_same(self, other: np.ndarray) -> bool:
        """Whether this is that frame."""
        if not isinstance(self.pixels, np.ndarray):
            told = measure(other)
            return all(told[name] == self.pixels[name] for name in ("min", "max", "sum", "shape"))
        if self.pixels.shape != other.shape:
            return False
        return np.array_equal(self.pixels, other, equal_nan=other.dtype.kind in "fc")


@dataclass
class Outcome:
    """How a case fared."""

    shown: list[Shown] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """Sentences that told why something cannot be had."""
    seconds: float = 0.0
    peak_bytes: int = 0
    replaced: list[str] = field(default_factory=list)
    """Why readers were replaced."""
    counts: Counter[str] = field(default_factory=Counter)

    def refuse(self, case: Case, what: str, message: str, kind: FailureKind | None, *, names_file: bool = True) -> None:
        """Take note of a refusal, and judge its words."""
        self.refusals.append(message)
        if kind is FailureKind.UNEXPECTED:
            self.faults.append(f"{what} is unexpected: {message}")
        told = plain(message)
        # A remedy may end with what is to be typed.
        if not told.strip() or not told.rstrip().endswith((".", "?", plain(str(case.main)))) or "Traceback" in told:
            self.faults.append(f"{what} is no sentence: {message!r}")
        if names_file and not any(name in told for name in (plain(case.main.name), plain(case.folder.name))):
            self.faults.append(f"{what} names no file: {message!r}")


def judge(case: Case, outcome: Outcome, oracle: Oracle) -> None:
    """Add the faults that the outcome shows."""
    wrong = [frame for frame in outcome.shown if not _is_right(case, frame, outcome, oracle)]
    for frame in wrong[:3]:
        outcome.faults.append(f"wrong frame at {frame.position} of {frame.path} ({len(wrong)} in all); h5py: {oracle.last_words}")
    if outcome.peak_bytes > MOST_BYTES:
        outcome.faults.append(f"{outcome.peak_bytes / 1e6:.0f} MB used")
    if outcome.seconds > LONGEST_S:
        outcome.faults.append(f"took {outcome.seconds:.0f} s")


def _is_right(case: Case, frame: Shown, outcome: Outcome, oracle: Oracle) -> bool:
    written = case.written(frame.path, frame.position)
    if written is not None and frame.is_the_same(written):
        outcome.counts["frames as written"] += 1
        return True
    main = case.main
    if not (case.is_unchecked or frame.is_doubtful) and written is not None:
        oracle.last_words = "not asked"
        return False
    if not (case.is_unchecked or frame.is_doubtful) and case.sound is not None:
        main = case.sound.put(case.folder / "sound")
    question = (str(main), frame.path, frame.position, frame.scan_shape, frame.shape)
    answer = oracle.ask(question)
    if answer is not None and frame.is_the_same(answer):
        outcome.counts["frames as h5py reads them"] += 1
        return True
    if answer is not None and oracle.was_alone:  # of a chunk that is too short it makes another frame each time
        outcome.counts["frames of damaged chunks that HDF5 alone decodes, another each time"] += 1
        return True
    return False
