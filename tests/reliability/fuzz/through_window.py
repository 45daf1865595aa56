"""A case through the real window, off screen, with the real reader: opened, waited for, painted, looked at."""

from __future__ import annotations

import os
import sys
import time
import traceback
from contextlib import ExitStack
from types import TracebackType

import numpy as np

from swmr_viewer.core.plain_text import plain
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.supervision import Supervisor
from tests.reliability.fuzz.cases import Case
from tests.reliability.fuzz.judging import LONGEST_S, Outcome, Shown
from tests.reliability.fuzz.through_reader import STUCK_S, _forget_peak, _peak_bytes

_SETTLED_S, _WAITING_S = 0.4, 1.0


class Window:
    """One window over many cases."""

    def __init__(self, stuck_after_s: float = STUCK_S) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from swmr_viewer.gui.application import application
        from swmr_viewer.gui.assembly import Assembly
        from swmr_viewer.gui.guards import qt_messages_noted

        self._errors_of_qt: list[str] = []
        self._application = application()
        self._quiet = ExitStack()
        self._quiet.enter_context(qt_messages_noted(self._errors_of_qt.append))
        self._supervisor = Supervisor(stuck_after_s=stuck_after_s)
        self._supervisor.start()
        self._assembly = Assembly(self._supervisor)
        self._assembly.window.resize(1100, 700)
        self._assembly.window.show()
        self._errors: list[str] = []
        self._hook, sys.excepthook = sys.excepthook, self._note

    def _note(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._errors.append("".join(traceback.format_exception(kind, error, trace)))

    def close(self) -> None:
        """Close it."""
        sys.excepthook = self._hook
        self._assembly.close()
        self._supervisor.close()
        self._quiet.close()

    def run(self, case: Case) -> Outcome:
        """Open a case, wait until it has settled, and paint."""
        outcome, began = Outcome(), time.monotonic()
        asked, scan = case.request, self._assembly.session.scan
        _forget_peak(self._supervisor)
        request = FollowRequest(str(case.main), asked.key_paths, asked.data_paths, asked.finished_path, length_paths=asked.length_paths)
        self._assembly.session.open(request)
        longest_turn = 0.0
        settled_at: float | None = None
        while time.monotonic() < began + LONGEST_S:
            turn = time.monotonic()
            self._application.processEvents()
            longest_turn = max(longest_turn, time.monotonic() - turn)
            outcome.peak_bytes = max(outcome.peak_bytes, _peak_bytes(self._supervisor))
            needs_s = self._settles_in()
            settled_at = None if needs_s is None else settled_at or turn
            if needs_s is not None and settled_at is not None and turn - settled_at > needs_s:
                break
            time.sleep(0.005)
        else:
            outcome.faults.append(f"the window does not settle: {scan.state.text}")
        self._look(case, outcome)
        outcome.seconds = time.monotonic() - began
        outcome.counts["longest turn of the window (ms)"] = round(1000 * longest_turn)
        return outcome

    def _settles_in(self) -> float | None:
        """Return for how long (s) it has to stay as it is; None: it is not there yet."""
        from swmr_viewer.scan_model.state import StateKind

        scan = self._assembly.session.scan
        match scan.state.kind:
            case StateKind.FAILED | StateKind.FINISHED | StateKind.LOOKING | StateKind.STOPPED | StateKind.REPLACED:
                return _SETTLED_S / 2
            case StateKind.WAITING_FOR_FILE | StateKind.WAITING_FOR_SWMR | StateKind.WAITING_FOR_KEYS:
                return _WAITING_S if scan.state.text != "Opening" else None
            case StateKind.LIVE | StateKind.QUIET:
                return _SETTLED_S if scan.shown is not None else _WAITING_S
        return None

    def _look(self, case: Case, outcome: Outcome) -> None:
        from swmr_viewer.scan_model.state import StateKind

        session, window = self._assembly.session, self._assembly.window
        scan = session.scan
        window.grab()
        if scan.state.kind is StateKind.FAILED and scan.failed is not None:
            outcome.refuse(case, "failure in the window", scan.failed.message, scan.failed.kind)
        if scan.shown is not None and scan.shown.generation == scan.generation and scan.shown.combined == 1:
            shape = scan.progress.scan_shape if scan.progress is not None else ()
            frame = scan.shown
            outcome.shown.append(Shown(frame.data_path, frame.position, shape, np.array(frame.whole), frame.is_doubtful))
        outcome.faults += [f"the window raises: {words}" for words in self._errors]
        outcome.faults += [f"Qt says: {words}" for words in self._errors_of_qt]
        self._errors.clear()
        self._errors_of_qt.clear()
        outcome.counts[f"window: {scan.state.kind.value}"] += 1
        if plain(scan.state.text) != scan.state.text:
            outcome.faults.append(f"the state's text has odd characters: {scan.state.text!r}")
