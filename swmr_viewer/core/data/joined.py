"""Several data sets read as one along their first axis: what all ways have in common, and blocks in turn (odin)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from swmr_viewer.core.data.pieces import NotThereYetError, PartNotThereYetError, Piece
from swmr_viewer.core.data.selections import Box
from swmr_viewer.core.data.sources import Source
from swmr_viewer.core.errors import PathNotThereError, ShapeError

OpenPart = Callable[[], Source]
"""Opens a part, or raises NotThereYetError."""


class JoinedSource:
    """What both have in common: parts that may come late, each with frames along its first axis.

    Parameters
    ----------
    path : str
        What it is called in messages.
    filename : str
        The file that names the parts.
    parts : sequence of callable
        Each opens a part, or raises NotThereYetError.

    Raises
    ------
    PathNotThereError
        If not even one part is there yet, so that nothing is known of the frames.
    """

    chunks: tuple[int, ...] | None = None

    def __init__(self, path: str, filename: str, parts: Sequence[OpenPart]) -> None:
        self.path = path
        self.filename = filename
        self._openers = list(parts)
        self._parts: dict[int, Source] = {}
        self._fresh: set[int] = set()
        first = self._any_part()
        self.dtype: np.dtype[Any] = first.dtype
        self.interpretation = first.interpretation
        self._frame_shape = first.shape[1:]
        self.maxshape: tuple[int | None, ...] = (None, *first.maxshape[1:])

    def _any_part(self) -> Source:
        why = "it has no parts"
        for number in range(len(self._openers)):
            try:
                return self.part(number)
            except NotThereYetError as error:
                why = str(error)
        raise PathNotThereError(f"No part of {self.path} in {self.filename} is there yet: {why}.", "Wait until its writer has made one.")

    def part(self, number: int) -> Source:
        """Return a part, opened when it is there.

        Raises
        ------
        NotThereYetError
            If it is not there yet.
        ShapeError
            If its frames are of another shape than the other parts'.
        """
        known = self._parts.get(number)
        if known is not None and known.is_open:
            if number not in self._fresh:
                known.refresh()
                self._fresh.add(number)
            return known
        found = self._openers[number]()
        frame_shape = next((other.shape[1:] for other in self._parts.values()), found.shape[1:])
        if found.shape[1:] != frame_shape or not found.shape:
            raise ShapeError(
                f"The parts of {self.path} do not fit: frames of shape {found.shape[1:]} in {found.path} of {found.filename}, "
                f"{frame_shape} elsewhere.",
                "Name data sets of one detector.",
            )
        self._parts[number] = found
        return found

    @property
    def n_sources(self) -> int:
        """How many parts it is made of, there or not."""
        return len(self._openers)

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent at the last refresh: as many frames as can be told by now."""
        return (self.n_frames(), *self._frame_shape)

    @property
    def is_open(self) -> bool:
        """Whether it can still be read."""
        return True

    def refresh(self) -> None:
        """Look anew at the parts; each is refreshed when it is first asked after this."""
        self._fresh.clear()

    def close(self) -> None:
        """Close the files that were opened for the parts."""
        for part in self._parts.values():
            part.close()
        self._parts.clear()

    def files(self) -> Iterator[str | None]:
        """Yield the file that names the parts, None while one of them leads nowhere, and the parts' files."""
        yield self.filename
        if len(self._parts) < len(self._openers):
            yield None
        for part in self._parts.values():
            yield from part.files()

    def n_frames(self) -> int:
        """Return how many frames there are by now."""
        raise NotImplementedError

    def spans(self, start: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield (first index here, part, first index there, length) for indices [start, stop)."""
        raise NotImplementedError

    def pieces(self, box: Box) -> Iterator[Piece]:
        """Yield what holds a box."""
        (start, stop), rest = box[0], box[1:]
        for at, number, there, length in self.spans(start, stop):
            try:
                found = list(self.part(number).pieces(((there, there + length), *rest)))
            except PartNotThereYetError as error:
                moved = [_moved(piece, at - there) for piece in error.pieces]
                raise PartNotThereYetError(str(error), error.missing, moved) from error
            yield from (_moved(piece, at - there) for piece in found)


def _moved(piece: Piece, by: int) -> Piece:
    (first, last), others = piece.at[0], piece.at[1:]
    return piece.moved(((first + by, last + by), *others))


class InterleavedSource(JoinedSource):
    """Blocks of frames dealt out to the parts in turn, as odin-data does.

    Parameters
    ----------
    path, filename, parts :
        As for ``JoinedSource``.
    block : int
        How many frames on end each part gets.
    """

    def __init__(self, path: str, filename: str, parts: Sequence[OpenPart], block: int = 1) -> None:
        if block < 1:
            raise ShapeError(f"{block} frames on end for each part of {path} make no sense.", "Give a block of 1 or more.")
        self._block = block
        super().__init__(path, filename, parts)

    def n_frames(self) -> int:
        """Return one more than the highest index that any part has room for."""
        n_parts, most = len(self._openers), 0
        for number in range(n_parts):
            try:
                n = self.part(number).shape[0]
            except NotThereYetError:
                continue
            if n:
                blocks, rest = divmod(n - 1, self._block)
                most = max(most, (blocks * n_parts + number) * self._block + rest + 1)
        return most

    def spans(self, start: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield where the indices lie: block by block, each in the next part."""
        while start < stop:
            block, rest = divmod(start, self._block)
            turn, number = divmod(block, len(self._openers))
            length = min(self._block - rest, stop - start)
            yield start, number, turn * self._block + rest, length
            start += length
