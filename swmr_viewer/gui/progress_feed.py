"""From the reader's key events to what the window needs: ranges to mirror, and indices announced once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swmr_viewer.core.progress import KeyProgress
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
