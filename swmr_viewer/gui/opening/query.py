"""One question to the inspector: asked after a pause in typing, and again while the answer may become better; old answers are dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, SignalInstance

from swmr_viewer.reader.messages import Inspected, Previewed

RETRY_MS = 2000
"""Between two inspections of a file, or previews of a frame, that is not there yet."""
TICK_MS = 250
"""How often the seconds of reading are shown."""


SubjectT = TypeVar("SubjectT")
AnswerT = TypeVar("AnswerT", Inspected, Previewed)


class Query(QObject, Generic[SubjectT, AnswerT]):
    """The latest answer about one subject.

    Parameters
    ----------
    ask : callable
        Asks about a subject and returns the number that its answer will have.
    answers : signal
        Brings answers, to other questions as well.
    may_improve : callable
        Whether another answer than this one may come by waiting.
    pause_ms : int
        From the last change of the subject to the question.
    is_busy : callable
        Whether asking again, unasked by the user, has to wait.
    """

    asked = Signal()
    answered = Signal(object)
    """The answer, also in ``answer``."""
    forgotten = Signal()
    """There is another subject, or none."""
    changed = Signal()
    """Subject, answer, or for how long it has been read."""

    def __init__(
        self,
        ask: Callable[[SubjectT], int],
        answers: SignalInstance,
        may_improve: Callable[[AnswerT], bool],
        *,
        pause_ms: int,
        is_busy: Callable[[], bool] = lambda: False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ask = ask
        self._may_improve: Callable[[AnswerT], bool] = may_improve
        self._is_busy = is_busy
        self._number: int | None = None
        self._asked_since = QElapsedTimer()
        self.subject: SubjectT | None = None
        self.answer: AnswerT | None = None
        self._pause = QTimer(self, interval=pause_ms, singleShot=True)
        self._retry = QTimer(self, interval=RETRY_MS, singleShot=True)
        self._tick = QTimer(self, interval=TICK_MS)
        self._pause.timeout.connect(self.ask)
        self._retry.timeout.connect(self._ask_again)
        self._tick.timeout.connect(self.changed)
        answers.connect(self._receive)

    @property
    def is_reading(self) -> bool:
        """Whether an answer is to come."""
        return self._number is not None

    @property
    def reading_s(self) -> float | None:
        """For how long (s) the answer has been waited for; None when there is none to come."""
        return self._asked_since.elapsed() / 1000 if self.is_reading else None

    def set_subject(self, subject: SubjectT | None) -> None:
        """Ask about this after a pause, unless it is answered already; another subject makes the answer before forgotten."""
        if subject != self.subject:
            self.forget()
            self.subject = subject
        elif self.is_reading or self._retry.isActive() or not self._needs_answer():
            return
        if subject is not None:
            self._pause.start()
        self.changed.emit()

    def ask_if_due(self) -> None:
        """End the pause, if there is one."""
        if self._pause.isActive():
            self.ask()

    def ask(self) -> None:
        """Ask now; an answer to what was asked before is not waited for any more."""
        self._pause.stop()
        if self.subject is None:
            return
        self._number = self._ask(self.subject)
        self._asked_since.start()
        self._tick.start()
        self.asked.emit()
        self.changed.emit()

    def interrupt(self) -> None:
        """Wait for no answer and ask no more; the answer that is there stays."""
        self._number = None
        for timer in (self._pause, self._retry, self._tick):
            timer.stop()

    def forget(self) -> None:
        """Start anew, without a subject."""
        self.interrupt()
        self.subject = self.answer = None
        self.forgotten.emit()
        self.changed.emit()

    def _needs_answer(self) -> bool:
        return self.answer is None or self._may_improve(self.answer)

    def _ask_again(self) -> None:
        if self._is_busy():
            self._retry.start()
        else:
            self.ask()

    def _receive(self, answer: AnswerT) -> None:
        if answer.request_id != self._number:
            return
        self._number, self.answer = None, answer
        self._tick.stop()
        if self._may_improve(answer):
            self._retry.start()
        self.answered.emit(answer)
        self.changed.emit()
