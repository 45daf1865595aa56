"""The frames of batches, read from one open file: by one handle on the data set, whatever number of threads ask (two show old pixels)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import prod
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.files import open_swmr
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.scan import position_along
from swmr_viewer.decoding import decoding_alone
from swmr_viewer.engines.plan import Batch, FrameFault, Plan
from swmr_viewer.engines.same_file import refuse_another

_BLOCK_BYTES = 4 << 20
"""About so much is read at once of frames that are small, or share chunks."""
_ALONE_BYTES = 1 << 19
"""Frames as large as this, each in a chunk of its own, are read one by one, always to the same memory."""

Frame = npt.NDArray[Any]
FrameOrFault = tuple[int, Frame | FrameFault]


class BatchReader:
    """Reads frames; several threads may do so at once, and decode at the same time.

    Parameters
    ----------
    plan : Plan
        Which file, and which data set in it.
    h5file : h5py.File, optional
        The file, if it is open here already: it stays its owner's to close.
    lock : threading.Lock, optional
        Held by whoever uses the file from another thread. h5py locks single calls; what looks through the handles of a file, as a
        refresh does, is several (measured: beside a follower that polls, "Invalid location identifier" in one of three runs).

    Raises
    ------
    SwmrViewerError
        If the file cannot be opened.
    """

    def __init__(self, plan: Plan, h5file: h5py.File | None = None, lock: threading.Lock | None = None) -> None:
        self._plan = plan
        self._own_file = _opened(plan) if h5file is None else None
        self._h5file: h5py.File = h5file if h5file is not None else self._own_file
        self._grabber: FrameGrabber | None = None
        self._lock = threading.Lock() if lock is None else lock
        self._n_reading = 0
        self._left = threading.Condition(self._lock)
        self._buffers = threading.local()

    def frames(self, batch: Batch) -> Iterator[FrameOrFault]:
        """Yield each frame of a batch with its offset, or why it cannot be read. A frame is good until the next one is asked for.

        Raises
        ------
        SwmrViewerError
            If the data set cannot be read at all.
        """
        offset = 0
        while offset < batch.n:
            n = min(batch.n - offset, self._at_once(batch, offset))
            found = self._block(batch, offset, n) if n > 1 else None
            if found is not None:
                yield from enumerate(found, offset)
            else:
                for number in range(offset, offset + n):
                    yield number, self._frame(batch, number)
            offset += n

    def _at_once(self, batch: Batch, offset: int) -> int:
        """Return how many frames from here on are worth reading at once: to the end of a chunk, some megabytes."""
        with self._grabbing(batch) as grabber:
            if not batch.first or not grabber.has_blocks:
                return 1
            n_bytes = max(1, prod(grabber.frame_shape) * grabber.dtype.itemsize)
            step = grabber.chunk_shape[-1]
        most = max(1, _BLOCK_BYTES // n_bytes)
        if step == 1:
            return 1 if n_bytes >= _ALONE_BYTES else most
        at = batch.first[-1] + offset
        to_end = step - at % step
        return to_end + max(0, most - to_end) // step * step

    def _block(self, batch: Batch, offset: int, n: int) -> Frame | None:
        """Return n frames, or None where one of them cannot be read: then each is read for itself."""
        first = batch.first[-1] + offset
        block = (*(slice(at, at + 1) for at in batch.first[:-1]), slice(first, first + n))
        with suppress(Exception), self._grabbing(batch) as grabber:
            return grabber.grab_block(block).reshape(n, *grabber.frame_shape)
        return None

    def _frame(self, batch: Batch, offset: int) -> Frame | FrameFault:
        position = position_along(batch.first, offset)
        try:
            with self._grabbing(batch) as grabber:
                out = self._buffer(grabber)
                grabber.grab_into(position, out)
                return out
        except SwmrViewerError as error:
            return FrameFault(offset, str(error), error.retryable)
        except IndexError as error:  # the data set is not as long yet
            return FrameFault(offset, str(error), True)
        except Exception as error:  # of a damaged file h5py may raise anything: the other frames are read all the same
            return FrameFault(offset, f"Frame {position} cannot be read: {type(error).__name__}: {error}.", False)

    def _buffer(self, grabber: FrameGrabber) -> Frame:
        """Return this thread's memory for a frame: what was touched before is several times faster."""
        known = getattr(self._buffers, "frame", None)
        if known is None or known.shape != grabber.frame_shape or known.dtype != grabber.dtype:
            known = self._buffers.frame = np.empty(grabber.frame_shape, grabber.dtype)
        return known

    @contextmanager
    def _grabbing(self, batch: Batch) -> Iterator[FrameGrabber]:
        """Give what reads this batch's frames, and hold the lock but for decoding."""
        with decoding_alone(self._lock):
            grabber = self._current(batch)
            self._n_reading += 1
            try:
                yield grabber
            finally:
                self._n_reading -= 1
                self._left.notify_all()

    def _current(self, batch: Batch) -> FrameGrabber:
        """Return what reads frames of a scan of this extent; made anew when its inner axes have grown. The caller holds the lock."""
        shape = batch.scan_shape
        while (grabber := self._grabber) is not None:
            if grabber.scan_shape == shape or _is_smaller(shape, grabber.scan_shape):
                return grabber
            if grabber.scan_shape[1:] == shape[1:]:
                grabber.scan_shape = shape
                return grabber
            if not self._n_reading:
                self._grabber = None
                grabber.close()
            else:  # who decodes may have more to read from the files that closing it would close
                self._left.wait()
        self._grabber = FrameGrabber(self._h5file, self._plan.data_path, scan_shape=shape)
        return self._grabber

    def close(self) -> None:
        """Close what was opened here; nobody reads any more."""
        if self._grabber is not None:
            self._grabber.close()
        if self._own_file is not None:
            self._own_file.close()


def _opened(plan: Plan) -> h5py.File:
    h5file = open_swmr(plan.path, external=plan.external)
    try:
        refuse_another(h5file, plan.opened)
    except BaseException:
        h5file.close()
        raise
    return h5file


def _is_smaller(shape: tuple[int, ...], than: tuple[int, ...]) -> bool:
    """Whether a batch was made before the scan grew: its positions are true on the larger one."""
    return len(shape) == len(than) and all(one <= other for one, other in zip(shape, than, strict=True))
