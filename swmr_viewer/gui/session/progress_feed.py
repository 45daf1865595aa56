"""From the reader's key events to what the window needs: ranges to mirror, and indices announced once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock

import numpy as np

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.ranges import joined
from swmr_viewer.reader.messages import IndexArray, KeysChanged, Opened


@dataclass(frozen=True, slots=True, eq=False)
class ProgressUpdate:
    """New keys, and which frames they completed."""

    keys: KeysChanged
    completed: IndexArray
    """Flat indices on ``keys.scan_shape``, ascending; over the life of a request each comes once."""

    @property
    def generation(self) -> int:
        return self.keys.generation


class ProgressMailbox:
    """Updates between the reader's thread and the window: what is not taken yet is merged, so that nothing queues."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[ProgressUpdate] = []

    def offer(self, update: ProgressUpdate) -> None:
        """Take an update in."""
        with self._lock:
            if self._waiting and _continues(update, self._waiting[-1]):
                update = _merged(self._waiting.pop(), update)
            self._waiting.append(update)

    def take(self, generation: int) -> list[ProgressUpdate]:
        """Hand out what came for this generation since the last time, the oldest first; the rest is stale and dropped."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return [one for one in taken if one.generation == generation]


def _continues(later: ProgressUpdate, earlier: ProgressUpdate) -> bool:
    return not later.keys.whole and (later.generation, later.keys.scan_shape) == (earlier.generation, earlier.keys.scan_shape)


def _merged(earlier: ProgressUpdate, later: ProgressUpdate) -> ProgressUpdate:
    added = tuple(joined(parts) for parts in zip(earlier.keys.added, later.keys.added, strict=True))
    keys = replace(later.keys, added=added, whole=earlier.keys.whole)
    return ProgressUpdate(keys, np.sort(np.concatenate([earlier.completed, later.completed])))


class Announcer:
    """Tells which frames became complete, each once, also when a new reader repeats the whole state."""

    def __init__(self, opened: Opened) -> None:
        self._generation = opened.generation
        self._key_paths = opened.key_paths
        self._progress = KeyProgress(len(opened.key_paths), opened.scan_shape)

    def still_fits(self, opened: Opened) -> bool:
        """Whether ``opened`` continues what was announced so far (a reader was replaced)."""
        return (opened.generation, opened.key_paths) == (self._generation, self._key_paths)

    def update(self, event: KeysChanged) -> ProgressUpdate:
        """Take an event in; return it with the indices that it completes."""
        if event.whole:
            return ProgressUpdate(event, self._start_over(event))
        return ProgressUpdate(event, added_to(self._progress, event))

    def _start_over(self, event: KeysChanged) -> IndexArray:
        before = self._complete_on(event.scan_shape)
        self._progress = KeyProgress(len(self._key_paths), event.scan_shape)
        completed = added_to(self._progress, event)
        return completed if before is None else completed[~before[completed]]

    def _complete_on(self, scan_shape: tuple[int, ...]) -> np.ndarray | None:
        """Return what was complete, on a shape that may have grown; None where it cannot be compared."""
        try:
            self._progress.grow(scan_shape)
        except (ValueError, TypeError, LookupError):
            return None
        return np.array(self._progress.complete_mask())


def added_to(progress: KeyProgress, event: KeysChanged) -> IndexArray:
    """Add an event's ranges to a mirror of the keys; return the indices that became complete, ascending."""
    parts = [progress.add(key, starts, stops) for key, (starts, stops) in enumerate(event.added)]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)
