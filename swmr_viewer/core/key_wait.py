"""How a follower waits between two polls: for the time, for the kernel's word that a file was written, or until it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from swmr_viewer.core.conditions import Condition, Timeout
from swmr_viewer.core.file_wakeup import Alarm, FileWakeup, wait_readable
from swmr_viewer.core.pacing import Pace, Pause
from swmr_viewer.core.waiting import pause_after

_LOOK_FOR_FILES_EVERY_S = 1.0
_SEARCH_PAUSE_S = 0.005


class KeyWait:
    """Waits of one follower.

    Parameters
    ----------
    files : callable
        Returns the files that keys come from by now, there or not, and None for those that nobody can name yet.
    clock : callable
        Monotonic seconds.
    sleep : callable or None
        Waits for so many seconds, and nothing else is used then; None: a wait that `stop` and the kernel's word end.
    skips_gaps : bool
        Whether frames are handed out because time has passed, without any key.
    """

    def __init__(
        self,
        files: Callable[[], Iterable[str | None]],
        clock: Callable[[], float],
        sleep: Callable[[float], object] | None,
        *,
        skips_gaps: bool = False,
    ) -> None:
        self._files = files
        self._clock = clock
        self._sleep = sleep
        self._skips_gaps = skips_gaps
        self._stopping = threading.Event()
        self._pace = Pace(clock)
        self._wakeup: FileWakeup | None = None
        self._alarm: Alarm | None = None
        self._is_told = self._was_told = False
        self._look_at = float("-inf")

    @property
    def is_stopped(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """End a wait, and each later one at once; from any thread."""
        self._stopping.set()
        if (alarm := self._alarm) is not None:
            alarm.ring()

    def go_on(self) -> None:
        """Let waits wait again."""
        self._stopping.clear()
        if self._alarm is not None:
            self._alarm.reset()

    # ---- polls

    def note_begin(self) -> bool:
        """Return whether a file was written since the last poll; what is told of from here on, this one may not see."""
        self._was_told = self._wakeup is not None and self._wakeup.take()
        return self._was_told

    def note_end(self, found: bool) -> None:
        """A poll has ended; ``found``: it brought keys."""
        if found and self._wakeup is not None and not self._was_told:  # written, seen, and told of, in this order
            self._was_told = bool(wait_readable([self._wakeup.fileno()], 0))
        self._pace.note_poll(found, self._was_told if self._is_told else None)

    # ---- waiting

    @property
    def descriptor(self) -> int | None:
        """What can be read once a file was written, for those who wait by themselves; None: the kernel does not tell."""
        if self._sleep is not None:
            return None
        now = self._clock()
        if now >= self._look_at:
            self._look_at = now + _LOOK_FOR_FILES_EVERY_S
            self._watch()
        return None if self._wakeup is None else self._wakeup.fileno()

    def _watch(self) -> None:
        try:
            self._wakeup = self._wakeup or FileWakeup()
        except OSError:
            self._look_at = float("inf")
            return
        self._is_told = self._wakeup.watch(self._files())
        if self._is_told:  # once all files are there, no other ones join
            self._look_at = float("inf")

    def pause(self, quiet_s: float, conditions: Iterable[object], is_searching: bool) -> Pause:
        """Return how long to wait before the next poll where no key came for so long (s).

        No longer than until a timeout is over; where a condition of the user's own is asked, or gaps are given up, as without the
        kernel's word; ``is_searching``: what was written may be a key that polls have not come to yet.
        """
        least_s, most_s = self._pace.pause(quiet_s, self._is_told)
        if not self._is_told:
            return Pause(least_s, most_s)
        at_most_s = _SEARCH_PAUSE_S if is_searching else float("inf")
        plain_s = pause_after(quiet_s)
        if self._skips_gaps:
            at_most_s = min(at_most_s, plain_s)
        for condition in conditions:
            if isinstance(condition, Timeout) and quiet_s < condition.seconds:
                at_most_s = min(at_most_s, condition.seconds - quiet_s)
            elif not isinstance(condition, Condition):
                at_most_s = min(at_most_s, plain_s)
        return Pause(min(least_s, at_most_s), min(most_s, at_most_s))

    def wait(self, pause: Pause) -> None:
        """Wait until the next poll is worth it."""
        descriptor, (least_s, most_s) = self.descriptor, pause
        if descriptor is None or self._sleep is not None:
            (self._sleep or self._stopping.wait)(most_s)
            return
        self._alarm = self._alarm or Alarm()
        if self._stopping.is_set() or (least_s and self._stopping.wait(least_s)):
            return
        wait_readable([descriptor, self._alarm.fileno()], most_s - least_s)

    def close(self) -> None:
        """Give back what was opened for waiting; a later wait opens it anew."""
        wakeup, self._wakeup, self._is_told, self._look_at = self._wakeup, None, False, float("-inf")
        alarm, self._alarm = self._alarm, None
        for opened in (wakeup, alarm):
            with suppress(OSError):
                if opened is not None:
                    opened.close()
