"""Which dark and flat frames correct a data set's frames: read once, and again where their file is another one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import Corrector, FrameView, Part, corrected_dtype, corrector_of
from swmr_viewer.core.errors import FileNotThereError, FrameNotWrittenError, PathNotThereError, ShapeError, SwmrViewerError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.waiting import Retries
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.preparing.averaged_frames import Averaged, AveragedFrames
from swmr_viewer.reader.child.preparing.pixel_masks import Mask
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.messages import FrameSource, SetDisplay

_LATE = (FrameNotWrittenError, FileNotThereError, PathNotThereError)
_MOST_KEPT = 4
_LOOK_EVERY_S = 2.0
"""How often files of dark and flat frames are looked at; one that was written meanwhile is read once it rests for so long."""
Pixels = npt.NDArray[Any]
Stamp = tuple[int, int, int] | None
"""Inode, size and time of change of a file; None: there is none."""
Stamps = tuple[Stamp, ...]


@frozen(eq=False)
class UsedCorrection:
    """What corrects the frames of a data set, and what is said of it."""

    corrector: Corrector
    sources: tuple[str, ...]
    """As in `Made`."""
    fingerprint: int


@frozen(eq=False)
class _Wish:
    """How frames are to be corrected, and what that depends on."""

    path: str
    settings: SetDisplay
    view: FrameView
    dtype: np.dtype[Any]
    mask: Mask | None

    def is_as(self, other: _Wish) -> bool:
        mine, theirs = self.settings, other.settings
        same = (mine.correction, mine.mask, self.view, self.dtype) == (theirs.correction, theirs.mask, other.view, other.dtype)
        return same and self.mask is other.mask

    @property
    def sources(self) -> dict[str, FrameSource]:
        return self.settings.correction.sources


@frozen(eq=False)
class _Answer:
    """What became of a wish."""

    wish: _Wish
    used: UsedCorrection | None
    stamps: Stamps
    """Which files were read."""


class Corrections:
    """The correction of each data set; one that cannot be used is told of once, and tried again if it may yet come."""

    def __init__(self, scan: Scan, pipe: EventPipe, clock: Callable[[], float] = time.monotonic) -> None:
        self._frames = AveragedFrames(scan, pipe)
        self._pipe = pipe
        self._clock = clock
        self._answers: dict[str, _Answer] = {}
        self._averages: dict[tuple[object, ...], tuple[Stamp, Averaged]] = {}
        self._awaited: set[str] = set()
        self._retries = Retries(clock)
        self._seen: dict[str, Stamps] = {}
        """Which files there were when they were last looked at."""
        self._looked_s = clock()
        self._reported: set[tuple[str, str]] = set()

    def set(self, path: str, settings: SetDisplay) -> None:
        """Try anew what could not be used: it was asked for again. What is switched on is read then, whatever was read before."""
        self._awaited.discard(path)
        self._reported = {(of_path, text) for of_path, text in self._reported if of_path != path}
        before = self._answers.get(path)
        if before is not None and (before.used is None or not settings.correction.names):
            self._forget(path)
        known = () if before is None else tuple(before.wish.sources.values())
        new = [one for one in settings.correction.sources.values() if one not in known]
        self._averages = {key: kept for key, kept in self._averages.items() if key[0] not in new}

    def of(self, path: str, settings: SetDisplay, view: FrameView, dtype: np.dtype[Any], mask: Mask | None) -> UsedCorrection | None:
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
        wish, answer = _Wish(path, settings, view, dtype, mask), self._answers.get(path)
        if answer is None or not answer.wish.is_as(wish):
            self._answers[path] = answer = self._answer(wish)
        return answer.used

    def last_of(self, path: str) -> UsedCorrection | None:
        """Return what corrected the frames of a data set when they were last prepared."""
        return self._answers[path].used if path in self._answers else None

    def retry(self) -> bool:
        """Try what was not there yet again, seldom, and what is another file now; return whether frames are corrected in another way."""
        return self._retry_awaited() | self._look_for_others()

    def _retry_awaited(self) -> bool:
        if not self._awaited or not self._retries.is_due:
            return False
        with self._retries.trying():
            tried = sorted(self._awaited)
            for path in tried:
                self._answers[path] = self._answer(self._answers[path].wish)
        return any(self._answers[path].used is not None for path in tried)

    def _look_for_others(self) -> bool:
        """Forget what is another file by now: once it rests, for one that is being written changes all the time."""
        if not self._answers or self._clock() - self._looked_s < _LOOK_EVERY_S:
            return False
        self._looked_s = self._clock()
        others = [path for path, answer in self._answers.items() if self._is_other(answer)]
        for path in others:
            if self._answers[path].used is not None:
                self._pipe.report_fault(f"Dark or flat frames of {path} were written anew: everything is corrected by the new ones.")
            self._forget(path)
        return bool(others)

    def _is_other(self, answer: _Answer) -> bool:
        now, path = self._stamps_of(answer.wish), answer.wish.path
        before, self._seen[path] = self._seen.get(path), now
        return now == before != answer.stamps and None not in now  # what is gone was read, and goes on to be used

    def _forget(self, path: str) -> None:
        self._averages.clear()
        self._answers.pop(path, None)
        self._seen.pop(path, None)

    def _answer(self, wish: _Wish) -> _Answer:
        path, stamps, used = wish.path, self._stamps_of(wish), None
        self._awaited.discard(path)
        try:
            used, stamps = self._read(wish)
        except _LATE as error:
            self._report_once(path, error)
            self._awaited.add(path)
        except SwmrViewerError as error:
            self._report_once(path, error)
        return _Answer(wish, used, stamps)

    def _read(self, wish: _Wish) -> tuple[UsedCorrection, Stamps]:
        view, mask = wish.view, wish.mask
        if view.part is not Part.VALUE:
            raise ShapeError("Frames of complex numbers, or of colours, are not corrected.", "Switch dark and flat frames off.")
        read = {name: self._average(name, source, wish) for name, source in wish.sources.items()}
        dark, flat = (view.picked(read[name][1].pixels) if name in read else None for name in ("dark", "flat"))
        corrector = corrector_of(dark, flat, mask, corrected_dtype(view.shown_dtype(wish.dtype)))
        if corrector.gain is not None and not np.isfinite(corrector.gain).any():
            than = "0" if dark is None else "the dark one"
            raise ShapeError(f"The flat frame is nowhere brighter than {than}: no pixel would be left.", "Choose other flat frames.")
        fingerprint = 0
        for _, one in read.values():
            fingerprint = crc32(one.pixels.tobytes(), fingerprint)
        words = tuple(one.words for _, one in read.values())
        return UsedCorrection(corrector, words, fingerprint), tuple(stamp for stamp, _ in read.values())

    def _average(self, name: str, source: FrameSource, wish: _Wish) -> tuple[Stamp, Averaged]:
        rules, shape = wish.settings.mask, wish.view.shape
        key = (source, source.data_path or wish.path, shape, rules.sentinel, rules.gaps)
        if key not in self._averages:
            while len(self._averages) >= _MOST_KEPT:
                del self._averages[next(iter(self._averages))]
            self._averages[key] = self._stamp_of(source), self._frames.read(name, source, wish.path, shape, rules)
        return self._averages[key]

    def _stamps_of(self, wish: _Wish) -> Stamps:
        return tuple(self._stamp_of(source) for source in wish.sources.values())

    def _stamp_of(self, source: FrameSource) -> Stamp:
        """Return which file frames are in; that of the scan changes all the time, and is the same one all the same."""
        return (0, 0, 0) if self._frames.is_followed(source.path) else _stamp(source.path)

    def _report_once(self, path: str, error: SwmrViewerError) -> None:
        if (path, error.message) not in self._reported:
            self._reported.add((path, error.message))
            self._pipe.report_fault(str(error))


def _stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
