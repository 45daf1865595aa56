"""Which dark and flat frames correct a data set's frames, and which reference they are held against."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import Corrector, FrameView, MaskRules, Part, corrected_dtype, corrector_of
from swmr_viewer.core.errors import FileNotThereError, FrameNotWrittenError, PathNotThereError, ShapeError, SwmrViewerError
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.core.waiting import Retries
from swmr_viewer.reader.blocks import attach_block, let_go
from swmr_viewer.reader.child.averaged_frames import AveragedFrames
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.pixel_masks import Mask
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.messages import Correction, FrameSource, Reference, SetDisplay

_LATE = (FrameNotWrittenError, FileNotThereError, PathNotThereError)
_MOST_KEPT = 4
Pixels = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The correction of a data set, and what it was made of."""

    correction: Correction
    rules: MaskRules
    view: FrameView
    dtype: np.dtype[Any]
    mask: Mask | None
    corrector: Corrector | None

    def is_of(self, settings: SetDisplay, view: FrameView, dtype: np.dtype[Any], mask: Mask | None) -> bool:
        same = (settings.correction, settings.mask, view, dtype) == (self.correction, self.rules, self.view, self.dtype)
        return same and mask is self.mask


class Corrections:
    """The correction of each data set; one that cannot be used is told of once, and tried again if it may yet come."""

    def __init__(self, scan: Scan, pipe: EventPipe, clock: Callable[[], float] = time.monotonic) -> None:
        self._frames = AveragedFrames(scan, pipe)
        self._pipe = pipe
        self._found: dict[str, _Found] = {}
        self._averages: dict[tuple[object, ...], Pixels] = {}
        self._awaited: dict[str, Callable[[], _Found]] = {}
        self._retries = Retries(clock)
        self._reported: set[tuple[str, str]] = set()

    def set(self, path: str) -> None:
        """Try anew what could not be used: it was asked for again."""
        self._awaited.pop(path, None)
        self._reported = {(of_path, text) for of_path, text in self._reported if of_path != path}
        if path in self._found and self._found[path].corrector is None:
            del self._found[path]

    def of(self, path: str, settings: SetDisplay, view: FrameView, dtype: np.dtype[Any], mask: Mask | None) -> Corrector | None:
        """Return what dark and flat frames do to frames that are shown like this; None: nothing is asked for, or can be used.

        Parameters
        ----------
        path : str
            The data set.
        settings : SetDisplay
            Its settings.
        view : FrameView
            What of each frame is shown.
        dtype : dtype
            Of the frames.
        mask : ndarray of bool or None
            The pixel mask that all frames share.
        """
        if not settings.correction.names:
            return None
        found = self._found.get(path)
        if found is None or not found.is_of(settings, view, dtype, mask):
            self._awaited.pop(path, None)
            self._found[path] = found = self._made(path, settings, view, dtype, mask)
        return found.corrector

    def corrects(self, path: str) -> bool:
        """Whether the frames of a data set were corrected when they were last prepared."""
        return path in self._found and self._found[path].corrector is not None

    def retry(self) -> bool:
        """Try what was not there yet again, seldom; return whether frames are corrected in another way now."""
        if not self._awaited or not self._retries.is_due:
            return False
        with self._retries.trying():
            tried = {path: again() for path, again in list(self._awaited.items())}
        found = {path: one for path, one in tried.items() if one.corrector is not None}
        for path in found:
            self._awaited.pop(path, None)
        self._found.update(found)
        return bool(found)

    def _made(self, path: str, settings: SetDisplay, view: FrameView, dtype: np.dtype[Any], mask: Mask | None) -> _Found:
        corrector = None
        try:
            corrector = self._read(path, settings, view, dtype, mask)
        except _LATE as error:
            self._report_once(path, error)
            self._awaited[path] = partial(self._made, path, settings, view, dtype, mask)
        except SwmrViewerError as error:
            self._report_once(path, error)
            self._awaited.pop(path, None)
        return _Found(settings.correction, settings.mask, view, dtype, mask, corrector)

    def _read(self, path: str, settings: SetDisplay, view: FrameView, dtype: np.dtype[Any], mask: Mask | None) -> Corrector:
        if view.part is not Part.VALUE:
            raise ShapeError("Frames of complex numbers, or of colours, are not corrected.", "Switch dark and flat frames off.")
        read = {
            name: view.picked(self._average(name, source, path, view.shape, settings.mask))
            for name, source in settings.correction.sources.items()
        }
        return corrector_of(read.get("dark"), read.get("flat"), mask, corrected_dtype(view.shown_dtype(dtype)))

    def _average(self, name: str, source: FrameSource, path: str, shape: tuple[int, ...], rules: MaskRules) -> Pixels:
        key = (source, source.data_path or path, shape, rules.sentinel, rules.gaps)
        if key not in self._averages:
            while len(self._averages) >= _MOST_KEPT:
                del self._averages[next(iter(self._averages))]
            self._averages[key] = self._frames.read(name, source, path, shape, rules)
        return self._averages[key]

    def _report_once(self, path: str, error: SwmrViewerError) -> None:
        if (path, error.message) not in self._reported:
            self._reported.add((path, error.message))
            self._pipe.report_fault(str(error))


class References:
    """The frames that the window holds, copied when they are first needed."""

    def __init__(self, pipe: EventPipe) -> None:
        self._pipe = pipe
        self._kept: tuple[str, Pixels | None] = ("", None)
        self._reported: set[tuple[str, tuple[int, ...]]] = set()

    def of(self, settings: SetDisplay, view: FrameView) -> Pixels | None:
        """Return the reference for what is shown like this; None: none is wanted, or it fits no such frames."""
        reference = settings.compare.reference
        if reference is None or settings.compare.is_plain:
            return None
        if reference.shape != view.shown_shape or view.part is Part.COLOR:
            self._report_once(reference, view)
            return None
        if self._kept[0] != reference.block:
            self._kept = (reference.block, self._copied(reference))
        return self._kept[1]

    def _copied(self, reference: Reference) -> Pixels | None:
        try:
            block = attach_block(reference.block)
        except OSError:
            self._pipe.report_fault("The reference frame is not held any more, and frames are shown as they are. Hold one again.")
            return None
        try:
            return np.ndarray(reference.shape, np.dtype(reference.dtype), block.buf).copy()
        finally:
            let_go(block)

    def _report_once(self, reference: Reference, view: FrameView) -> None:
        if (reference.block, view.shown_shape) not in self._reported:
            self._reported.add((reference.block, view.shown_shape))
            has, wanted = shape_text(reference.shape), shape_text(view.shown_shape)
            what = "frames have colours of their own" if view.part is Part.COLOR else f"frames have {wanted} pixels"
            self._pipe.report_fault(f"The reference has {has} pixels, and the {what}: they are shown as they are. Hold another one.")
