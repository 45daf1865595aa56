"""How the frames of each data set are prepared: what of them is shown, masks, dark and flat frames, a reference, levels."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from math import tau
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import (
    FramePass,
    FrameView,
    Part,
    compared,
    compared_dtype,
    corrected_dtype,
    valid_mask,
)
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.errors import PathError, PathNotThereError
from swmr_viewer.core.waiting import Retries
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.preparing.all_masks import AllMasks, MaskFiles
from swmr_viewer.reader.child.preparing.corrections import Corrections, UsedCorrection
from swmr_viewer.reader.child.preparing.frame_preparer import NO_PREVIEW, FramePreparer, Measures, PreviewOf, default_preparer, examined
from swmr_viewer.reader.child.preparing.pixel_masks import Mask, PixelMask
from swmr_viewer.reader.child.preparing.references import References, part_of
from swmr_viewer.reader.child.reader_slots import Slot, SlotLayout, slot_layout
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.messages import AS_IT_IS, Made, PixelMaskRead, SetDisplay

_USUAL = FramePreparer()


class FramePreparers:
    """The preparer of each data set; the pixel mask of its facts is used until the window sets another."""

    def __init__(self, scan: Scan, pipe: EventPipe, clock: Callable[[], float] = time.monotonic) -> None:
        self._h5file: h5py.File = scan.h5file
        self._pipe = pipe
        self._corrections = Corrections(scan, pipe, clock)
        self._references = References(pipe)
        self._masks: dict[str, PixelMask | None] = {}
        self._mask_files = MaskFiles()
        self._all_masks: dict[str, tuple[PixelMask | None, AllMasks]] = {}
        """By data set, with the file's own that is in it."""
        self._awaited: set[str] = set()
        """Masks whose links lead nowhere yet."""
        self._retries = Retries(clock)
        self._reported: set[tuple[str, ...]] = set()
        self._sent_masks: dict[str, tuple[str, tuple[int, ...]]] = {}
        self._preparers = {path: default_preparer(of_path) for path, of_path in scan.facts.items()}

    def add(self, path: str, facts: DataFacts) -> None:
        """Add a data set that was not there before; what was set for it already stays."""
        self._retries.be_due()  # its mask comes with it as a rule
        given = self._preparers.get(path)
        self._preparers[path] = default_preparer(facts) if given is None else replace(given, facts=facts)

    def of(self, path: str) -> FramePreparer:
        return self._preparers.get(path, _USUAL)

    def set(self, request: SetDisplay) -> None:
        paths = [request.data_path] if request.data_path is not None else list(self._preparers)
        for path in paths:
            self._preparers[path] = replace(self.of(path), settings=request)
            self._corrections.set(path, request)

    def layout_of(self, path: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> SlotLayout:
        """Return how such a frame of a data set lies in a slot."""
        view = self.of(path).view_of(shape, dtype)
        mask = self._pixel_mask(path)
        kind = view.shown_dtype(dtype)
        if self._correction(path, view, dtype) is not None:
            kind = corrected_dtype(kind)
            view = replace(view, made=kind.str)
        view = self.compared_view(path, view, kind)
        return slot_layout(shape, dtype, view, has_own_mask=mask is not None and not mask.is_shared_by(view))

    def compared_view(self, path: str, view: FrameView, dtype: np.dtype[Any]) -> FrameView:
        """Return the view of what is drawn in place of shown numbers of this type, where they are held against a reference."""
        reference = self._references.of(self.of(path).settings, view)
        return view if reference is None else replace(view, made=compared_dtype(dtype, reference.dtype).str)

    def prepare(
        self, path: str, frame: npt.NDArray[Any], index: int, scan_shape: tuple[int, ...], out: npt.NDArray[Any] | None = None
    ) -> npt.NDArray[Any]:
        """Return what is shown of a data set's frame, masked pixels marked by their value, corrected: a view on it, or ``out``."""
        preparer = self.of(path)
        view = preparer.view_of(frame.shape, frame.dtype)
        mask = self.mask_of(path, index, view, scan_shape)
        used = self._correction(path, view, frame.dtype)
        if used is None:
            return preparer.prepare(frame, mask, out)
        shown = preparer.prepare(frame, mask)
        kind = corrected_dtype(view.shown_dtype(frame.dtype))
        return used.corrector.corrected(shown, np.empty(shown.shape, kind) if out is None or out.dtype != kind else out)

    def compare(self, path: str, view: FrameView, prepared: npt.NDArray[Any], out: npt.NDArray[Any] | None) -> npt.NDArray[Any]:
        """Return what is drawn in place of a prepared frame: the frame, or, in ``out``, what its reference makes of it."""
        settings = self.of(path).settings
        reference = self._references.of(settings, view)
        if reference is None:
            return prepared
        period = tau if part_of(settings, view) == Part.PHASE else None
        return compared(prepared, reference, settings.compare.how, out, period)

    def made(self, path: str, view: FrameView, dtype: np.dtype[Any] | None) -> Made:
        """Return what is done to frames; of several as one (no dtype): what was done to each of them before."""
        settings = self.of(path).settings
        how = "none" if self._references.of(settings, view) is None else settings.compare.how
        if not settings.correction.names:
            return AS_IT_IS if how == "none" else Made(compared=how)
        used = self._corrections.last_of(path) if dtype is None else self._correction(path, view, dtype)
        return Made((), True, how) if used is None else Made(settings.correction.names, False, how, used.sources, used.fingerprint)

    def _correction(self, path: str, view: FrameView, dtype: np.dtype[Any]) -> UsedCorrection | None:
        settings = self.of(path).settings
        if not settings.correction.names:
            return None
        view = replace(view, made="")
        found = self._pixel_mask(path)
        shared = found is not None and found.is_shared_by(view)
        return self._corrections.of(path, settings, view, dtype, self.mask_of(path, 0, view, ()) if shared else None)

    def examine(
        self,
        path: str,
        frame: npt.NDArray[Any],
        shown: npt.NDArray[Any],
        levels: bool = True,
        combined: int = 1,
        how: str | None = None,
        preview: PreviewOf = NO_PREVIEW,
    ) -> Measures:
        """Measure what is shown of a frame, and make it small; pixels are saturated where the file's are, whatever was made of them."""
        preparer = self.of(path)
        settings = preparer.settings
        if settings.shows_frames_as_they_are:
            return preparer.examine(frame, shown, levels, combined, how, preview)
        within, statistics = examined(shown, settings.percentiles if levels else None, preview)
        limit = preparer.saturation(frame.dtype, combined, how) if combined == 1 or self._corrections.last_of(path) is None else None
        if limit is None or frame.dtype.kind not in "iuf":
            return within, statistics
        raw = preparer.view_of(frame.shape, frame.dtype).picked(frame)
        if raw.shape != shown.shape:
            return within, statistics
        return within, replace(statistics, n_saturated=int(np.count_nonzero((raw >= limit) & valid_mask(shown))))

    def pass_over(self, path: str, slot: Slot, index: int, scan_shape: tuple[int, ...]) -> FramePass | None:
        """Return what measures a frame, and makes it small, while it is read into a slot.

        None where something else is shown than the frame's own numbers, all of them, or has to be made of the frame as a whole.
        """
        preparer, view, frame = self.of(path), slot.layout.view, slot.frame
        if not preparer.settings.shows_frames_as_they_are or view.is_computed or slot.layout.mask_offset:
            return None
        shown, rules = view.shown(frame), preparer.settings.mask
        mask = self.mask_of(path, index, view, scan_shape)
        if shown.dtype != frame.dtype or shown.size != frame.size or not FramePass.can_measure(frame.dtype, rules, mask):
            return None
        limit = preparer.saturation(frame.dtype)
        return FramePass(shown, slot.layout.preview_factor, slot.preview, saturation=limit, rules=rules, pixel_mask=mask)

    def mask_of(self, path: str, index: int, view: FrameView, scan_shape: tuple[int, ...]) -> Mask | None:
        """Return the pixel mask of a frame as it is shown (True: masked), or None where none is used; a fault is reported once."""
        found = self._pixel_mask(path)
        if found is None:
            return None
        try:
            mask = found.of(index, view, scan_shape)
        except PathError as error:
            self._report_once(path, found.path, error)
            return None
        if isinstance(found, AllMasks) and found.failed is not None:
            self._report_once(path, found.path, found.failed)
        if found.is_shared_by(view):
            self._report_mask(path, found.path, mask)
        return mask

    def lacks_mask(self, path: str, mask: Mask | None) -> bool:
        """Return whether something that is to mask pixels does not, though ``mask_of`` was asked."""
        found = self._pixel_mask(path)
        return (mask is None or (isinstance(found, AllMasks) and found.failed is not None)) and (
            self.of(path).settings.mask.mask_key is not None
        )

    def _pixel_mask(self, path: str) -> PixelMask | AllMasks | None:
        rules = self.of(path).settings.mask
        found = self._file_mask(path, rules.mask_path)
        if not rules.has_own_mask:
            return found
        before = self._all_masks.get(path)
        if before is None or before[0] is not found or before[1].path != rules.mask_key:
            self._all_masks[path] = found, AllMasks(rules, found, self._mask_files)
        return self._all_masks[path][1]

    def _file_mask(self, path: str, mask_path: str | None) -> PixelMask | None:
        if mask_path is None:
            return None
        if mask_path not in self._masks:
            try:
                self._masks[mask_path] = PixelMask(self._h5file, mask_path)
            except PathError as error:
                self._masks[mask_path] = None
                self._report_once(path, mask_path, error)
                if isinstance(error, PathNotThereError):
                    self._awaited.add(mask_path)
        return self._masks[mask_path]

    def retry(self) -> bool:
        """Try masks, dark and flat frames that were not there yet again, seldom; return whether frames are prepared in another way now."""
        return self._retry_masks() | self._corrections.retry()

    def _retry_masks(self) -> bool:
        if not self._awaited or not self._retries.is_due:
            return False
        self._pipe.report_busy(f"looking for {', '.join(sorted(self._awaited))}")
        with self._retries.trying():
            found = [path for path in sorted(self._awaited) if self._can_be_used(path)]
        self._pipe.keep_alive(now=True)
        return bool(found)

    def _can_be_used(self, mask_path: str) -> bool:
        try:
            self._masks[mask_path] = PixelMask(self._h5file, mask_path)
        except PathNotThereError:
            return False
        except PathError as error:
            self._report_once("", mask_path, error)
        self._awaited.discard(mask_path)
        return self._masks[mask_path] is not None

    def _report_mask(self, path: str, mask_path: str, mask: Mask) -> None:
        if self._sent_masks.get(path) != (mask_path, mask.shape):  # the window keeps the last one of each data set
            self._sent_masks[path] = mask_path, mask.shape
            self._pipe.send(PixelMaskRead(self._pipe.generation, path, mask_path, mask.shape, np.packbits(mask).tobytes()))

    def _report_once(self, path: str, mask_path: str, error: PathError) -> None:
        if (path, mask_path) not in self._reported:
            self._reported.add((path, mask_path))
            self._pipe.report_fault(str(error))
