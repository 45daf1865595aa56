"""Whether data were refreshed since the poll that saw a frame's key: refreshed once, they are read for many frames."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple
from weakref import WeakKeyDictionary, ref

from swmr_viewer.core.file_state import is_closed_by_writer
from swmr_viewer.core.files import FileIdentity
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.scan import index_of

_MOST_AGE_S = 1.0
"""Data are refreshed at least so often while they are read: a writer may correct a frame without a word."""
_STATE_READ_EVERY_S = 0.2


class _Followers:
    """Those who poll the keys of one file: a script's follower and its grabbers know nothing of each other."""

    def __init__(self) -> None:
        self.n_ever = 0
        self.alive: tuple[ref[KeyProgress], ...] = ()

    def add(self, progress: KeyProgress) -> None:
        self.alive = (*(known for known in self.alive if known() is not None), ref(progress))
        self.n_ever += 1


_by_file: WeakKeyDictionary[FileIdentity, _Followers] = WeakKeyDictionary()


def note_follower(file: FileIdentity, progress: KeyProgress) -> None:
    """Let those who read frames of a file know who polls its keys; forgotten with the progress."""
    _of_file(file).add(progress)


def _of_file(file: FileIdentity) -> _Followers:
    return _by_file.setdefault(file, _Followers())


class _Seen(NamedTuple):
    """What one follower had seen at a moment."""

    progress: ref[KeyProgress]
    n_complete: int
    frontier: int
    inner_shape: tuple[int, ...]


@frozen(eq=False)
class Moment:
    """When data were refreshed: which keys had been seen before that, and whether anybody could still write."""

    taken_at: float
    n_followers_ever: int
    seen: tuple[_Seen, ...]
    closed: tuple[int, ...] | None
    """The stamp of the file where its writer had closed it."""


class Freshness:
    """Tells which frames may be read without another refresh, of data that were refreshed right after ``now()``.

    A frame is current if the data were refreshed after the poll that saw its key. Whose poll that was is not known: so every follower of
    the file must have known it to be complete at that moment. With no follower there is only one more case: a file
    that its writer had closed, and that was not written to since. See docs/decisions/0027.

    Parameters
    ----------
    file : FileIdentity
        The file that was opened.
    stored_in : str or None
        The file that holds the data; None where there may be several.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, file: FileIdentity, stored_in: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._followers = _of_file(file)
        self._stored_in = stored_in
        self._clock = clock
        self._closed: tuple[int, ...] | None = None
        self._state_read_at = float("-inf")

    def now(self) -> Moment:
        """Return what is known by now; to be called before the data are refreshed."""
        followers = self._followers
        n_ever, alive = followers.n_ever, followers.alive  # the number first: who joins meanwhile is taken for unknown
        seen = []
        for known in alive:
            progress = known()
            if progress is not None:
                n_complete = progress.n_complete  # before the frontier: what comes meanwhile is taken for unknown
                seen.append(_Seen(known, n_complete, progress.frontier, progress.scan_shape[1:]))
        return Moment(self._clock(), n_ever, tuple(seen), None if seen else self._closed_stamp())

    def covers(self, moment: Moment | None, index: int | tuple[int, ...], scan_shape: tuple[int, ...], lengths: Sequence[int] = ()) -> bool:
        """Return whether a frame is current in data that were refreshed at that moment, or a block of ``lengths`` frames from it on.

        Parameters
        ----------
        moment : Moment or None
            None: they never were.
        index : int or tuple of int
            Flat on ``scan_shape``, or the position.
        scan_shape : tuple of int
            The shape that indices are counted on.
        lengths : sequence of int
            The block's extent; with it, ``index`` is its first position.
        """
        if moment is None or self._clock() - moment.taken_at > _MOST_AGE_S:
            return False
        if not moment.seen:
            return moment.closed is not None and moment.closed == self._closed_stamp() and moment.n_followers_ever == self._followers.n_ever
        if moment.n_followers_ever != self._followers.n_ever:
            return False
        return all(_was_complete(seen, index, scan_shape, lengths) for seen in moment.seen)

    def _closed_stamp(self) -> tuple[int, ...] | None:
        """Return what tells that the file was not touched since, if its writer has closed it."""
        if self._stored_in is None:
            return None
        try:
            found = os.stat(self._stored_in)
        except OSError:
            return None
        stamp = found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
        now = self._clock()
        if stamp != self._closed or now - self._state_read_at >= _STATE_READ_EVERY_S:
            self._state_read_at = now
            self._closed = stamp if is_closed_by_writer(self._stored_in) else None
        return self._closed


def _was_complete(seen: _Seen, index: int | tuple[int, ...], scan_shape: tuple[int, ...], lengths: Sequence[int]) -> bool:
    """Return whether a frame, or all frames of a block, were complete for a follower at that moment."""
    progress = seen.progress()
    if progress is None or progress.scan_shape[1:] != seen.inner_shape:
        return False
    shape = progress.scan_shape
    try:
        if isinstance(index, tuple):
            first = last = index_of(index, shape)
            if lengths:
                last = index_of([at + n - 1 for at, n in zip(index, lengths, strict=True)], shape)
        else:
            first = last = index if scan_shape[1:] == shape[1:] else -1
    except (IndexError, ValueError):
        return False
    if first < 0:
        return False
    if last < seen.frontier:
        return True
    if progress.n_complete != seen.n_complete:
        return False
    return progress.is_complete(first) if first == last else all(map(progress.is_complete_in, *_rows(first, lengths, shape)))


def _rows(first: int, lengths: Sequence[int], shape: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """Return where the rows of a block begin and end, as flat indices."""
    steps = [1] * len(shape)
    for axis in range(len(shape) - 2, -1, -1):
        steps[axis] = steps[axis + 1] * shape[axis + 1]
    starts = [first + sum(at * step for at, step in zip(offset, steps, strict=False)) for offset in product(*map(range, lengths[:-1]))]
    return starts, [start + lengths[-1] for start in starts]
