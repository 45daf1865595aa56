"""Numbered data sets read as one, one after the other (Dectris): thousands of files, of which a part is open at a time."""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import h5py

from swmr_viewer.core.data.joined import JoinedSource, OpenPart
from swmr_viewer.core.data.pieces import NotThereYetError
from swmr_viewer.core.data.source_files import most_open_files
from swmr_viewer.core.data.sources import Source
from swmr_viewer.core.file_state import Change, is_at_rest
from swmr_viewer.core.files import FileIdentity, as_text, identity_of_file, open_object, replaced_error

_NUMBERED = re.compile(r"(.*?)_?(\d+)")
_STATE_READ_EVERY_S = 0.2


class _WholePart(NamedTuple):
    """A part that nothing will be added to."""

    length: int
    files: tuple[str | None, ...]


class SequenceSource(JoinedSource):
    """Parts one after the other, as Dectris' filewriter makes them.

    A part is whole once its writer has closed it and a later one has frames. Its length is known then without looking at it again, and
    its file may be closed to make room for others: the one that was not used for longest. It is opened again when one of its frames is
    asked for, if it is still the same file. Parts that are still open elsewhere stay open here.

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
        self._n_members = 0
        self._most_open = most_open_files()
        self._whole: dict[int, _WholePart] = {}
        self._growing: dict[int, float] = {}
        """Parts that are counted and not whole, and when it was last looked whether they are."""
        self._identities: dict[int, FileIdentity] = {}
        self._whole_starts = [0]
        """Where each part begins, up to the first that is not whole."""
        self._starts: list[int] | None = None
        super().__init__(path, str(h5file.filename), ())

    def _any_part(self) -> Source:
        self._list()
        return super()._any_part()

    def _list(self) -> None:
        """Take in links that were added; each leads somewhere once its file is there."""
        n_members = len(self._group)
        if n_members != self._n_members:
            self._n_members = n_members
            for name in numbered_names(self._group)[len(self._names) :]:
                self._openers.append(self._opener(len(self._names), f"{self._group.name.rstrip('/')}/{name}"))
                self._names.append(name)

    def _opener(self, number: int, path: str) -> OpenPart:
        def open_part() -> Source:
            self._refuse_another(number)
            found = open_object(self._h5file, path)
            if not isinstance(found, h5py.Dataset):
                raise NotThereYetError(f"the link {path} in {self.filename} leads nowhere yet")
            identity = self._identities.setdefault(number, identity_of_file(found))
            source = self._opened(found, path)
            if number in self._whole and source.shape[:1] < (self._whole[number].length,):
                raise replaced_error(identity.stamp.path, Change.REWRITTEN)
            return source

        return open_part

    def _refuse_another(self, number: int) -> None:
        """Let a part that was closed meanwhile be opened again only if its file is still the same."""
        known = self._identities.get(number)
        change = Change.NONE if known is None else known.look()
        if known is not None and change.is_replacement:
            raise replaced_error(known.stamp.path, change)

    def part(self, number: int) -> Source:
        """Return a part, opened when it is there; see ``JoinedSource``."""
        if number in self._parts:
            self._parts[number] = self._parts.pop(number)  # the last to be closed
        else:
            self._close_old_ones()
        return super().part(number)

    def _close_old_ones(self) -> None:
        """Let go of whole parts to make room; pieces of them that are about to be read keep their file open."""
        too_many = len(self._parts) + 1 - self._most_open
        if too_many > 0:
            for number in list(islice((number for number in self._parts if number in self._whole), too_many)):
                self._fresh.discard(number)
                self._parts.pop(number).close()

    def refresh(self) -> None:
        """Look anew at the parts, and for more of them."""
        super().refresh()
        self._starts = None
        self._list()

    def close(self) -> None:
        """Close the files that were opened for the parts."""
        super().close()
        self._starts = None

    def files(self) -> Iterator[str | None]:
        """Yield the file that names the parts, None while one of them leads nowhere, and the parts' files."""
        yield self.filename
        growing = [part for number, part in self._parts.items() if number not in self._whole]
        if len(growing) + len(self._whole) < len(self._openers):
            yield None
        for part in growing:
            yield from part.files()
        for whole in self._whole.values():
            yield from whole.files

    def n_frames(self) -> int:
        """Return how many frames the parts hold that follow one another without a gap."""
        return self._counted()[-1]

    def is_whole_at(self, index: int) -> bool:
        """Return whether an index lies in a part that is whole."""
        return bisect_right(self._counted(), index) - 1 in self._whole

    def _counted(self) -> list[int]:
        """Return the index at which each part begins, and at which the last one that is there ends, as of the last refresh."""
        if self._starts is None:
            self._starts = self._count()
        return self._starts

    def _count(self) -> list[int]:
        starts = [*self._whole_starts]
        for number in range(len(starts) - 1, len(self._openers)):
            try:
                length = self._length(number)
            except NotThereYetError:
                break
            starts.append(starts[-1] + length)
            if length and self._growing:
                self._note_whole_ones(starts)
        while (number := len(self._whole_starts) - 1) in self._whole:
            self._whole_starts.append(self._whole_starts[-1] + self._whole[number].length)
        return starts

    def _length(self, number: int) -> int:
        whole = self._whole.get(number)
        if whole is not None:
            return whole.length
        length = self.part(number).shape[0]
        self._growing.setdefault(number, float("-inf"))
        return length

    def _note_whole_ones(self, starts: list[int]) -> None:
        """Look at the files of the parts before the last that was counted, which has frames."""
        now, last = time.monotonic(), len(starts) - 2
        for number in [number for number, at in self._growing.items() if number < last and now - at >= _STATE_READ_EVERY_S]:
            self._growing[number] = now
            files = tuple(self.part(number).files())
            if all(name is not None and is_at_rest(name) for name in files):
                self._fresh.discard(number)  # frames may have come between the count and the end
                if self.part(number).shape[0] == starts[number + 1] - starts[number]:
                    self._whole[number] = _WholePart(self.part(number).shape[0], files)
                    del self._growing[number]

    def spans(self, start: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield where the indices lie, one part after the other."""
        starts = self._counted()
        if stop > starts[-1]:
            raise NotThereYetError(f"the parts of {self.path} in {self.filename} hold {starts[-1]} frames so far")
        number = bisect_right(starts, start) - 1
        while start < stop:
            end = min(stop, starts[number + 1])
            if start < end:
                yield start, number, start - starts[number], end - start
            start, number = max(start, end), number + 1


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
