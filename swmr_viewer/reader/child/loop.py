"""The reader's loop: one thread that receives requests, takes one step of what it does, and shows that it is alive."""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Iterator

from swmr_viewer.core.conditions import FILE_REPLACED, STOPPED
from swmr_viewer.core.discovery import inspect_file, inspect_open
from swmr_viewer.core.errors import FileReplacedError, ReaderError, SwmrViewerError
from swmr_viewer.core.files import explain
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.nexus import load_units
from swmr_viewer.core.pacing import Pause
from swmr_viewer.reader.child.event_pipe import EventPipe, Handlers
from swmr_viewer.reader.child.file_watching import ScanOpener
from swmr_viewer.reader.child.following import IDLE_PAUSE, Following
from swmr_viewer.reader.child.previewing import read_first_frame
from swmr_viewer.reader.child.reader_slots import ReaderSlots
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.messages import (
    Ended,
    Failed,
    FileReplaced,
    Follow,
    Inspect,
    Inspected,
    Phase,
    Preview,
    Previewed,
    Quit,
    ReleaseSlot,
    Request,
    SetWatchdog,
    Stop,
    UseSlots,
)


class ReaderLoop:
    """What the reader process does."""

    def __init__(self, pipe: EventPipe) -> None:
        self._pipe = pipe
        self._slots = ReaderSlots()
        self._follow: Follow | None = None
        self._opener: ScanOpener | None = None
        self._following: Following | None = None
        self._early: list[Request] = []
        """What was asked for before the scan was open."""
        self._handlers: Handlers = {
            Inspect: self._inspect,
            Preview: self._preview,
            SetWatchdog: lambda request: self._pipe.set_watchdog(request.seconds),
            ReleaseSlot: lambda request: self._slots.release(request.name),
            Follow: self._begin,
        }

    def run(self) -> None:
        """Serve until a ``Quit``; EOFError or ConnectionError if the parent is gone."""
        self._pipe.keep_alive(now=True)
        while True:
            following = self._following
            requests = self._pipe.receive(self._pause(), None if following is None else following.wait_descriptor)
            if not requests and self._opener is None and self._following is None:
                load_units()  # while nobody waits; once
            for request in requests:
                if isinstance(request, Quit):
                    self._drop()
                    return
                self._handle(request)
            self._step()
            self._pipe.keep_alive()

    def _pause(self) -> Pause:
        if self._following is not None:
            return self._following.pause
        return IDLE_PAUSE if self._opener is None else Pause(0.0, min(IDLE_PAUSE.most_s, self._opener.pause_s))

    # ---- requests

    def _handle(self, request: Request) -> None:
        if handler := self._handlers.get(type(request)):
            handler(request)
        elif getattr(request, "generation", None) != self._pipe.generation:
            return
        elif isinstance(request, UseSlots):
            self._slots.use(request)
        elif self._following is not None:
            with self._reporting_failure():
                self._following.handle(request)
        elif self._opener is not None:
            self._handle_early(request)

    def _handle_early(self, request: Request) -> None:
        if isinstance(request, Stop):
            self._opener = None
            self._pipe.send(Ended(self._pipe.generation, STOPPED, 0, 0))
            self._pipe.report_phase(Phase.ENDED, STOPPED)
            return
        if self._early and request.replaces_waiting and request.group is self._early[-1].group:
            self._early.pop()
        self._early.append(request)

    def _begin(self, follow: Follow) -> None:
        self._drop()
        # Slots of an earlier generation are not ours: UseSlots names which are, once what was sent before is accounted for.
        self._slots.close()
        self._pipe.generation = follow.generation
        self._follow = follow
        self._opener = ScanOpener(follow.request, self._pipe, follow.stamp)

    def _drop(self) -> None:
        following, self._following, self._opener = self._following, None, None
        self._early = []
        if following is not None:
            self._pipe.report_busy("closing the file")
            with contextlib.suppress(Exception):
                following.close()

    def _inspect(self, request: Inspect) -> None:
        self._pipe.report_busy(f"inspecting {request.path}")
        try:
            answer = Inspected(request.request_id, self._inspection_of(request))
        except Exception as error:
            failure = _failure_of(error, request.path)
            answer = Inspected(request.request_id, None, failure.message, failure.remedy, failure.kind)
        self._pipe.send(answer)

    def _inspection_of(self, request: Inspect) -> Inspection:
        """Inspect a file; one that is being followed must not be opened a second time."""
        if self._following is None or self._follow is None or self._follow.request.path != request.path:
            return inspect_file(request.path, external=request.external, at_each=self._pipe.still_busy)
        if self._follow.request.external and not request.external:
            raise ReaderError("This reader follows the file with data of other files.", "Ask another reader.")
        return inspect_open(self._following.h5file, at_each=self._pipe.still_busy)

    def _preview(self, request: Preview) -> None:
        data_path = "".join(request.request.data_paths[:1])
        self._pipe.report_busy(f"previewing {data_path} in {request.path}")
        try:
            if self._following is not None:
                raise ReaderError("This reader follows a scan and previews no other data.", "Ask another reader.")
            first = read_first_frame(request.request)
            answer = Previewed(request.request_id, data_path, first.thumbnail, first.index, first.position)
        except Exception as error:
            failure = _failure_of(error, request.path)
            answer = Previewed(request.request_id, data_path, None, None, (), failure.message, failure.remedy, failure.kind)
        self._pipe.send(answer)

    # ---- steps

    def _step(self) -> None:
        with self._reporting_failure():
            if self._following is not None:
                self._following.step()
            elif self._opener is not None and self._follow is not None:
                scan = self._opened(self._opener, self._follow)
                if scan is not None:
                    self._opener = None
                    self._following = Following(scan, self._follow, self._slots, self._pipe)
                    early, self._early = self._early, []
                    for request in early:
                        self._following.handle(request)

    def _opened(self, opener: ScanOpener, follow: Follow) -> Scan | None:
        """Return the scan if it is open; another scan than an earlier reader followed is the end of that one."""
        try:
            return opener.step()
        except FileReplacedError as error:
            if follow.stamp is None:
                raise
            self._opener, pipe = None, self._pipe
            pipe.send(FileReplaced(pipe.generation, follow.request.path, error.message, True, time.time()))
            if follow.ended_reason is None or follow.ended_still_following:
                n_delivered = 0 if follow.delivered is None else int(follow.delivered.size)
                pipe.send(Ended(pipe.generation, FILE_REPLACED, n_delivered, n_delivered, at=time.time()))
            pipe.report_phase(Phase.ENDED, follow.ended_reason or FILE_REPLACED)
            return None

    @contextlib.contextmanager
    def _reporting_failure(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, ConnectionError):
            raise
        except Exception as error:
            failure = _failure_of(error, self._follow.request.path if self._follow else "")
            details = traceback.format_exc()
            self._pipe.send(Failed(self._pipe.generation, failure.message, failure.remedy, details, failure.kind))
            self._drop()


def _failure_of(error: Exception, path: str) -> SwmrViewerError:
    """Return the error with a message and a remedy for people."""
    if isinstance(error, SwmrViewerError):
        return error
    if isinstance(error, (OSError, RuntimeError, KeyError, ValueError, MemoryError)):
        return explain(error, path)
    return ReaderError(
        f"Reading {path} failed: {type(error).__name__}: {error}.", "This is a fault of the program: please report its details."
    )
