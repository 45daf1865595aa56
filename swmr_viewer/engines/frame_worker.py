"""What every worker does, wherever it is: reads the frames of a batch, reduces each, and tells of those that have no result."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import valid_mask
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.engines.batch_reading import BatchReader
from swmr_viewer.engines.plan import Batch, BatchResult, EngineError, FrameFault, Plan, not_there_yet
from swmr_viewer.reductions import FrameDescription, Mask, Output, Reduction, as_arrays, prepared_copy


class FrameWorker:
    """Reduces batches, one at a time.

    Parameters
    ----------
    plan : Plan
        What is reduced, and to what. Its reduction stays as it is: a copy is prepared.
    h5file : h5py.File, optional
        The file, if it is open here already: it stays its owner's to close.
    reader : BatchReader, optional
        In place of one of its own: for several threads of a process.
    reduction : Reduction, optional
        In place of one of its own, prepared: of those that several threads may call.

    Raises
    ------
    SwmrViewerError
        If the file cannot be opened (``retryable``: it may be later), or the reduction not be prepared (`ReductionError`).
    """

    def __init__(
        self, plan: Plan, h5file: h5py.File | None = None, *, reader: BatchReader | None = None, reduction: Reduction | None = None
    ) -> None:
        self._description = plan.description
        if plan.description.mask is not None:
            plan.description.mask.setflags(write=False)  # it is of all frames: a plug-in that writes to it shall harm none but its own
        self._reduction = prepared_copy(plan.reduction, plan.description) if reduction is None else reduction
        self._reader = BatchReader(plan, h5file) if reader is None else reader
        self._owns_reader = reader is None
        self._process = os.getpid()

    def reduce(self, batch: Batch) -> BatchResult:
        """Reduce the frames of a batch; one that cannot be read, or reduced, is a fault for itself alone.

        Raises
        ------
        SwmrViewerError
            If the data set cannot be read at all.
        """
        began_at = time.perf_counter()
        outputs = self._reduction.outputs
        made: dict[str, npt.NDArray[Any]] = {one.name: np.empty((batch.n, *one.shape), one.dtype) for one in outputs}
        faults = []
        for offset, frame in self._reader.frames(batch):
            fault = frame if isinstance(frame, FrameFault) else self._reduce(offset, frame, outputs, made)
            if os.getpid() != self._process:  # a plug-in forked: its copy of us shall not go on as well, with the same pipe and locks
                os._exit(1)
            if fault is not None:
                faults.append(fault)
        return BatchResult(batch, made, tuple(faults), time.perf_counter() - began_at)

    def _reduce(
        self, offset: int, frame: npt.NDArray[Any], outputs: tuple[Output, ...], made: Mapping[str, npt.NDArray[Any]]
    ) -> FrameFault | None:
        try:
            frame = frame.reshape(self._description.frame_shape)  # without axes of length 1
            mask = self._description.mask if self._reduction.masks_itself else mask_of(frame, self._description)
            for name, value in as_arrays(self._reduction(frame, mask), outputs).items():
                made[name][offset] = value
        except SwmrViewerError as error:
            return FrameFault(offset, f"{self._reduction.name}: {error}", False)
        except (Exception, SystemExit) as error:  # a plug-in may raise anything, or have been a program once
            return FrameFault(offset, f"{self._reduction.name}: {type(error).__name__}: {error}", False)
        return None

    def close(self) -> None:
        """Close what was opened here."""
        if self._owns_reader:
            self._reader.close()


def mask_of(frame: npt.NDArray[Any], description: FrameDescription) -> Mask | None:
    """Return which pixels of a frame hold no measurement: the description's very own mask, unless the frame's values tell more."""
    valid = valid_mask(frame, description.rules)
    if valid.all():
        return description.mask
    masked = np.logical_not(valid, out=valid)
    if description.mask is None:
        return masked
    if not (masked > description.mask).any():
        return description.mask
    masked |= description.mask
    return masked


def reduced_or_told(worker: FrameWorker, batch: Batch) -> BatchResult:
    """Return what a worker makes of a batch; where the data set cannot be read by now, faults that it may come.

    Raises
    ------
    EngineError
        If waiting does not help.
    """
    try:
        return worker.reduce(batch)
    except SwmrViewerError as error:
        if not error.retryable:
            raise EngineError(error.message, error.remedy) from error
        return not_there_yet(batch, str(error))
