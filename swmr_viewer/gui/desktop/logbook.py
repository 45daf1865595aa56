"""What is written to the log: this listens to the session and the reader, and no widget writes anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.session import FollowThread, Session
from swmr_viewer.program_log import ProgramLog
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import Problem


class Logbook(QObject):
    """Writes down files, states, ends, problems and notes, each as it happens; never a frame.

    Parameters
    ----------
    log : ProgramLog
        What takes the lines.
    thread, session
        What tells of them.
    """

    def __init__(self, log: ProgramLog, thread: FollowThread, session: Session) -> None:
        super().__init__(session)
        self._log, self._scan = log, session.scan
        self._state = session.scan.state.kind
        self._events: dict[type, Callable[[Any], None]] = {
            m.ReaderRecovered: lambda _: log.info("The reader answers again."),
            m.Resumed: lambda _: log.info("Following goes on: a key came."),
            m.DataJoined: lambda joined: log.info(f"Data that came late: {', '.join(one.path for one in joined.data)}."),
        }
        session.request_changed.connect(self._on_request)
        session.opened.connect(self._on_opened)
        session.state_changed.connect(self._on_state)
        session.finished.connect(self._on_finished)
        session.problem_reported.connect(self._on_problem)
        session.noted.connect(self._on_note)
        session.recorded.connect(self._on_recorded)
        thread.received.connect(self._on_event)

    def _on_event(self, event: m.Event) -> None:
        told = self._events.get(type(event))
        if told is not None and getattr(event, "generation", self._scan.generation) == self._scan.generation:
            told(event)

    def _on_request(self) -> None:
        request = self._scan.request
        if request is None:
            self._log.info("No file is followed.")
            return
        named = (*request.key_paths, *request.length_paths, *request.data_paths)
        listed = f" ({', '.join(named)})" if named else ""
        self._log.info(f"To follow: {request.path}{listed}")

    def _on_opened(self) -> None:
        opened = self._scan.description
        assert opened is not None, "opened is told once there is a description"
        data = ", ".join(f"{one.path} {one.frame_shape} {one.dtype}" for one in opened.data)
        self._log.info(
            f"Opened {opened.path}: scan {opened.scan_shape}, keys {', '.join(opened.key_paths) or 'none'}, data {data or 'none'}"
            f"{f'; HDF5 {opened.libraries}' if opened.libraries else ''}"
        )

    def _on_state(self) -> None:
        """Note another kind of state; what counts seconds in it is the same one."""
        state = self._scan.state
        if state.kind is not self._state:
            self._state = state.kind
            self._log.info(f"{state.text}. {state.detail}".strip())

    def _on_finished(self, end: m.Ended | m.Failed) -> None:
        if isinstance(end, m.Ended):  # a failure is a problem, and told as that
            self._log.info(f"Ended ({end.reason}): {count_text(end.complete)} of {count_text(end.total)} frames are complete.")

    def _on_note(self, text: str) -> None:
        if text:  # else the status line is emptied
            self._log.info(text)

    def _on_recorded(self, text: str, details: str) -> None:
        if details:
            self._log.warning(text, details)
        else:
            self._log.info(text)

    def _on_problem(self, problem: Problem) -> None:
        tell = self._log.warning if problem.severity == "note" else self._log.error
        tell(f"{problem.message} {problem.remedy}".strip(), problem.details)
