"""Reads boxes of frames for the FrameGrabber: refreshed when needed, refused when in doubt, never half another file's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import (
    Box,
    FrameErrors,
    FrameSelector,
    Index,
    Notes,
    NotThereYetError,
    PartNotThereYetError,
    Piece,
    Region,
    Source,
    StoredSource,
    fill_offsets,
    is_shared_fill,
    may_be_unwritten,
    n_open_datasets,
    read_piece,
    shape_of,
)
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.files import FilesRead
from swmr_viewer.core.freshness import Freshness, Moment
from swmr_viewer.decoding import lock_kept

_T = TypeVar("_T")


class FrameAccess:
    """The frames of one source.

    Data are refreshed when the frame that is asked for may have come since the last time (see ``core/freshness.py``), and whenever it
    cannot be had without.

    Parameters
    ----------
    source : Source
        Where pixels come from.
    selector : FrameSelector
        Where frames lie on it.
    files : FilesRead
        The files that they are read from.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, source: Source, selector: FrameSelector, files: FilesRead, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._selector = selector
        self._files = files
        self._errors = FrameErrors(source.path, source.filename)
        own_file = source.filename if isinstance(source, StoredSource) and source.has_own_storage else None
        self._freshness = Freshness(files.home, own_file, clock)
        self._refreshed: Moment | None = None
        self._n_refreshed = 0
        self._n_open = -1
        self._without: frozenset[str] = frozenset()
        self._left: tuple[int, list[Any]] | None = None
        """After which refresh chunks were read again that their writer had left, and which."""

    def go_without(self, missing: Iterable[str]) -> None:
        """Return frames from now on, with fill, that lack nothing but parts of these source files."""
        self._without |= frozenset(missing)

    def frame(
        self, index: Index, region: Region | None, out: npt.NDArray[Any] | None, as_it_is: bool, notes: Notes | None = None
    ) -> npt.NDArray[Any]:
        """Return a frame, or a part of it, in ``out`` if that is given."""
        return self._current(lambda: self._frame(index, region, out, as_it_is, notes), index, (), not as_it_is)

    def block(self, block: tuple[slice, ...], region: Region | None, as_it_is: bool) -> npt.NDArray[Any]:
        """Return the frames of a box of scan points, shape (points along each scan axis ..., frame axes ...)."""
        first, lengths = tuple(along.start for along in block), tuple(along.stop - along.start for along in block)
        if as_it_is or self._selector.block_lengths(lengths) is None:
            return self._by_frames(first, lengths, region, as_it_is)
        return self._current(lambda: self._block(first, lengths, region), first, lengths, True)

    # ---- refreshing

    def _current(self, attempt: Callable[[], _T], index: Index, lengths: tuple[int, ...], may_be_kept: bool) -> _T:
        """Return what an attempt reads: without a refresh where the last one will do."""
        if may_be_kept and self._is_current(index, lengths):
            try:
                return attempt()
            except IndexError:
                pass
            except SwmrViewerError as error:
                if not error.retryable:
                    raise
        self._refresh(index)
        return attempt()

    def _is_current(self, index: Index, lengths: tuple[int, ...]) -> bool:
        """Whether a frame can be read without a refresh: it was there at the last one, and nobody opened the data set beside us since."""
        return self._n_open == n_open_datasets() and self._freshness.covers(self._refreshed, index, self._selector.scan_shape, lengths)

    def _refresh(self, index: Index) -> None:
        self._files.refuse_mixture()
        moment, self._refreshed = self._freshness.now(), None
        self._n_refreshed += 1
        with self._errors.explained(index):
            self._source.refresh()
        self._refreshed, self._n_open = moment, n_open_datasets()

    # ---- finding and reading

    def _frame(
        self, index: Index, region: Region | None, out: npt.NDArray[Any] | None, as_it_is: bool, notes: Notes | None
    ) -> npt.NDArray[Any]:
        refresh = self._n_refreshed
        pieces, box = self._find(index, region, as_it_is)
        shape = self._selector.frame_part(shape_of(box))
        if out is None:
            out = self._room(shape)
        elif out.shape != shape or not out.flags.c_contiguous:
            raise ValueError(f"A C-contiguous array of shape {shape} is needed for a frame of {self._source.path}, not {out.shape}.")
        if notes is not None:
            notes.begin()
        self._read(index, pieces, box, out, notes)
        if as_it_is:
            return out
        if may_be_unwritten(out, pieces):
            self._refuse_fill(index, region, out, notes)
        elif is_shared_fill(out, pieces):
            self._read_past_doubt(index, region, pieces, out, refresh, notes)
        return out

    def _block(self, first: tuple[int, ...], lengths: tuple[int, ...], region: Region | None) -> npt.NDArray[Any]:
        try:
            pieces, box = self._pieces(first, region, self._selector.block_lengths(lengths))
        except PartNotThereYetError:
            return self._by_frames(first, lengths, region, False)
        except NotThereYetError as error:
            raise self._errors.not_written(first, error) from error
        out = self._room(shape_of(box))
        self._read(first, pieces, box, out)
        out = out.reshape(*lengths, *out.shape[out.ndim - self._selector.frame_rank :])
        for offset in fill_offsets(out, pieces, len(lengths)):
            # It may have come meanwhile.
            out[offset] = self.frame(tuple(start + at for start, at in zip(first, offset, strict=True)), region, None, False)
        return out

    def _by_frames(self, first: tuple[int, ...], lengths: tuple[int, ...], region: Region | None, as_it_is: bool) -> npt.NDArray[Any]:
        frames = [
            self.frame(tuple(start + at for start, at in zip(first, offset, strict=True)), region, None, as_it_is)
            for offset in np.ndindex(*lengths)
        ]
        return np.stack(frames).reshape(*lengths, *frames[0].shape)

    def _room(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        try:
            return np.empty(shape, self._source.dtype)
        except (MemoryError, ValueError) as error:  # numpy has a limit of its own
            raise self._errors.too_large(shape) from error

    def _find(self, index: Index, region: Region | None, as_it_is: bool) -> tuple[list[Piece], Box]:
        """Return where a frame is stored, after making sure that it is."""
        try:
            return self._pieces(index, region)
        except PartNotThereYetError as error:
            if as_it_is or (error.missing and error.missing <= self._without):
                return list(error.pieces), self._selector.box(index, region)
            raise self._errors.doubtful(index, f"a part of it is not there: {error}", error.missing) from error
        except NotThereYetError as error:
            raise self._errors.not_written(index, error) from error

    def _pieces(self, index: Index, region: Region | None, lengths: tuple[int, ...] | None = None) -> tuple[list[Piece], Box]:
        self._files.refuse_mixture()
        with self._errors.explained(index):
            box = self._selector.box(index, region, lengths)
            return list(self._source.pieces(box)), box

    def _read(self, index: object, pieces: list[Piece], box: Box, out: npt.NDArray[Any], notes: Notes | None = None) -> None:
        with self._files.unmixed(piece.dataset for piece in pieces), self._errors.explained(index):
            target = out.reshape(shape_of(box))
            for piece in pieces:
                read_piece(piece, box, target, notes if len(pieces) == 1 else None)

    def _read_past_doubt(
        self, index: Index, region: Region | None, pieces: list[Piece], frame: npt.NDArray[Any], refresh: int, notes: Notes | None
    ) -> None:
        """Read a frame again that is fill in a chunk that the writer has left by now: it may have been read before that.

        Once for each chunk, of what was found after the same refresh: what else is fill in it was read with it. Nobody else, of several
        threads, refreshes while this reads.
        """
        chunks = [_chunk_of(piece) for piece in pieces]
        if self._left == (refresh, chunks):
            return
        if notes is not None:
            notes.begin()  # what was told of it counts for nothing
        with lock_kept():
            self._refresh(index)
            again, box = self._find(index, region, False)
            self._read(index, again, box, frame)
            self._left = self._n_refreshed, chunks

    def _refuse_fill(self, index: Index, region: Region | None, frame: npt.NDArray[Any], notes: Notes | None) -> None:
        if notes is not None:
            notes.begin()  # what was told of it counts for nothing
        if region is None:
            raise self._errors.doubtful(index, "it reads as fill, in a chunk that it shares with other frames and that is still written to")
        # A part may well be dark where the frame is not; or both came since it was read.
        frame[...] = self._frame(index, None, None, False, None)[region]


def _chunk_of(piece: Piece) -> Any:
    """Return what tells the chunk that a piece begins in from all others."""
    chunks = piece.source.chunks if piece.source is not None else piece.dataset.chunks if piece.dataset is not None else None
    return id(piece.dataset), tuple(start // step for (start, _), step in zip(piece.box, chunks or (), strict=False))
