"""All that masks pixels of a data set's frames as one: its file's own mask, a mask from another file, and what was drawn."""

from __future__ import annotations

from swmr_viewer.analysis import FrameView, MaskRules, drawn_mask, read_mask_file
from swmr_viewer.core.errors import PathError
from swmr_viewer.reader.child.preparing.pixel_masks import Mask, PixelMask

REMEDY = "The frames are shown without it."


class MaskFiles:
    """The masks that were read, or why they were not: each file is looked at once."""

    def __init__(self) -> None:
        self._read: dict[str, Mask | PathError] = {}

    def of(self, file: str) -> Mask:
        """Return a file's mask.

        Raises
        ------
        PathError
            If there is none.
        """
        if file not in self._read:
            try:
                self._read[file] = read_mask_file(file)
            except PathError as error:
                self._read[file] = error
        found = self._read[file]
        if isinstance(found, PathError):
            raise found
        return found


class AllMasks:
    """Stands where a `PixelMask` stands.

    Parameters
    ----------
    rules : MaskRules
        What is masked.
    found : PixelMask or None
        The file's own, where it counts.
    files : MaskFiles
        Reads the others.
    """

    def __init__(self, rules: MaskRules, found: PixelMask | None, files: MaskFiles) -> None:
        self.path = rules.mask_key or ""
        self._rules, self._found, self._files = rules, found, files
        self._own: tuple[tuple[int, ...], Mask] | None = None
        self._joined: tuple[Mask, Mask] | None = None
        self.failed: PathError | None = None
        """Why a part of it does not count."""

    def is_shared_by(self, view: FrameView) -> bool:
        """Whether all frames that are shown like this have the same mask."""
        return self._found is None or self._found.is_shared_by(view)

    def of(self, index: int, view: FrameView, scan_shape: tuple[int, ...]) -> Mask:
        """Return the mask of one frame, of ``view.shown_shape``; True is masked. What cannot be read leaves the rest: see ``failed``."""
        own = self._own_of(view.shown_shape)
        if self._found is None:
            return own
        try:
            theirs = self._found.of(index, view, scan_shape)
        except PathError as error:
            self.failed = error
            return own
        if self._joined is None or self._joined[0] is not theirs:
            self._joined = theirs, theirs | own
        return self._joined[1]

    def _own_of(self, shape: tuple[int, ...]) -> Mask:
        if self._own is None or self._own[0] != shape:
            self._own, self._joined = (shape, drawn_mask(self._rules.drawn, shape, self._start(shape))), None
        return self._own[1]

    def _start(self, shape: tuple[int, ...]) -> Mask | None:
        file = self._rules.mask_file
        if file is None:
            return None
        try:
            start = self._files.of(file)
        except PathError as error:
            self.failed = error
            return None
        if start.shape != shape:
            self.failed = PathError(f"The mask {file} has the shape {start.shape}, and frames have {shape}.", REMEDY)
            return None
        return start
