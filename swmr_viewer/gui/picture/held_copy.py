"""A copy of a frame in shared memory, made by a thread: converting a large one would hold up the window."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from math import prod
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from swmr_viewer.analysis import FrameView, MaskRules, corrected_dtype, valid_mask
from swmr_viewer.core.frozen import frozen
from swmr_viewer.reader.blocks import create_block, let_go, unlink
from swmr_viewer.reader.messages import Reference
from swmr_viewer.scan_model import LiveFrame

Mask = npt.NDArray[np.bool_]


@frozen(eq=False)
class Held:
    """A reference, and what the window needs of it."""

    reference: Reference
    block: SharedMemory
    frame: LiveFrame
    """As it was shown, its pixels those of the block: NaN where masked."""
    place: str
    """Of its data set."""
    path: str
    """Of the file that it is from."""

    def let_go(self) -> None:
        """Give the shared memory back; arrays that still look at it stay good."""
        unlink(self.block)
        let_go(self.block)


class Holder(QObject):
    """Copies one frame at a time."""

    copied = Signal()
    """``take`` has something."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._done: deque[Held | None] = deque()

    @property
    def is_busy(self) -> bool:
        return self._thread is not None

    def begin(self, frame: LiveFrame, rules: MaskRules, mask: Mask | None, place: str, path: str, part: str = "") -> None:
        """Begin to copy a frame; its arrays are needed during this call alone."""
        raw, preview = frame.raw.copy(), None if frame.preview is None else frame.preview.copy()
        view = FrameView(raw.shape, tuple(range(raw.ndim)))
        kept = replace(frame, raw=raw, whole=raw, preview=preview, own_mask=None, view=view, release=_nothing, is_new=False)
        masked = None if mask is None or mask.shape != raw.shape else mask.copy()
        self._thread = threading.Thread(target=self._copy, args=(lambda: held_copy(kept, rules, masked, place, path, part),), daemon=True)
        self._thread.start()

    def _copy(self, make: Callable[[], Held]) -> None:
        try:
            self._done.append(make())
        except OSError:
            self._done.append(None)
        self.copied.emit()

    def take(self) -> Held | None:
        """Return what was copied; None: there was no room for it."""
        self._join()
        return self._done.popleft() if self._done else None

    def _join(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def close(self) -> None:
        """Wait for what is being copied, and let go of it."""
        self._join()
        while self._done:
            held = self._done.popleft()
            if held is not None:
                held.let_go()


def held_copy(frame: LiveFrame, rules: MaskRules, mask: Mask | None, place: str, path: str, part: str = "") -> Held:
    """Return a frame in shared memory, in floating numbers, NaN where masked.

    Raises
    ------
    OSError
        If there is no room for it.
    """
    raw = frame.raw
    dtype = corrected_dtype(raw.dtype)
    reference = Reference("", raw.shape, dtype.str, part=part, corrected=frame.made.corrected)
    block = create_block(reference.size)
    assert block.buf is not None, "a new block is open"
    # frombuffer, not ndarray(buffer=...): that one does not keep the mapping alive, and a late look would crash.
    pixels = np.frombuffer(block.buf, dtype, prod(raw.shape)).reshape(raw.shape)
    np.copyto(pixels, raw, casting="unsafe")
    pixels[~valid_mask(raw, rules, mask)] = np.nan
    pixels.flags.writeable = False
    return Held(replace(reference, block=block.name), block, replace(frame, raw=pixels, whole=pixels), place, path)


def _nothing() -> None:
    return None
