"""What is told, on its way out of the process that reduces: whoever does not read it holds up nothing, and costs bounded memory."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from swmr_viewer.reducing.messages import (
    FrameFailed,
    Noted,
    Reduced,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ReductionProgress,
    ShownReduced,
)

MOST_FAULTS = 10_000
"""So many frames that failed wait at most; the others are only counted."""
MOST_PATTERNS = 64_000_000
MOST_NUMBERS = 512_000_000
"""Bytes that wait; beyond them the oldest are dropped. What an output file has is not touched by that."""
MESSAGE_SIZE = 4_000_000
"""Bytes of values in one message, as far as they come in pieces."""


class EventBox:
    """Keeps events until they are sent. ``put`` never blocks and may be called from any thread; ``take`` belongs to the one that sends.

    Of progress, and of what is shown, the last counts. Values are joined, and more of them are sent once what was sent has been handled:
    ``note_taken``. What ends a run comes after all that belongs to it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._in_turn: deque[ReductionEvent] = deque()
        self._n_faults = self._n_untold = 0
        self._values: deque[Reduced] = deque()
        self._size_of_patterns = self._size_of_numbers = 0
        self._n_dropped = 0
        self._latest: dict[type, ReductionEvent] = {}
        self._last: ReductionEvent | None = None
        self._is_handled = True
        self._is_closed = False

    def put(self, event: ReductionEvent) -> None:
        """Have an event sent."""
        with self._changed:
            match event:
                case Reduced():
                    self._put_values(event)
                case ReductionProgress() | ShownReduced():
                    self._latest[type(event)] = event
                case ReductionEnded() | ReductionFailed():
                    self._last = event
                case FrameFailed() if self._n_faults >= MOST_FAULTS:
                    self._n_untold += 1
                case _:
                    self._n_faults += isinstance(event, FrameFailed)
                    self._in_turn.append(event)
            self._changed.notify_all()

    def note_taken(self) -> None:
        """The values that were sent have been handled."""
        with self._changed:
            self._is_handled = True
            self._changed.notify_all()

    def close(self) -> None:
        """Nothing more comes: ``take`` returns what there is, and None after it."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def take(self, timeout_s: float) -> list[ReductionEvent] | None:
        """Return what can be sent now, in order; nothing after ``timeout_s`` without anything, None once closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._can_send or self._is_closed, timeout_s)
            events = [*self._in_turn, *self._untold()]
            self._in_turn.clear()
            self._n_faults = 0
            if self._may_send_values:
                events.append(self._joined())
                self._is_handled = False
            events += self._latest.values()
            self._latest.clear()
            if self._last is not None and not self._values:
                events.append(self._last)
                self._last = None
            return None if self._is_closed and not events else events

    @property
    def _can_send(self) -> bool:
        return bool(self._in_turn or self._latest or self._may_send_values or (self._last is not None and not self._values))

    @property
    def _may_send_values(self) -> bool:
        """Closed, it waits for nobody: the end of a run, which comes after them, would be lost."""
        return bool(self._values) and (self._is_handled or self._is_closed)

    def _untold(self) -> list[ReductionEvent]:
        notes: list[ReductionEvent] = []
        if self._n_untold:
            notes.append(Noted(f"{self._n_untold} more frames failed than could be told one by one; they are counted."))
        if self._n_dropped:
            notes.append(Noted(f"The values of {self._n_dropped} frames were not fetched in time and are not shown; an output has them."))
        self._n_untold = self._n_dropped = 0
        return notes

    def _put_values(self, event: Reduced) -> None:
        self._values.append(event)
        self._size_of_patterns += _size(event.patterns)
        self._size_of_numbers += _size(event.numbers)
        while self._size_of_numbers > MOST_NUMBERS or self._size_of_patterns > MOST_PATTERNS:
            if len(self._values) == 1:
                return
            self._n_dropped += len(self._next_values().indices)

    def _next_values(self) -> Reduced:
        event = self._values.popleft()
        self._size_of_patterns -= _size(event.patterns)
        self._size_of_numbers -= _size(event.numbers)
        return event

    def _joined(self) -> Reduced:
        """Return the values that wait, as far as they fit in one message."""
        first = self._next_values()
        parts, size = [first], _size(first.patterns) + _size(first.numbers)
        while self._values and size < MESSAGE_SIZE and _fits(self._values[0], first):
            parts.append(self._next_values())
            size += _size(parts[-1].patterns) + _size(parts[-1].numbers)
        if len(parts) == 1:
            return first
        return Reduced(
            first.scan_shape,
            np.concatenate([part.indices for part in parts]),
            {name: np.concatenate([part.numbers[name] for part in parts]) for name in first.numbers},
            {name: np.concatenate([part.patterns[name] for part in parts]) for name in first.patterns},
        )


def _size(values: Mapping[str, npt.NDArray[Any]]) -> int:
    return sum(array.nbytes for array in values.values())


def _fits(one: Reduced, first: Reduced) -> bool:
    same_names = one.numbers.keys() == first.numbers.keys() and one.patterns.keys() == first.patterns.keys()
    return same_names and one.scan_shape == first.scan_shape
