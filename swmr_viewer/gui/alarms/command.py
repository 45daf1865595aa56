"""The command of the user's own that an alarm starts: never through a shell, seldom, and told where it fails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from swmr_viewer.gui.look.settings import read_setting, write_setting

KEY = "alarms/command"
LEAST_APART_S = 10.0
"""A command is not started sooner after the one before."""
LONGEST_S = 60.0
MOST_RUNNING = 4
MOST_SAID = 300
ENVIRONMENT = "SWMR_VIEWER_ALARM_"
NAMES = ("text", "rule", "value", "frame", "level", "file", "since")
"""What is known of an alarm: ``{text}`` in an argument, ``SWMR_VIEWER_ALARM_TEXT`` in the environment."""


class AlarmCommand(QObject):
    """Starts what the user gave in the settings.

    Parameters
    ----------
    parent : QObject
        What it belongs to.
    clock : callable
        Monotonic seconds.
    longest_s : float
        A command that takes longer is ended.
    """

    told = Signal(str)
    """That a command failed, or was not started, as a sentence."""
    ended = Signal()
    """One of them ended, or could not be started."""

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic, longest_s: float = LONGEST_S) -> None:
        super().__init__(parent)
        self._clock, self._longest_s = clock, longest_s
        self._running: set[_Run] = set()
        self._started_at_s: float | None = None
        self.text = read_setting(KEY, "")

    def set_text(self, text: str) -> None:
        """Start this from now on: a program and its arguments, those with spaces in double quotes; "": none."""
        self.text = text.strip()
        write_setting(KEY, self.text)

    def start(self, facts: Mapping[str, str]) -> bool:
        """Start it for an alarm; return whether it was.

        Parameters
        ----------
        facts : mapping
            By ``NAMES``.
        """
        program, *arguments = QProcess.splitCommand(self.text) or [""]
        now_s = self._clock()
        if not program:
            return False
        if self._started_at_s is not None and now_s - self._started_at_s < LEAST_APART_S:
            self.told.emit(f"The alarm's command was not started: the one before was less than {LEAST_APART_S:.0f} s ago.")
            return False
        if len(self._running) >= MOST_RUNNING:
            self.told.emit(f"The alarm's command was not started: {MOST_RUNNING} of them are still running.")
            return False
        self._started_at_s = now_s
        self._run(program, [filled(argument, facts) for argument in arguments], facts)
        return True

    def stop(self) -> None:
        """End what still runs."""
        for run in tuple(self._running):
            run.end()

    def _run(self, program: str, arguments: list[str], facts: Mapping[str, str]) -> None:
        environment = QProcessEnvironment.systemEnvironment()
        for name in NAMES:
            environment.insert(ENVIRONMENT + name.upper(), facts.get(name, ""))
        run = _Run(program, environment, self._longest_s, self)
        run.ended.connect(lambda words: self._on_ended(run, words))
        self._running.add(run)
        run.start(arguments)

    def _on_ended(self, run: _Run, words: str) -> None:
        self._running.discard(run)
        run.deleteLater()
        if words:
            self.told.emit(words)
        self.ended.emit()


class _Run(QObject):
    """One command that runs."""

    ended = Signal(str)
    """What went wrong, as a sentence, or ""."""

    def __init__(self, program: str, environment: QProcessEnvironment, longest_s: float, parent: QObject) -> None:
        super().__init__(parent)
        self._program, self._longest_s = program, longest_s
        self._said = b""
        self._is_late = False
        self._process = QProcess(self)
        self._process.setProcessEnvironment(environment)
        self._process.setStandardInputFile(QProcess.nullDevice())
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.readyReadStandardError.connect(self._read)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(self._on_finished)
        self._timer = QTimer(self, singleShot=True, interval=round(longest_s * 1000))
        self._timer.timeout.connect(self._on_time_up)

    def start(self, arguments: list[str]) -> None:
        self._timer.start()
        self._process.start(self._program, arguments)

    def end(self) -> None:
        """End it now, without a word."""
        self.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(1000)

    def _read(self) -> None:
        """Keep the end of what it says, and no more: some say much."""
        self._said = (self._said + self._process.readAllStandardError().data())[-MOST_SAID:]

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(f"could not be started: {self._program}: {self._process.errorString()}")

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        said = " ".join(self._said.decode(errors="replace").split())
        if self._is_late:
            self._end(f"took longer than {self._longest_s:g} s, and was ended: {self._program}")
        elif code or status is QProcess.ExitStatus.CrashExit:
            self._end(f"failed with status {code}: {self._program}{f': {said}' if said else ''}")
        else:
            self._end("")

    def _on_time_up(self) -> None:
        self._is_late = True
        self._process.kill()

    def _end(self, words: str) -> None:
        self._timer.stop()
        self.ended.emit(f"The alarm's command {words}." if words else "")


def filled(argument: str, facts: Mapping[str, str]) -> str:
    """Return an argument with ``{text}`` and the like replaced, once: what stands in a fact is not looked at again."""
    return re.sub(r"\{(\w+)\}", lambda found: facts.get(found[1], found[0]) if found[1] in NAMES else found[0], argument)
