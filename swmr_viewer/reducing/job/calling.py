"""``swmr_viewer.reduce``: a scan is reduced in the caller's own process, from its first complete frame to its end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from swmr_viewer.analysis import MaskRules
from swmr_viewer.core.conditions import ConditionLike, conditions_from
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.reducing.job.job import ReductionJob
from swmr_viewer.reducing.messages import (
    FrameFailed,
    ReduceRequest,
    ReductionChoice,
    ReductionEnded,
    ReductionEvent,
    ReductionProgress,
)
from swmr_viewer.reductions import Reduction, ReductionError, checked_class, parameters_from

_MOST_FAULTS = 1000
_USUAL_ENDS = ("finished_flag", "all_keys", "file_closed", "timeout")


@dataclass(frozen=True)
class ReductionSummary:
    """What came of ``reduce``."""

    output: str
    """The file with the results."""
    reason: str
    """Why it ended: the name of a condition, or ``file_replaced``."""
    n_reduced: int
    """Frames with a result, those of earlier runs too."""
    n_failed: int
    """Frames without one: they are missing in the output."""
    n_complete: int
    n_total: int | None
    """Points of the scan; None: it could still grow."""
    is_finished: bool
    """Whether the scan was over and all of it was done: the output's ``scan_finished`` is set."""
    faults: tuple[str, ...] = field(default=(), repr=False)
    """Why frames failed, the first 1,000."""


def reduce(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    reduction: str | Reduction | type[Reduction],
    values: Mapping[str, Any] | None = None,
    *,
    data_path: str = "",
    key_paths: str | Iterable[str] = (),
    timeout: float = 10.0,
    termination_conditions: ConditionLike | Iterable[ConditionLike] = _USUAL_ENDS,
    finished_path: str | None = None,
    scan_shape: tuple[int, ...] | None = None,
    length_paths: str | Iterable[str] = (),
    mask_file: str | os.PathLike[str] | None = None,
    wait_s: float | None = 0.0,
    workers: int | None = None,
    processes: bool = False,
    scheduler: str = "",
    external: bool = True,
    progress: Callable[[ReductionProgress], object] | None = None,
) -> ReductionSummary:
    """Reduce each frame of a scan, which may still be written, to a file that can be followed in turn.

    Results stand at ``/entry/NAME/OUTPUT``, at the positions of the scan; their keys at ``/entry/keys/NAME`` are set once a
    result is flushed. Called again with the same arguments it goes on where it was; a file that is anything else is never touched.

    Parameters
    ----------
    path, output : str or path
        The scan's file, and the file to write.
    reduction : str or Reduction
        A name (``pyfai1d``, ``path/to/file.py:Name`` ...), a class derived from ``Reduction``, or an object of one.
    values : mapping, optional
        Parameters, by their names; what is not set has its default. Not with an object, which has them.
    data_path, key_paths, finished_path, scan_shape, length_paths :
        As for ``Follower`` and ``FrameGrabber``; by default what the viewer would follow and show.
    timeout, termination_conditions :
        As for ``Follower``: what ends it, once all frames that are complete are reduced.
    mask_file : str or path, optional
        A mask of the frame's shape (NPY, TIFF, EDF ...), besides the file's own: what is not 0 is left out.
    wait_s : float or None
        Longest wait (s) for the file, its SWMR mode and its keys; None: for ever.
    workers : int, optional
        How many frames are worked on at once; by default one for each core.
    processes : bool
        Work in processes in place of threads: for reductions in plain Python. Their classes must stand in a module.
    scheduler : str
        Work on a Dask cluster: its address, its scheduler file, or ``slurm``.
    external : bool
        False: data of other files, to which the scan's file leads, are refused.
    progress : callable
        Is called some times a second with ``n_reduced``, ``n_complete``, ``rate_per_s``, ``seconds_left`` ...

    Returns
    -------
    ReductionSummary
        How it ended. Frames that failed are counted, and do not end it.

    Raises
    ------
    SwmrViewerError
        If it cannot begin or not go on: ``ReductionError``, ``ExportError`` for the output, and those of ``open_swmr`` and ``Follower``.
    KeyboardInterrupt
        After Ctrl-C: what was reduced is in the output, and the same call goes on.
    """
    made, choice = _reduction_of(reduction, values)
    kind = EngineKind.DASK if scheduler else EngineKind.PROCESSES if processes else EngineKind.THREADS
    request = ReduceRequest(
        path=os.path.abspath(path),
        reduction=choice,
        output=os.path.abspath(output),
        data_path=data_path,
        key_paths=_several(key_paths),
        length_paths=_several(length_paths),
        scan_shape=scan_shape,
        finished_path=finished_path,
        conditions=tuple(conditions_from(termination_conditions, timeout_s=timeout, finished_path=finished_path)),
        wait_s=wait_s,
        engine=EngineChoice(kind, workers, scheduler),
        rules=MaskRules(mask_file=None if mask_file is None else os.path.abspath(mask_file)),
        external=external,
    )
    return _run(request, made, progress)


def _reduction_of(
    reduction: str | Reduction | type[Reduction], values: Mapping[str, Any] | None
) -> tuple[Reduction | None, ReductionChoice]:
    if isinstance(reduction, str):
        return None, ReductionChoice(reduction, dict(values or {}))
    if isinstance(reduction, type) and issubclass(reduction, Reduction):
        reduction = checked_class(reduction, reduction.__name__)(parameters_from(reduction.Parameters, values or {}))
    elif values is not None:
        raise ReductionError("An object has its parameters already.", "Leave the values out, or give the class.")
    if not isinstance(reduction, Reduction):
        raise ReductionError(f"{reduction!r} is no reduction.", "Give a name, or a class derived from swmr_viewer.Reduction.")
    checked_class(type(reduction), type(reduction).__name__)
    return reduction, ReductionChoice(type(reduction).name)


def _several(paths: str | Iterable[str]) -> tuple[str, ...]:
    return (paths,) if isinstance(paths, str) else tuple(paths)


def _run(request: ReduceRequest, reduction: Reduction | None, progress: Callable[[ReductionProgress], object] | None) -> ReductionSummary:
    faults: list[str] = []
    ends: list[ReductionEnded] = []
    job = ReductionJob(request, partial(_take, faults, ends, progress), reduction=reduction)
    try:
        while job.step():
            pass
    except KeyboardInterrupt:
        job.stop()
        while job.step():
            pass
        raise
    finally:
        job.close()
    if job.error is not None:
        raise job.error
    (ended,) = ends
    return ReductionSummary(
        request.output, ended.reason, ended.n_reduced, ended.n_failed, ended.n_complete, ended.n_total, ended.is_finished, tuple(faults)
    )


def _take(
    faults: list[str], ends: list[ReductionEnded], progress: Callable[[ReductionProgress], object] | None, event: ReductionEvent
) -> None:
    match event:
        case ReductionProgress() if progress is not None:
            progress(event)
        case FrameFailed() if len(faults) < _MOST_FAULTS:
            faults.append(f"Frame {event.index}: {event.message}")
        case ReductionEnded():
            ends.append(event)
        case _:
            pass
