"""The reader's loop: one thread that listens, takes one step of what it does, and says that it is alive."""

from __future__ import annotations

import contextlib
import time
import traceback
from collections.abc import Iterator

from swmr_viewer.core.conditions import FILE_REPLACED, STOPPED
from swmr_viewer.core.discovery import inspect_file, inspect_open
from swmr_viewer.core.errors import FileReplacedError, ReaderError, SwmrViewerError
from swmr_viewer.core.files.opening import explain
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.nexus import units
from swmr_viewer.reader.child.event_pipe import EventPipe
from swmr_viewer.reader.child.file_watching import ScanOpener
from swmr_viewer.reader.child.following import Following
from swmr_viewer.reader.child.previewing import read_first_frame
from swmr_viewer.reader.child.reader_slots import ReaderSlots
from swmr_viewer.reader.child.scans import Scan
from swmr_viewer.reader.messages import (
    Busy,
    Ended,
    Failed,
    FileReplaced,
    Follow,
    Inspect,
    Inspected,
    Phase,
    PhaseChanged,
    Preview,
    Previewed,
    Quit,
    ReleaseSlot,
    Request,
    SetConditions,
    SetDisplay,
    Stop,
    UseSlots,
)

_IDLE_PAUSE_S = 0.5


class ReaderLoop:
    """What the reader process does.

    Parameters
    ----------
    pipe : EventPipe
        The pipe to the parent.
    """

    def __init__(self, pipe: EventPipe) -> None:
        self._pipe = pipe
        self._slots = ReaderSlots()
        self._follow: Follow | None = None
        self._waiting: ScanOpener | None = None
        self._following: Following | None = None
        self._early: list[Request] = []
        """What was asked for before the scan was open."""

    def run(self) -> None:
        """Serve until told to quit.

        Raises
        ------
        EOFError, ConnectionError
            If the parent is gone.
        """
        self._pipe.keep_alive(now=True)
        while True:
            requests = self._pipe.receive(self._pause_s())
            if not requests and self._waiting is None and self._following is None:
                units.load()  # while nobody waits; once
            for request in requests:
                if isinstance(request, Quit):
                    self._drop()
                    return
                self._handle(request)
            self._step()
            self._pipe.keep_alive()

    def _pause_s(self) -> float:
        active = self._following or self._waiting
        return _IDLE_PAUSE_S if active is None else min(_IDLE_PAUSE_S, active.pause_s)

    # ---- requests

    def _handle(self, request: Request) -> None:
        match request:
            case Inspect():
                self._inspect(request)
            case Preview():
                self._preview(request)
            case ReleaseSlot(name=name):
                self._slots.release(name)
            case Follow():
                self._begin(request)
            case _ if getattr(request, "generation", None) != self._pipe.generation:
                pass
            case UseSlots():
                self._slots.use(request)
            case _ if self._following is not None:
                with self._failing_in_text(self._follow):
                    self._following.handle(request)
            case _ if self._waiting is not None:
                self._handle_early(request)

    def _handle_early(self, request: Request) -> None:
        if isinstance(request, Stop):
            self._waiting = None
            self._pipe.send(Ended(self._pipe.generation, STOPPED, 0, 0))
            self._pipe.send(PhaseChanged(self._pipe.generation, Phase.ENDED, STOPPED))
        elif isinstance(request, (SetConditions, SetDisplay)) or not self._early or type(self._early[-1]) is not type(request):
            self._early.append(request)
        else:
            self._early[-1] = request

    def _begin(self, follow: Follow) -> None:
        self._drop()
        # Slots of an earlier generation are not ours: UseSlots tells which are, once what was sent before is accounted for.
        self._slots.close()
        self._pipe.generation = follow.generation
        self._follow = follow
        self._waiting = ScanOpener(follow.request, self._pipe, follow.stamp)

    def _drop(self) -> None:
        following, self._following, self._waiting = self._following, None, None
        self._early = []
        if following is not None:
            self._pipe.send(Busy(self._pipe.generation, "closing the file"))
            with contextlib.suppress(Exception):
                following.close()

    def _inspect(self, request: Inspect) -> None:
        self._pipe.send(Busy(self._pipe.generation, f"inspecting {request.path}"))
        try:
            answer = Inspected(request.request_id, self._look_at(request.path))
        except Exception as error:
            words = _in_text(error, request.path)
            answer = Inspected(request.request_id, None, words.message, words.remedy, type(words).__name__)
        self._pipe.send(answer)

    def _look_at(self, path: str) -> Inspection:
        """Inspect a file; one that is being followed must not be opened a second time."""
        if self._following is not None and self._follow is not None and self._follow.request.path == path:
            return inspect_open(self._following.h5file)
        return inspect_file(path)

    def _preview(self, request: Preview) -> None:
        data_path = "".join(request.request.data_paths[:1])
        self._pipe.send(Busy(self._pipe.generation, f"previewing {data_path} in {request.path}"))
        try:
            if self._following is not None:
                raise ReaderError("This reader follows a scan and previews no other data.", "Ask another reader.")
            first = read_first_frame(request.request)
            answer = Previewed(request.request_id, data_path, first.thumbnail, first.index, first.position)
        except Exception as error:
            words = _in_text(error, request.path)
            answer = Previewed(request.request_id, data_path, None, None, (), words.message, words.remedy, type(words).__name__)
        self._pipe.send(answer)

    # ---- steps

    def _step(self) -> None:
        with self._failing_in_text(self._follow):
            if self._following is not None:
                self._following.step()
            elif self._waiting is not None and self._follow is not None:
                scan = self._opened(self._waiting, self._follow)
                if scan is not None:
                    self._waiting = None
                    self._following = Following(scan, self._follow, self._slots, self._pipe)
                    early, self._early = self._early, []
                    for request in early:
                        self._following.handle(request)

    def _opened(self, waiting: ScanOpener, follow: Follow) -> Scan | None:
        """Return the scan if it is open; another scan than an earlier reader followed is the end of that one."""
        try:
            return waiting.step()
        except FileReplacedError as error:
            if follow.stamp is None:
                raise
            self._waiting, pipe = None, self._pipe
            pipe.send(FileReplaced(pipe.generation, follow.request.path, error.message, True, time.time()))
            if follow.ended_reason is None:
                n_delivered = 0 if follow.delivered is None else int(follow.delivered.size)
                pipe.send(Ended(pipe.generation, FILE_REPLACED, n_delivered, n_delivered, at=time.time()))
            pipe.send(PhaseChanged(pipe.generation, Phase.ENDED, follow.ended_reason or FILE_REPLACED))
            return None

    @contextlib.contextmanager
    def _failing_in_text(self, follow: Follow | None) -> Iterator[None]:
        try:
            yield
        except (EOFError, ConnectionError):
            raise
        except Exception as error:
            words = _in_text(error, follow.request.path if follow else "")
            details = traceback.format_exc()
            self._pipe.send(Failed(self._pipe.generation, words.message, words.remedy, details, type(words).__name__))
            self._drop()


def _in_text(error: Exception, path: str) -> SwmrViewerError:
    if isinstance(error, SwmrViewerError):
        return error
    if isinstance(error, (OSError, RuntimeError, KeyError, ValueError)):
        return explain(error, path)
    return ReaderError(
        f"Reading {path} failed: {type(error).__name__}: {error}.", "This is a fault of the program: please report its details."
    )
