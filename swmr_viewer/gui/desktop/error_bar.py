"""What went wrong, quietly: what happened, what to do, the details for those who ask."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import Problem

DETAILS_HEIGHT = 130


class ErrorBar(QFrame):
    """Shows the last problem until it is dismissed or solved, or another file is opened; counts those that repeat."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem: Problem | None = None
        self._times = 0
        self.setProperty("error", "true")
        self._build()
        session.problem_reported.connect(self.show_problem)
        session.request_changed.connect(self.dismiss)
        session.problem_solved.connect(self.forget)
        self.hide()

    def _build(self) -> None:
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.times = PlainLabel("muted")
        self.act = QPushButton()
        self.more = QPushButton("Details")
        self.more.setCheckable(True)
        self.copy = QPushButton("Copy")
        self.close_button = QPushButton("Dismiss")
        self.more.setToolTip("Show all that is known of it")
        self.copy.setToolTip("Put all of it on the clipboard, for a message to whom it concerns")
        self.close_button.setToolTip("Take this away; what it is about stays as it is")
        self.details = QPlainTextEdit(readOnly=True)
        self.details.setFixedHeight(DETAILS_HEIGHT)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.message, 1)
        for part in (self.times, self.act, self.more, self.copy, self.close_button):
            row.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 8, 8, 8)
        box.addLayout(row)
        box.addWidget(self.details)
        self.act.clicked.connect(self._act)
        self.more.toggled.connect(self.details.setVisible)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.words()))
        self.close_button.clicked.connect(self.dismiss)

    def show_problem(self, problem: Problem) -> None:
        """Show this problem; an error is not replaced by a note."""
        if self.problem is not None and self.problem.severity == "error" and problem.severity == "note":
            return
        same = self.problem is not None and self.problem.message == problem.message
        self._times = self._times + 1 if same else 1
        self.problem = problem
        self.message.setText(plain(f"{problem.message} {problem.remedy}".strip()))
        self.times.say(f"{self._times} times" if self._times > 1 else "")
        self.times.setVisible(self._times > 1)
        self.act.setText(problem.action_text)
        self.act.setVisible(problem.action is not None)
        self.more.setVisible(bool(problem.details))
        self.details.setPlainText(problem.details)
        if not same:
            self.more.setChecked(False)
            self.details.setVisible(False)
        self.setProperty("severity", problem.severity)
        self.style().polish(self)
        self.show()

    def dismiss(self) -> None:
        """Hide it and forget the problem."""
        self.problem = None
        self._times = 0
        self.hide()

    def forget(self, problem: Problem) -> None:
        """Hide it if this is what it shows."""
        if self.problem is problem:
            self.dismiss()

    def words(self) -> str:
        """Return everything as text, for the clipboard."""
        if self.problem is None:
            return ""
        parts = (self.problem.message, self.problem.remedy, self.problem.details)
        return "\n".join(part for part in parts if part)

    def _act(self) -> None:
        if self.problem is not None and self.problem.action is not None:
            self.problem.action()
