"""What a Follower knows: the facts that conditions, scripts and the window look at."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

from swmr_viewer.core.file_state import Change
from swmr_viewer.core.keys import FileWatch, FinishedFlags, KeyDataset, KeySet
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.standstill import Standstill

_MOST_FILES = 100
"""Asked for their time; a scan may have thousands."""


class FollowerFacts:
    """Read-only for everybody; ``Follower`` keeps them true."""

    last_key_at: float
    """When the newest key was seen (s, the follower's clock)."""
    _standstill: Standstill
    """Since the newest key: what counts towards no timeout."""
    _clock: Callable[[], float]
    _files: FileWatch
    _flags: FinishedFlags
    _keys: KeySet
    _reason: str | None

    @property
    def reason(self) -> str | None:
        """Why following ended: the condition's name, ``stopped``, ``file_replaced``, or None while it goes on.

        ``file_replaced``: the name was used for another scan. What was written anew in place cannot be read any more.
        """
        return self._reason

    @property
    def quiet_s(self) -> float:
        """Seconds since the last new key (or since following began), without those in which the process, or the computer, stood still."""
        return self._clock() - self.last_key_at - self._standstill.seconds

    @property
    def all_keys_set(self) -> bool:
        """Whether every point of the scan, as far as its extent is known, is complete."""
        return self._keys.extent_is_fixed and 0 < self.total == self.n_complete

    @property
    def extent_is_known(self) -> bool:
        """Whether the number of scan axes is known: told, or seen on a key dataset that is there (links to keys may lead nowhere yet)."""
        return self._keys.extent_is_known

    @property
    def extent_is_fixed(self) -> bool:
        """Whether the scan can not grow: all its points are known."""
        return self._keys.extent_is_fixed

    @property
    def keys_with_values(self) -> tuple[KeyDataset, ...]:
        """The key datasets that are there, for those who want to know what their values tell; refreshed by the last poll."""
        return self._keys.with_values

    def flag_is_set(self, path: str | None = None) -> bool:
        """Return whether the finished flag (None: the follower's own) is non-zero."""
        return self._flags.is_set(path)

    def file_is_closed(self) -> bool:
        """Return whether nothing can come any more: the file and every file that the keys come from have been closed.

        Without keys it is the data's files. A link, or a virtual data set's source, that leads nowhere yet counts as open.
        """
        return self._files.all_closed()

    def last_written_at(self) -> float | None:
        """Return when the files that take part were changed last (s since 1970), or None where that cannot be told."""
        times = []
        for name in islice(filter(None, self._keys.files()), _MOST_FILES):
            with suppress(OSError):
                times.append(os.stat(name).st_mtime)
        return max(times, default=None)

    @property
    def replacement(self) -> tuple[str, Change] | None:
        """The file whose name was used for another scan, and how; None while all of them are what was opened."""
        return next(
            ((identity.stamp.path, identity.look()) for identity in self._keys.identities() if identity.look().is_replacement), None
        )

    # ---- what is known

    @property
    def key_paths(self) -> tuple[str, ...]:
        """The followed key datasets."""
        return self._keys.key_paths

    @property
    def finished_path(self) -> str | None:
        """The finished flag, if there is one."""
        return self._flags.default_path

    @property
    def progress(self) -> KeyProgress:
        """Which keys are set and which frames are complete; the follower alone changes it."""
        return self._keys.progress

    @property
    def scan_shape(self) -> tuple[int, ...]:
        """The scan's axes, slowest first, as far as is known."""
        return self._keys.progress.scan_shape

    @property
    def scan_rank(self) -> int:
        """The number of scan axes."""
        return len(self.scan_shape)

    @property
    def frontier(self) -> int:
        """The first index that is not complete."""
        return self._keys.progress.frontier

    @property
    def first_complete(self) -> int | None:
        """The lowest complete index, or None."""
        return self._keys.progress.nearest_complete(-1, +1)

    @property
    def newest(self) -> int | None:
        """The highest complete index, or None."""
        return self._keys.progress.newest

    @property
    def n_complete(self) -> int:
        """How many scan points are complete."""
        return self._keys.progress.n_complete

    @property
    def total(self) -> int:
        """How many scan points there are, as far as is known."""
        return self._keys.progress.total

    @property
    def n_set(self) -> tuple[int, ...]:
        """How many keys of each key dataset are set."""
        return tuple(self._keys.progress.n_set(number) for number in range(self._keys.progress.n_keys))

    @property
    def lag(self) -> tuple[int, ...]:
        """How many keys each key dataset is behind the furthest one."""
        return tuple(max(self.n_set) - n for n in self.n_set)

    def is_complete(self, index: int) -> bool:
        """Return whether every key dataset is set at this index."""
        return self._keys.progress.is_complete(index)
