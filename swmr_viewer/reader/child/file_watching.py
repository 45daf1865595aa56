"""The file from outside: tried until it can be opened, and watched for being replaced by another."""

from __future__ import annotations

import time
from collections.abc import Callable

from swmr_viewer.core.errors import FileDamagedError, FileNotThereError, NotSwmrYetError, SwmrViewerError
from swmr_viewer.core.file_state import Change, FileStamp, read_file_state, touch
from swmr_viewer.core.files import change_at_path, identity_of_file, replaced_error
from swmr_viewer.core.inspection import FileState
from swmr_viewer.reader.child.event_pipe import EventPipe, Handlers
from swmr_viewer.reader.child.scans import Scan, open_scan
from swmr_viewer.reader.messages import Busy, FileIdentified, FileReplaced, FollowRequest, Phase, ShowIndex, ShowPoints

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.02, 0.5
_DAMAGED_PATIENCE_S = 3.0
"""A writer may be at the metadata that look damaged, or storage shows half of what it wrote."""
_CLOSED_PATIENCE_S = 5.0
"""In a file that nobody writes, what is missing will hardly come; a writer may be about to open it again."""


class ScanOpener:
    """The time before a scan is open; ``stamp`` is the file that an earlier reader read, if there was one."""

    def __init__(
        self, request: FollowRequest, pipe: EventPipe, stamp: FileStamp | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._request = request
        self._stamp = stamp
        self._pipe = pipe
        self._clock = clock
        self._began_at = self._next_at = clock()
        self._pause_s = _FIRST_PAUSE_S
        self._reported: tuple[Phase, str] | None = None

    @property
    def pause_s(self) -> float:
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
        path = self._request.path
        self._pipe.send(Busy(self._pipe.generation, f"asking the storage for {path}", asks_storage=True))
        touch(path)
        self._pipe.report_busy(f"opening {path}")
        try:
            return self._open()
        except SwmrViewerError as error:
            may_help = error.retryable or isinstance(error, FileDamagedError)
            if not may_help or self._clock() - self._began_at >= self._longest_s(error):
                raise
            self._report_wait(error)
        finally:
            self._pipe.keep_alive(now=True)
        self._next_at = self._clock() + self._pause_s
        self._pause_s = min(1.5 * self._pause_s, _LONGEST_PAUSE_S)
        return None

    def _open(self) -> Scan:
        self._refuse_another()
        scan = open_scan(self._request, self._pipe.still_busy)
        try:
            self._refuse_another()
        except BaseException:
            scan.close()
            raise
        return scan

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

    def _report_wait(self, error: SwmrViewerError) -> None:
        phase = Phase.WAITING_FOR_KEYS
        if isinstance(error, FileNotThereError):
            phase = Phase.WAITING_FOR_FILE
        elif isinstance(error, NotSwmrYetError):
            phase = Phase.WAITING_FOR_SWMR
        if (phase, error.message) != self._reported:
            self._reported = (phase, error.message)
            self._pipe.report_phase(phase, error.message)


_CHECK_EVERY_S = 0.2
_SEND_STAMP_EVERY_S = 1.0


class ReplacementReporter:
    """Whether a file that is open, or that frames were read from, was replaced: reported before anything of another scan is read."""

    def __init__(self, scan: Scan, pipe: EventPipe, clock: Callable[[], float] = time.monotonic) -> None:
        self._scan = scan
        self._pipe = pipe
        self._clock = clock
        self._opened = identity_of_file(scan.h5file)
        self._check_at = self._send_at = clock()
        self._sent_size = -1
        self.change = Change.NONE
        self.handlers: Handlers = {ShowIndex: self._refuse, ShowPoints: self._refuse}
        """What is done once the frames are lost."""

    @property
    def is_lost(self) -> bool:
        """Whether what is open was written anew in place: nothing of it may be read any more."""
        return self.change is Change.REWRITTEN

    def check(self, *, now: bool = False) -> bool:
        """Check if it is time, or at once; return whether a file was replaced."""
        if now or self._clock() >= self._check_at:
            self._check_at = self._clock() + _CHECK_EVERY_S
            found = self._found()
            if found is not None and found[1].value > self.change.value:
                self._report(*found)
            self._send_stamp()
        return self.change.is_replacement

    def _refuse(self, request: ShowIndex | ShowPoints) -> None:
        why = replaced_error(self._opened.stamp.path, self.change).message
        index = request.index if isinstance(request, ShowIndex) else None
        self._pipe.report_fault(f"{'These frames' if index is None else f'Frame {index}'} cannot be shown: {why}", index)

    def _found(self) -> tuple[str, Change] | None:
        of_frames = [(file.stamp.path, file.look()) for grabber in self._scan.grabbers.values() for file in grabber.files]
        of_keys = self._scan.follower.replacement
        replaced = [(path, change) for path, change in (*of_frames, *([of_keys] if of_keys else [])) if change.is_replacement]
        return max(replaced, key=lambda found: found[1].value, default=None)

    def _report(self, path: str, change: Change) -> None:
        self.change = change
        error = replaced_error(path, change)
        self._pipe.send(FileReplaced(self._pipe.generation, path, error.message, change is Change.REWRITTEN, time.time()))

    def _send_stamp(self) -> None:
        """Send the supervisor what was read, so that another reader goes on with this file only."""
        if self._opened.stamp.size != self._sent_size and self._clock() >= self._send_at and not self.change.is_replacement:
            self._sent_size, self._send_at = self._opened.stamp.size, self._clock() + _SEND_STAMP_EVERY_S
            self._pipe.send(FileIdentified(self._pipe.generation, self._opened.stamp))
