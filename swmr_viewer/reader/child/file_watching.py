"""The file from outside: tried until it can be opened, and watched for being replaced by another."""

from __future__ import annotations

import time
from collections.abc import Callable

from swmr_viewer.core.errors import FileDamagedError, FileNotThereError, NotSwmrYetError, SwmrViewerError
from swmr_viewer.core.files.identity import change_at_path, identity_of_file, replaced_error
from swmr_viewer.core.files.stamps import Change, FileStamp
from swmr_viewer.core.files.superblock import read_file_state, touch
from swmr_viewer.core.inspection import FileState
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.scans import Scan, open_scan
from swmr_viewer.reader.messages import Busy, Fault, FileIdentified, FileReplaced, FollowRequest, Phase, PhaseChanged

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.5
_DAMAGED_PATIENCE_S = 3.0
"""A writer may be at the metadata that look damaged, or storage shows half of what it wrote."""
_CLOSED_PATIENCE_S = 5.0
"""In a file that nobody writes, what is missing will hardly come; a writer may be about to open it again."""


class ScanOpener:
    """The time before a scan is open.

    Parameters
    ----------
    request : FollowRequest
        What to open.
    pipe : EventPipe
        Where messages go.
    stamp : FileStamp, optional
        The file that an earlier reader read.
    clock : callable
        Monotonic seconds.
    """

    def __init__(
        self, request: FollowRequest, pipe: EventPipe, stamp: FileStamp | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._request = request
        self._stamp = stamp
        self._pipe = pipe
        self._clock = clock
        self._began_at = self._next_at = clock()
        self._pause_s = _FIRST_PAUSE_S
        self._told: PhaseChanged | None = None

    @property
    def pause_s(self) -> float:
        """Seconds until the next try."""
        return max(0.0, self._next_at - self._clock())

    def step(self) -> Scan | None:
        """Try once if it is time, and return the scan if it is open.

        Raises
        ------
        FileReplacedError
            If the path leads to another file than an earlier reader read.
        SwmrViewerError
            If waiting does not help, or took longer than asked for.
        """
        if self.pause_s > 0:
            return None
        path, generation = self._request.path, self._pipe.generation
        self._pipe.send(Busy(generation, f"asking the storage for {path}", asks_storage=True))
        touch(path)
        self._pipe.send(Busy(generation, f"opening {path}"))
        try:
            self._refuse_another()
            scan = open_scan(self._request)
            try:
                self._refuse_another()
            except BaseException:
                scan.close()
                raise
            return scan
        except SwmrViewerError as error:
            may_help = error.retryable or isinstance(error, FileDamagedError)
            if not may_help or self._clock() - self._began_at >= self._longest_s(error):
                raise
            self._tell(error)
        finally:
            self._pipe.keep_alive(now=True)
        self._next_at = self._clock() + self._pause_s
        self._pause_s = min(1.5 * self._pause_s, _LONGEST_PAUSE_S)
        return None

    def _refuse_another(self) -> None:
        change = change_at_path(self._stamp) if self._stamp is not None else Change.NONE
        if change.is_replacement:
            raise replaced_error(self._request.path, Change.REWRITTEN)  # what was open before is closed: gone in any case

    def _longest_s(self, error: SwmrViewerError) -> float:
        if isinstance(error, FileDamagedError):
            return _DAMAGED_PATIENCE_S if read_file_state(self._request.path) is FileState.SWMR else 0.0
        longest_s = float("inf") if self._request.wait_s is None else self._request.wait_s
        is_about_file = isinstance(error, (FileNotThereError, NotSwmrYetError))
        if not is_about_file and read_file_state(self._request.path) in (FileState.CLOSED, FileState.NO_SWMR):
            return min(longest_s, _CLOSED_PATIENCE_S)
        return longest_s

    def _tell(self, error: SwmrViewerError) -> None:
        phase = Phase.WAITING_FOR_KEYS
        if isinstance(error, FileNotThereError):
            phase = Phase.WAITING_FOR_FILE
        elif isinstance(error, NotSwmrYetError):
            phase = Phase.WAITING_FOR_SWMR
        told = PhaseChanged(self._pipe.generation, phase, error.message)
        if told != self._told:
            self._told = told
            self._pipe.send(told)


_LOOK_EVERY_S = 0.2
_SEND_STAMP_EVERY_S = 1.0


class FileWatch:
    """PendingInspections at the opened file, at those of keys, and at those that frames were read from.

    Parameters
    ----------
    scan : Scan
        What is open.
    pipe : EventPipe
        Where messages go.
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, scan: Scan, pipe: EventPipe, clock: Callable[[], float] = time.monotonic) -> None:
        self._scan = scan
        self._pipe = pipe
        self._clock = clock
        self._opened = identity_of_file(scan.h5file)
        self._look_at = self._send_at = clock()
        self._sent_size = -1
        self.change = Change.NONE

    @property
    def is_lost(self) -> bool:
        """Whether what is open was written anew in place: nothing of it may be read any more."""
        return self.change is Change.REWRITTEN

    def look(self, *, now: bool = False) -> bool:
        """Look if it is time, or at once; return whether a file was replaced."""
        if now or self._clock() >= self._look_at:
            self._look_at = self._clock() + _LOOK_EVERY_S
            found = self._found()
            if found is not None and found[1].value > self.change.value:
                self._tell(*found)
            self._report_size()
        return self.change.is_replacement

    def refuse(self, index: int) -> None:
        """Say that a frame that somebody asked for is gone."""
        why = replaced_error(self._opened.stamp.path, self.change).message
        self._pipe.send(Fault(self._pipe.generation, f"Frame {index} cannot be shown: {why}", index))

    def _found(self) -> tuple[str, Change] | None:
        files = (one for grabber in self._scan.grabbers.values() for one in grabber.files)
        found = [(one.stamp.path, one.look()) for one in files]
        told = self._scan.follower.replacement
        replaced = [one for one in (*found, *([told] if told is not None else [])) if one[1].is_replacement]
        return max(replaced, key=lambda one: one[1].value, default=None)

    def _tell(self, path: str, change: Change) -> None:
        self.change = change
        error = replaced_error(path, change)
        self._pipe.send(FileReplaced(self._pipe.generation, path, error.message, change is Change.REWRITTEN, time.time()))

    def _report_size(self) -> None:
        """Let the supervisor know what was read, so that another reader goes on with this file only."""
        if self._opened.stamp.size != self._sent_size and self._clock() >= self._send_at and not self.change.is_replacement:
            self._sent_size, self._send_at = self._opened.stamp.size, self._clock() + _SEND_STAMP_EVERY_S
            self._pipe.send(FileIdentified(self._pipe.generation, self._opened.stamp))
