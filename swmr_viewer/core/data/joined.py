"""Several data sets read as one along their first axis: blocks in turn (odin), or one after the other (Dectris)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import h5py
import numpy as np

from swmr_viewer.core.data.boxes import Box
from swmr_viewer.core.data.sources import NotThereYetError, PartNotThereYetError, Piece, Source
from swmr_viewer.core.errors import PathNotThereError, ShapeError
from swmr_viewer.core.files.links import as_text, open_object

_NUMBERED = re.compile(r"(.*?)_?(\d+)")

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
        As for :class:`JoinedSource`.
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


class SequenceSource(JoinedSource):
    """Parts one after the other, as Dectris' filewriter makes them; a part counts as whole once the next one is there.

    Parameters
    ----------
    h5file : h5py.File
        The file with the group.
    path : str
        A group with numbered data sets, or links to such: ``data_000001``, ``data_000002`` ...
    opened : callable
        Makes a source of a dataset and its path.
    """

    def __init__(self, h5file: h5py.File, path: str, opened: Callable[[h5py.Dataset, str], Source]) -> None:
        self._group = h5file[path]
        self._h5file = h5file
        self._opened = opened
        self._names: list[str] = []
        super().__init__(path, str(h5file.filename), ())

    def _any_part(self) -> Source:
        self._list()
        return super()._any_part()

    def _list(self) -> None:
        """Take in links that were added; each leads somewhere once its file is there."""
        for name in numbered_names(self._group)[len(self._names) :]:
            self._names.append(name)
            self._openers.append(self._opener(f"{self._group.name.rstrip('/')}/{name}"))

    def _opener(self, path: str) -> OpenPart:
        def open_part() -> Source:
            found = open_object(self._h5file, path)
            if not isinstance(found, h5py.Dataset):
                raise NotThereYetError(f"the link {path} in {self.filename} leads nowhere yet")
            return self._opened(found, path)

        return open_part

    def refresh(self) -> None:
        """Look anew at the parts, and for more of them."""
        super().refresh()
        self._list()

    def n_frames(self) -> int:
        """Return how many frames the parts hold that follow one another without a gap."""
        return self._starts()[-1]

    def _starts(self) -> list[int]:
        """Return the index at which each part begins, and at which the last one that is there ends by now."""
        starts = [0]
        for number in range(len(self._openers)):
            try:
                starts.append(starts[-1] + self.part(number).shape[0])
            except NotThereYetError:
                break
        return starts

    def spans(self, start: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield where the indices lie, one part after the other."""
        starts = self._starts()
        if stop > starts[-1]:
            raise NotThereYetError(f"the parts of {self.path} in {self.filename} hold {starts[-1]} frames so far")
        for number, (first, last) in enumerate(pairwise(starts)):
            at, end = max(first, start), min(last, stop)
            if at < end:
                yield at, number, at - first, end - at


def numbered_names(group: h5py.Group) -> list[str]:
    """Return the names of a group's numbered members that are data or links, in the order of their numbers.

    The most numerous family of names is taken, ``data_000001`` and its like, where there are several.
    """
    families: dict[str, list[tuple[int, str]]] = {}
    for name in map(as_text, group):
        found = _NUMBERED.fullmatch(name)
        if found:
            families.setdefault(found[1], []).append((int(found[2]), name))
    family = families.get("data") or max(families.values(), key=len, default=[])
    return [name for _, name in sorted(family)]
