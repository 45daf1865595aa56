"""Listens to a supervisor in tests: collects events until something is so, and answers as a window would."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.reader.messages import (
    AcknowledgeMeasured,
    AcknowledgeOrder,
    AcknowledgeProgress,
    AcknowledgeScalars,
    Event,
    Failed,
    FollowRequest,
    FrameReady,
    KeysChanged,
    Measured,
    OrderRead,
    ScalarsRead,
)
from swmr_viewer.reader.supervision import Supervisor

WAIT_S = 60.0
"""A generous bound on everything that is waited for."""

STUCK_S = 6.0
"""Silence (s) after which a reader is killed where a test has it hang: a healthy one on a busy machine was silent for three."""

E = TypeVar("E")


class Listener:
    """A supervisor with somebody who listens; use it in a ``with`` statement.

    Parameters
    ----------
    answers : bool
        Answer each ``KeysChanged``.
    releases : bool
        Hand each slot back at once, after copying its pixels.
    """

    def __init__(self, *, answers: bool = True, releases: bool = True, **options: Any) -> None:
        self.supervisor = Supervisor(**options)
        self.events: list[Event] = []
        self.frames: list[tuple[FrameReady, npt.NDArray[Any], npt.NDArray[np.float32] | None]] = []
        self.announced: list[int] = []
        """Each index, as often as it became complete in a mirror of the keys."""
        self._answers = answers
        self._releases = releases
        self._mirror: KeyProgress | None = None
        self._known: set[int] = set()
        self.generation = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.supervisor.close()

    @property
    def pid(self) -> int:
        """The reader's process, which this starts if it is wanted: here listens the thread that supervises."""
        self.supervisor._current.start_wanted()
        reader = self.supervisor._current.process
        assert reader is not None
        assert reader.pid is not None
        return reader.pid

    def follow(self, path: object, keys: str = "", data: str = "", **options: Any) -> int:
        """Follow, and return the generation."""
        options.setdefault("data_paths", (data,) if data else ())
        request = FollowRequest(str(path), (keys,) if keys else (), **options)
        self.generation = self.supervisor.follow(request)
        return self.generation

    def until(self, is_so: Callable[[Event], object], *, failing: bool = False) -> Event:
        """Listen until an event is what is waited for, and return it."""
        deadline = time.monotonic() + WAIT_S
        while (left_s := deadline - time.monotonic()) > 0:
            found = None
            for event in self.supervisor.wait(left_s):
                self._take(event)
                assert failing or not isinstance(event, Failed), event
                found = event if found is None and is_so(event) else found
            if found is not None:
                return found
        raise AssertionError(f"not seen in {WAIT_S} s; last: {self.events[-5:]}")

    def until_a(self, kind: type[E], *, failing: bool = False) -> E:
        """Listen until an event of this kind comes, and return it."""
        found = self.until(lambda event: isinstance(event, kind), failing=failing)
        assert isinstance(found, kind)
        return found

    def all_of(self, kind: type[E]) -> list[E]:
        """Return every event of this kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def _take(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, KeysChanged):
            self._mirror_keys(event)
            if self._answers:
                self.supervisor.send(AcknowledgeProgress(event.generation))
        elif isinstance(event, Measured):
            if self._answers:
                self.supervisor.send(AcknowledgeMeasured(event.generation))
        elif isinstance(event, OrderRead):
            if self._answers:
                self.supervisor.send(AcknowledgeOrder(event.generation))
        elif isinstance(event, ScalarsRead):
            if self._answers:
                self.supervisor.send(AcknowledgeScalars(event.generation))
        elif isinstance(event, FrameReady):
            raw, preview = self.supervisor.pixels(event)
            self.frames.append((event, raw.copy(), None if preview is None else preview.copy()))
            del raw, preview
            if self._releases:
                self.supervisor.release(event)

    def _mirror_keys(self, event: KeysChanged) -> None:
        if self._mirror is None or event.whole:
            self._mirror = KeyProgress(len(event.added), event.scan_shape)
        for key, ranges in enumerate(event.added):
            new = set(self._mirror.add(key, *ranges).tolist())
            # After a replacement the whole state comes again: only what was not known counts as announced.
            self.announced += sorted(new - self._known if event.whole else new)
            self._known |= new
