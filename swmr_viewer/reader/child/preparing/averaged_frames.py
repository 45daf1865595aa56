"""Dark and flat frames as files have them: found, read and averaged."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from math import prod
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis import Accumulator, MaskRules, marked, valid_mask
from swmr_viewer.core.errors import FrameDoubtfulError, FrameNotWrittenError, PathError, ShapeError, SwmrViewerError
from swmr_viewer.core.files import explain, is_confined, is_refused, open_object, open_swmr
from swmr_viewer.core.frames import FrameGrabber
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.preparing.picture_files import is_picture, read_pictures
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.messages import MOST_AVERAGED, FrameSource

_BROKEN = (OSError, RuntimeError, KeyError, ValueError, TypeError, IndexError, MemoryError)
_MOST_NAMED = 4


@frozen(eq=False)
class Averaged:
    """The mean of some frames."""

    pixels: npt.NDArray[np.float64]
    """Of a frame's whole shape, NaN where masked."""
    words: str
    """Where they are from: ``/data/dark.h5 /entry/data, mean of frames 0-9``."""


class AveragedFrames:
    """Reads dark and flat frames, also those of the scan that is followed."""

    def __init__(self, scan: Scan, pipe: EventPipe) -> None:
        self._scan = scan
        self._pipe = pipe

    def read(self, name: str, source: FrameSource, data_path: str, shape: tuple[int, ...], rules: MaskRules) -> Averaged:
        """Return the mean of a source's frames; masked pixels, by value, do not count.

        Parameters
        ----------
        name : str
            dark or flat.
        source : FrameSource
            Where they are.
        data_path : str
            Of the frames that are to be corrected.
        shape : tuple of int
            Of these frames.
        rules : MaskRules
            Which values stand for no measurement.

        Raises
        ------
        FrameNotWrittenError, FileNotThereError, PathNotThereError
            If they are not there yet.
        SwmrViewerError
            If they cannot be read, or fit no such frames.
        """
        self._pipe.report_busy(f"reading the {name} frames of {source.path}")
        by_value = MaskRules(sentinel=rules.sentinel, gaps=rules.gaps)
        try:
            if is_picture(source.path):
                frames, words = _of_pictures(name, source, shape)
                return self._mean(frames, shape, by_value, words)
            with self._opened(source.path) as h5file:
                return self._read(h5file, name, source, data_path, shape, by_value)
        except SwmrViewerError:
            raise
        except _BROKEN as error:
            raise explain(error, source.path) from error
        finally:
            self._pipe.keep_alive(now=True)

    @contextmanager
    def _opened(self, path: str) -> Iterator[h5py.File]:
        own = self._scan.h5file
        with nullcontext(own) if self.is_followed(path) else open_swmr(path, external=not is_confined(own)) as h5file:
            yield h5file

    def is_followed(self, path: str) -> bool:
        """Whether this is the file of the scan."""
        try:
            return os.path.samefile(path, str(self._scan.h5file.filename))
        except OSError:
            return False

    def _read(
        self, h5file: h5py.File, name: str, source: FrameSource, data_path: str, shape: tuple[int, ...], rules: MaskRules
    ) -> Averaged:
        path = source.data_path or found_path(h5file, name, data_path, shape)
        where = f"{source.path} {path}"
        if h5file is self._scan.h5file and path in self._scan.grabbers:
            grabber = self._scan.grabbers[path]
            grabber.scan_shape = self._scan.follower.scan_shape
            return self._averaged(name, where, grabber, shape, rules, self._complete(name, source))
        found = open_object(h5file, path)
        _check_numbers(found, name, where)
        stored = tuple(found.shape) if isinstance(found, h5py.Dataset) and found.shape is not None else None
        if found is not None and stored is not None and _long(stored) == _long(shape):
            return self._mean([np.asarray(found[()]).reshape(shape)], shape, rules, where)
        rank = None if stored is None else max(1, len(stored) - len(shape))
        del found  # one handle on a data set
        with closing(FrameGrabber(h5file, path, scan_rank=rank)) as grabber:
            total = prod(grabber.scan_shape)
            return self._averaged(name, where, grabber, shape, rules, _chosen(name, source, total))

    def _complete(self, name: str, source: FrameSource) -> list[int]:
        """Return which frames of the scan that is followed are meant: all of them have to be complete."""
        complete = self._scan.follower.progress.complete_mask()
        last = source.last if source.last is not None else max(np.flatnonzero(complete), default=source.first)
        chosen = list(range(source.first, int(last) + 1))
        missing = [index for index in chosen if index >= complete.size or not complete[index]]
        if missing:
            raise FrameNotWrittenError(
                f"Frame {missing[0]} is not complete, and is one of the {name} frames.", "Nothing is corrected until it is."
            )
        return _at_most(name, chosen)

    def _averaged(
        self, name: str, where: str, grabber: FrameGrabber, shape: tuple[int, ...], rules: MaskRules, chosen: list[int]
    ) -> Averaged:
        if grabber.frame_shape != shape:
            raise _unfitting(name, where, grabber.frame_shape, shape)
        return self._mean((_grabbed(grabber, index) for index in chosen), shape, rules, f"{where}, {_frames_text(chosen)}")

    def _mean(self, frames: Iterable[npt.NDArray[Any]], shape: tuple[int, ...], rules: MaskRules, words: str) -> Averaged:
        sums: Accumulator | None = None
        for frame in frames:
            prepared = marked(frame, rules)
            sums = sums or Accumulator("mean", shape, np.float64)
            sums.add(_as_float(prepared))
            self._pipe.keep_alive()
        out = np.full(shape, np.nan)
        if sums is not None:
            sums.write_into(out)
        return Averaged(out, words)


def found_path(h5file: h5py.File, name: str, data_path: str, shape: tuple[int, ...]) -> str:
    """Return where the frames are: at the same path, or in the only data set whose frames fit.

    Raises
    ------
    PathError
        If there is none, or several.
    """
    with suppress(SwmrViewerError):
        if open_object(h5file, data_path) is not None:
            return data_path
    fitting: list[str] = []

    def look(path: str, one: Any) -> None:
        if not isinstance(one, h5py.Dataset) or one.dtype.kind not in "iuf" or is_refused(h5file, path):
            return
        if one.ndim and _fits(tuple(one.shape), shape):
            fitting.append(f"/{path}")

    h5file.visititems(look)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise PathError(f"{h5file.filename} has no {name} frames of {shape_text(shape)}.", "Nothing is corrected: choose another file.")
    names = ", ".join(fitting[:_MOST_NAMED]) + (" \u2026" if len(fitting) > _MOST_NAMED else "")
    raise PathError(f"{h5file.filename} has several data sets that fit as {name} frames: {names}.", "Nothing is corrected: name one.")


def _fits(stored: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return _long(stored) == _long(shape) or (len(stored) > len(shape) and stored[len(stored) - len(shape) :] == shape)


def _check_numbers(found: object, name: str, where: str) -> None:
    if isinstance(found, h5py.Dataset) and found.dtype.kind not in "iufb":
        raise PathError(f"The {name} frames of {where} are no real numbers.", "Nothing is corrected: choose another data set.")


def _of_pictures(name: str, source: FrameSource, shape: tuple[int, ...]) -> tuple[list[npt.NDArray[Any]], str]:
    found = read_pictures(source.path)
    if not _fits(found.shape, shape):
        raise _unfitting(name, source.path, found.shape, shape)
    frames = found.reshape(-1, *shape)
    chosen = _chosen(name, source, len(frames))
    words = source.path if len(frames) == 1 else f"{source.path}, {_frames_text(chosen)}"
    return [np.asarray(frames[index]) for index in chosen], words


def _chosen(name: str, source: FrameSource, total: int) -> list[int]:
    if total == 1:
        return [0]
    last = max(source.first, total - 1) if source.last is None else source.last
    if last >= total:  # it may be growing
        wanted = f"frame {last}" if last == source.first else f"those from {source.first} to {last}"
        raise FrameNotWrittenError(f"{source.path} has {total} {name} frames, and not {wanted}.", "Choose others, or wait for them.")
    if source.first > last:
        raise PathError(f"There are no {name} frames from {source.first} to {last}.", "Choose others.")
    return _at_most(name, list(range(source.first, last + 1)))


def _frames_text(chosen: list[int]) -> str:
    return f"frame {chosen[0]}" if len(chosen) == 1 else f"mean of frames {chosen[0]}\u2013{chosen[-1]}"


def _at_most(name: str, chosen: list[int]) -> list[int]:
    if len(chosen) > MOST_AVERAGED:
        raise PathError(f"{len(chosen)} {name} frames are more than the {MOST_AVERAGED} that are averaged.", "Choose fewer.")
    return chosen


def _grabbed(grabber: FrameGrabber, index: int) -> npt.NDArray[Any]:
    """Read a frame; dark ones often read as fill, and nobody fills in for sources that are missing."""
    try:
        return grabber.grab(index)
    except FrameDoubtfulError as error:
        if error.missing:
            raise
        return grabber.grab(index, as_it_is=True)


def _as_float(frame: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return a frame in float64, NaN where its masked pixels are known by their value."""
    found = frame.astype(np.float64)
    found[~valid_mask(frame)] = np.nan
    return found


def _unfitting(name: str, where: str, has: tuple[int, ...], wanted: tuple[int, ...]) -> ShapeError:
    return ShapeError(
        f"The {name} frames of {where} have {shape_text(has)} pixels, and those here {shape_text(wanted)}.",
        "Nothing is corrected: choose another file.",
    )


def _long(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes that are not of length 1."""
    return tuple(n for n in shape if n != 1)
