"""The pop-up where alarms are given: a row for each, the command of the user's own, and what happened so far."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from swmr_viewer.gui.alarms.alarms import Alarms
from swmr_viewer.gui.alarms.command import AlarmCommand
from swmr_viewer.gui.alarms.memory import MOST_RULES
from swmr_viewer.gui.alarms.rule_row import RuleRow
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import ActionButton, Popup
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import Quantity
from swmr_viewer.scan_model import AlarmRule

SHOWN_HISTORY = 5
COMMAND_TIP = (
    "A program of your own, started without a shell when an alarm is raised that asks for it, at most every 10 s.\n"
    "{text}, {rule}, {value}, {frame}, {level}, {file} and {since} in an argument stand for what is known of the alarm;\n"
    "it is in the environment as well: SWMR_VIEWER_ALARM_TEXT and so on. Arguments with spaces need double quotes."
)


class AlarmEditor(Popup):
    """An editor of the rules of ``alarms``; what is chosen holds at once.

    Parameters
    ----------
    session : Session
        Whose quantities can be watched.
    alarms : Alarms
        What is edited.
    command : AlarmCommand
        The command of the user's own.
    acknowledge : ActionButton
        Says that somebody knows.
    parent : QWidget
        The window.
    """

    def __init__(self, session: Session, alarms: Alarms, command: AlarmCommand, acknowledge: ActionButton, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._alarms, self._command = session, alarms, command
        self.rows: list[RuleRow] = []
        self._removed: AlarmRule | None = None
        self.add = QPushButton("Add an alarm")
        self.add.clicked.connect(lambda: self._append(AlarmRule(on=False)))
        self.add.setToolTip("Watch for something else as well")
        self.bring_back = QPushButton("Bring back the removed one")
        self.bring_back.setProperty("kind", "link")
        self.bring_back.setToolTip("The alarm that was removed last")
        self.bring_back.clicked.connect(self._bring_back)
        self.acknowledge = acknowledge
        self.refusal = PlainLabel("bad")
        self.command = QLineEdit(command.text)
        self.command.setAccessibleName("Command of your own")
        self.command.setPlaceholderText('none; as in  notify-send "{text}"')
        self.command.setToolTip(COMMAND_TIP)
        self.command.editingFinished.connect(self._set_command)
        self.history = PlainLabel("muted")
        self._lay_out()
        self._show_history()
        alarms.changed.connect(self._show_history)
        alarms.happened.connect(self._show_history)

    def _lay_out(self) -> None:
        caption = PlainLabel("caption")
        caption.say("ALARMS")
        self.box.addWidget(caption)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6)
        self.box.addLayout(self._grid)
        self.box.addWidget(self.refusal)
        row = QHBoxLayout()
        for part in (self.add, self.bring_back):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.acknowledge)
        self.box.addLayout(row)
        below = QHBoxLayout()
        words = PlainLabel("muted")
        words.say("Command")
        below.addWidget(words)
        below.addWidget(self.command, 1)
        self.box.addLayout(below)
        self.box.addWidget(self.history)

    def show_rules(self) -> None:
        """Show the rules that count now."""
        self._removed = None
        self._rebuild(self._alarms.rules or (AlarmRule(on=False),))

    def value(self) -> tuple[AlarmRule, ...]:
        """Return the rules as they are set here."""
        return tuple(row.rule for row in self.rows)

    # ---- rows

    def _rebuild(self, rules: tuple[AlarmRule, ...]) -> None:
        for row in self.rows:
            for widget in row.widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
            row.deleteLater()
        self.rows = [self._row(rule, number) for number, rule in enumerate(rules)]
        self.add.setEnabled(len(rules) < MOST_RULES)
        self.bring_back.setVisible(self._removed is not None)
        self.refusal.hide()
        self._show_history()
        self.adjustSize()

    def _row(self, rule: AlarmRule, number: int) -> RuleRow:
        row = RuleRow(rule, self._offers, self._why_not, self)
        row.allow_command(is_given=bool(self._command.text))
        row.place(self._grid, number)
        row.edited.connect(self._edited)
        row.removed.connect(lambda: self._take_away(row))
        row.refused.connect(self._refuse)
        return row

    def _offers(self) -> tuple[Quantity, ...]:
        return self._session.scan.quantities.offered()

    def _why_not(self, text: str) -> str:
        return self._session.scan.quantities.why_not(text)

    def _append(self, rule: AlarmRule) -> None:
        self._rebuild((*self.value(), rule))
        self._edited()

    def _take_away(self, row: RuleRow) -> None:
        self._removed = row.rule
        self._rebuild(tuple(other.rule for other in self.rows if other is not row))
        self._edited()

    def _bring_back(self) -> None:
        removed, self._removed = self._removed, None
        if removed is not None:
            self._append(removed)

    def _edited(self) -> None:
        self.refusal.hide()
        self._alarms.set_rules(self.value())

    def _refuse(self, why: str) -> None:
        self.refusal.say(why)
        self.refusal.show()
        self.adjustSize()

    def _set_command(self) -> None:
        self._command.set_text(self.command.text())
        for row in self.rows:
            row.allow_command(is_given=bool(self._command.text))

    # ---- showing

    def _show_history(self) -> None:
        lines = [happened.line for happened in self._alarms.history][-SHOWN_HISTORY:]
        self.history.setText("\n".join(reversed(lines)) or "Nothing happened so far.")
        for row in self.rows:
            event = self._alarms.event_of(row.rule)
            raised = event is not None and event.is_raised
            if why_not := self._alarms.why_not(row.rule):
                row.tell(f"Watches nothing: {why_not}", is_missing=True)
                continue
            row.tell(
                f"{self._alarms.words(row.rule, event)}{' (acknowledged)' if event.is_acknowledged else ''}" if raised and event else ""
            )
