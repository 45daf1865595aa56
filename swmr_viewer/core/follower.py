"""The Follower: an iterator of frame indices that hands out each index once its keys are set, and not before."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Literal

import h5py

from swmr_viewer.core.conditions import (
    FILE_REPLACED,
    STOPPED,
    AllKeys,
    ConditionLike,
    FinishedFlag,
    FrameCount,
    Timeout,
    conditions_from,
    first_met,
)
from swmr_viewer.core.file_state import Change
from swmr_viewer.core.files import explain
from swmr_viewer.core.follower_facts import FollowerFacts
from swmr_viewer.core.key_wait import KeyWait
from swmr_viewer.core.keys import (
    ArrivalOrder,
    FileWatch,
    FinishedFlags,
    KeyChanges,
    KeyPaths,
    KeySet,
    ReplacementWatch,
    ScanOrder,
    UnreportedChanges,
)
from swmr_viewer.core.pacing import Pause
from swmr_viewer.core.standstill import Standstill

_PATIENCE_WITH_ERRORS_S = 10.0
_BEHIND_PAUSE_S = 0.001
_BEHIND_FLAG_S = 0.5
"""How long keys are looked for behind a finished flag, if the file stays open and points are missing."""


class Follower(FollowerFacts, Iterator[int]):
    """Iterate over the indices of complete frames of a file that may still be written.

    An index is handed out once every followed key dataset is set there. The iterator waits for the next key and
    ends when a termination condition is met. After any sign of the end the keys are polled once more, so that the last
    frames are not lost. Time in which the computer slept counts towards no timeout. A timeout alone is not waited out once
    every point of a scan of fixed extent is complete.

    Parameters
    ----------
    h5file : h5py.File
        The open file (``h5py.File(path, "r", swmr=True)``, or ``open_swmr``). It stays the caller's to close.
        A handle on a key dataset that the caller holds is used as well; two of them are an error.
    key_paths : str, h5py.Dataset or h5py.Group, or iterable of them
        Groups (all numeric datasets directly in each) or datasets: their paths, or the open objects.
    timeout : float
        Seconds without a new key after which the condition ``timeout`` is met.
    termination_conditions : str, condition, callable, or iterable of them
        Any of them ends it. Names: ``timeout``, ``finished_flag``, ``all_keys``, ``frame_count`` (as ``FrameCount(n)``),
        ``file_closed``, ``always_true``. A callable gets the follower and returns whether to end.
    finished_path : str, optional
        The finished flag; by default ``scan_finished`` or ``finished`` near the keys.
    order : {"scan", "arrival"}
        ``scan``: 0, 1, 2 ... and never past the frontier. ``arrival``: each index as it completes.
    scan_shape : tuple of int, optional
        The scan's extent, if the file does not tell it.
    scan_rank : int, optional
        The number of scan axes, where key datasets have a tail of axes that are 1 long and might grow (those that cannot
        grow are dropped anyhow); a data set's ``FrameGrabber(...).scan_rank`` tells it.
    unset : number, optional
        The value of a key that is not set; by default the fill value where that is not 0, else 0.
    on_gap : {"wait", "skip"}
        With ``order="scan"``: what to do when newer frames are complete and the next one is not.
    gap_patience_s : float
        With ``on_gap="skip"``: seconds that newer frames must have been complete before a gap is given up.
    length_paths : str or iterable of str
        Data sets without keys: their length, and which of their chunks exist, stand in for keys (with no key path at all, or
        beside keys). Weaker than a key: see ``swmr_viewer.core.keys.lengths``.
    clock : callable
        Monotonic seconds.
    sleep : callable, optional
        Waits for so many seconds; by default a wait that ``stop`` ends, and on local file systems of Linux the kernel's word
        that a file was written.

    Raises
    ------
    PathNotThereError, PathError, NoKeysError, ShapeError, ConditionError
        If the keys or the conditions make no sense for this file.
    """

    def __init__(
        self,
        h5file: h5py.File,
        key_paths: KeyPaths,
        timeout: float = 10.0,
        termination_conditions: ConditionLike | Iterable[ConditionLike] = ("timeout",),
        *,
        finished_path: str | None = None,
        order: Literal["scan", "arrival"] = "scan",
        scan_shape: tuple[int, ...] | None = None,
        scan_rank: int | None = None,
        unset: float | None = None,
        on_gap: Literal["wait", "skip"] = "wait",
        gap_patience_s: float = 10.0,
        length_paths: str | Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._named = partial(conditions_from, timeout_s=timeout, finished_path=finished_path)
        self._conditions = self._named(termination_conditions)
        self._files = FileWatch(lambda: self._keys.files(), clock)
        self._keys = KeySet(
            h5file,
            key_paths,
            scan_shape=scan_shape,
            unset=unset,
            length_paths=(length_paths,) if isinstance(length_paths, str) else tuple(length_paths),
            is_at_rest=self._files.is_at_rest,
            is_over=lambda: self.file_is_closed() or self.flag_is_set(),
            scan_rank=scan_rank,
            clock=clock,
        )
        self._flags = FinishedFlags(h5file, self._keys.key_paths, finished_path, clock)
        self._flags.prepare(self._conditions)
        self._clock = clock
        patience = gap_patience_s if on_gap == "skip" else None
        self._wait = KeyWait(self._keys.key_files, clock, sleep, skips_gaps=patience is not None)
        self._handout = ScanOrder(self._keys.progress, patience) if order == "scan" else ArrivalOrder(self._keys.progress)
        self._changes = UnreportedChanges(self._keys.progress)
        self._faults: deque[str] = deque(maxlen=1000)
        self._replacing = ReplacementWatch(self._keys.identities)
        self._failing_since: float | None = None
        self._is_behind = self._is_ending = False
        self._reason: str | None = None
        self._n_handed_out = 0
        self.last_key_at = clock()
        self._flagged_at: float | None = None
        """When the finished flag was seen."""
        self._standstill = Standstill(self.last_key_at)

    # ---- iterating

    def __iter__(self) -> Follower:
        return self

    def __next__(self) -> int:
        while True:
            index = self.next_ready()
            if index is not None:
                return index
            if self._reason is not None:
                self._wait.close()
                raise StopIteration
            if not self.refresh() and self.check_end() is None:
                self._wait.wait(self.pause)

    def next_ready(self) -> int | None:
        """Return the next index that is complete and was not handed out yet, or None; never waits."""
        if self._n_handed_out >= self._most():
            return None
        index = self._handout.next(self._clock())
        self._faults.extend(self._handout.take_faults())
        if index is not None:
            self._n_handed_out += 1
        return index

    def next_ready_behind(self, index: int, most: int) -> int:
        """Hand out as well the indices right behind one that was handed out just now, as far as they are complete; never waits.

        Returns
        -------
        int
            How many: ``index + 1`` and so on count as handed out. At most ``most``.
        """
        n = self._handout.next_behind(index, int(min(most, self._most() - self._n_handed_out)))
        self._n_handed_out += n
        return n

    def _most(self) -> float:
        return min((condition.count for condition in self._conditions if isinstance(condition, FrameCount)), default=float("inf"))

    def reset(self) -> None:
        """Start again from the first frame; what is known of the keys stays known."""
        self._handout.reset()
        self._n_handed_out = 0
        self.resume()

    def stop(self) -> None:
        """End the iteration after one last poll; may be called from any thread."""
        self._wait.stop()

    def close(self) -> None:
        """Give back what was opened for waiting (two descriptors at most): at the end of the iteration that is done anyhow."""
        self._wait.close()

    def resume(self) -> None:
        """Go on after an end; the timeout starts anew."""
        self._wait.go_on()
        self._reason = None
        self._note_key(self._clock())

    def is_finished(self) -> bool:
        """Return whether following has ended."""
        return self._reason is not None

    # ---- polling

    def refresh(self) -> bool:
        """Poll all keys once and return whether any new key came.

        Raises
        ------
        SwmrViewerError
            If polling failed for longer than 10 s on end.
        """
        now = self._clock()
        self._standstill.note_poll(now)
        is_told = self._wait.note_begin()
        if self._replacing.look() is Change.REWRITTEN:
            return False
        if is_told:
            self._keys.expect_keys()
        found = self._keys.poll()
        self._wait.note_end(bool(found.added))
        if self._replacing.look() is Change.REWRITTEN:  # while it was read: some of it is another scan's
            return False
        if found.reshaped:
            self._handout.reshape()
        self._is_behind = found.is_behind
        self._changes.add(found.added, found.completed, found.reshaped)
        self._faults.extend(found.faults)
        for completed in found.completed:
            self._handout.note(completed, now)
        if found.added:
            self._note_key(now)
        self._note_failure(found.error, now)
        return bool(found.added)

    def _note_key(self, now: float) -> None:
        self.last_key_at = now
        self._standstill.begin(now)

    def _note_failure(self, error: Exception | None, now: float) -> None:
        if error is None:
            self._failing_since = None
            return
        explained = explain(error, self._keys.filename)
        if self._failing_since is None:
            self._failing_since = now
            self._faults.append(f"The keys could not be read: {explained}")
        elif now - self._failing_since > _PATIENCE_WITH_ERRORS_S:
            raise explained from error

    def check_end(self) -> str | None:
        """Return why following ends now, or None; after a sign of the end the keys are polled once more."""
        if self._reason is None:
            self._look_for_end()
        return self._reason

    def _look_for_end(self, *, timeout_last: bool = False) -> None:
        sign = self._sign_of_the_end(timeout_last=timeout_last)
        if sign == FinishedFlag.name and self._awaits_last_keys():
            return
        is_over = sign is not None and not (timeout_last and sign == Timeout.name)  # after that one it is looked on
        was_ending, self._is_ending = self._is_ending, is_over and sign not in (STOPPED, FrameCount.name)
        if is_over:
            self._keys.retry_links()
        if self._is_ending and not was_ending:
            self._keys.look_at_all()
        if sign is not None:
            self.refresh()
            self._files.look_again()
            is_lost = self._replacing.change is Change.REWRITTEN
            is_last = self._failing_since is None and not self._is_behind  # one that failed, or left keys for the next, is not
            if is_last or is_lost or self._wait.is_stopped:
                self._reason = self._sign_of_the_end(timeout_last=timeout_last)
            self._is_ending &= self._reason is None
            if self._reason not in (None, STOPPED, FrameCount.name):
                self._faults.extend(self._keys.note_end())

    def _awaits_last_keys(self) -> bool:
        """Whether keys may come behind the finished flag: a writer that has set it, and not closed the file, may still flush them."""
        if self.all_keys_set or self.file_is_closed():
            return False
        now = self._clock()
        if self._flagged_at is None:
            self._flagged_at = now
        return now - max(self._flagged_at, self.last_key_at) < _BEHIND_FLAG_S

    def look_again(self) -> str | None:
        """Poll once after an end by timeout, and return why following ends now, or None: a key came, and it goes on.

        For programs that outlive a timeout; a sign that the scan is over counts before it.
        """
        before, self._reason = self._reason, None
        self.refresh()
        self._look_for_end(timeout_last=True)
        if self._reason is None and self._failing_since is not None:
            self._reason = before
        return self._reason

    def _sign_of_the_end(self, *, timeout_last: bool = False) -> str | None:
        if self._wait.is_stopped:
            return STOPPED
        if self._replacing.change.is_replacement:
            return FILE_REPLACED
        # A timeout is not waited out when nothing more can come; every other condition is.
        if self.all_keys_set and all(isinstance(condition, Timeout) for condition in self._conditions):
            return AllKeys.name
        conditions = sorted(self._conditions, key=lambda condition: timeout_last and isinstance(condition, Timeout))
        return first_met(conditions, self)

    def suggest_poll_s(self) -> float:
        """Return how long to wait before the next poll (s): short after a key, longer the longer it is quiet."""
        return self.pause.most_s

    @property
    def pause(self) -> Pause:
        """How long to wait before the next poll: `wait_descriptor` may end that sooner."""
        if self._is_behind:
            return Pause(0.0, 0.0 if self._is_ending else _BEHIND_PAUSE_S)
        pause = self._wait.pause(self.quiet_s, self._conditions, self._keys.is_searching)
        self._standstill.note_pause(self._clock(), pause.most_s)
        return pause

    @property
    def wait_descriptor(self) -> int | None:
        """What the system can wait for: readable once a file that keys come from was written; None: nobody tells of that."""
        return self._wait.descriptor

    # ---- the end

    @property
    def conditions(self) -> tuple[ConditionLike, ...]:
        """The termination conditions; may be replaced at any time, by whatever the constructor takes.

        Names mean what they mean there: ``"timeout"`` is the follower's own. If the new ones are refused, the old ones stay.
        """
        return self._conditions

    @conditions.setter
    def conditions(self, conditions: ConditionLike | Iterable[ConditionLike]) -> None:
        wanted = self._named(conditions)
        self._flags.prepare(wanted)
        self._conditions = wanted

    def take_changes(self) -> KeyChanges:
        """Return which keys were set and which frames became complete since the last call; the first time, all of them."""
        return self._changes.take()

    def take_faults(self) -> list[str]:
        """Return what went wrong with single keys or polls since the last call."""
        taken = [*self._faults, *self._replacing.take_faults(), *self._flags.take_faults()]
        self._faults.clear()
        return taken
