"""What is told of a reduction that runs, in the order in which it happens; crosses process boundaries. No h5py here."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import FailureKind, SwmrViewerError
from swmr_viewer.reductions import Output, ReductionInfo


@dataclass(frozen=True)
class Waiting:
    """For the file, its SWMR mode, its keys, or for workers."""

    message: str


@dataclass(frozen=True, eq=False)
class Prepared:
    """The file is open, the reduction is prepared, the output is made or taken up."""

    reduction: str
    data_path: str
    key_paths: tuple[str, ...]
    scan_shape: tuple[int, ...]
    outputs: tuple[Output, ...]
    engine: str
    """In words."""
    output_path: str
    n_taken_up: int
    """Results that an earlier run left in the output."""


@dataclass(frozen=True, eq=False)
class Reduced:
    """Results that came, each frame once; sent when ``sends_values`` asks for it."""

    scan_shape: tuple[int, ...]
    indices: npt.NDArray[np.int64]
    """(n,): flat on ``scan_shape``."""
    numbers: Mapping[str, npt.NDArray[np.float64]]
    """Outputs that are numbers: (n,) each."""
    patterns: Mapping[str, npt.NDArray[np.float32]]
    """Outputs with one axis, made as short as a waterfall's rows: (n, bins) each, the largest of each ``analysis.spectrum_factor(length)``
    neighbours."""


@dataclass(frozen=True, eq=False)
class ShownReduced:
    """Everything that was made of the frame that ``show`` named last."""

    scan_shape: tuple[int, ...]
    index: int
    outputs: Mapping[str, npt.NDArray[Any]]
    """By name, of the outputs' whole shape; empty: there is no result."""
    fault: str = ""
    """Why there is none."""


@dataclass(frozen=True)
class ReductionProgress:
    """How far it is; some times a second while anything changes."""

    n_reduced: int
    """Frames with a result, those of earlier runs too."""
    n_failed: int
    n_complete: int
    """Frames whose keys are set."""
    n_total: int | None
    """Points of the scan; None: it can still grow."""
    n_in_flight: int
    rate_per_s: float
    seconds_left: float | None
    """Until all frames that are complete are reduced; None: nothing tells."""
    lag_s: float
    """How long the newest complete frame has been waiting for its result; 0: it is there."""


@dataclass(frozen=True)
class FrameFailed:
    """A frame has no result: it is missing in the output."""

    index: int
    position: tuple[int, ...]
    message: str


@dataclass(frozen=True)
class Noted:
    """Something that went wrong on the way and cost no result: a worker was lost, a poll failed."""

    message: str


@dataclass(frozen=True)
class ReductionEnded:
    """It is over, and what was reduced is in the output."""

    reason: str
    """The name of the condition, ``stopped``, ``file_replaced``."""
    n_reduced: int
    n_failed: int
    n_complete: int
    n_total: int | None
    is_finished: bool
    """Whether the scan ended and everything of it was reduced or failed: the output's finished flag is set."""


def ended_at(reason: str, last: ReductionProgress | None, n_reduced: int = 0) -> ReductionEnded:
    """Return the end of what could not tell it itself: as far as was told last, or so many results, where nothing was."""
    if last is None:
        return ReductionEnded(reason, n_reduced, 0, n_reduced, None, False)
    return ReductionEnded(reason, last.n_reduced, last.n_failed, last.n_complete, last.n_total, False)


@dataclass(frozen=True)
class ReductionFailed:
    """It could not begin, or not go on."""

    message: str
    remedy: str = ""
    kind: FailureKind = FailureKind.UNEXPECTED
    details: str = field(default="", repr=False)
    """A traceback, or ""."""


def failure_of(error: Exception, path: str) -> ReductionFailed:
    """Return what is told of an error that ended the reduction of a file."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, SwmrViewerError):
        return ReductionFailed(error.message, error.remedy, error.kind, details)
    what = f"Reducing {path} failed: {type(error).__name__}: {error}."
    return ReductionFailed(what, "This is a fault of the program: please report its details.", details=details)


@dataclass(frozen=True)
class Described:
    """What a reduction says of itself; the answer to ``Describe``, one for each name."""

    name: str
    info: ReductionInfo | None = None
    """With its parameters; None: it cannot be had."""
    fault: str = ""
    """Why not."""


@dataclass(frozen=True)
class Alive:
    """There is nothing to tell, and the process is well; told to nobody."""


ReductionEvent: TypeAlias = (
    Waiting
    | Prepared
    | Reduced
    | ShownReduced
    | ReductionProgress
    | FrameFailed
    | Noted
    | ReductionEnded
    | ReductionFailed
    | Described
    | Alive
)
