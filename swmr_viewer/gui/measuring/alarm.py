"""The alarm: which single frames have a value above the level that the user set, also where several are shown as one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from swmr_viewer.gui.look.text import count_text, value_text
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.session.session import Session

WHAT_WORDS = {"maximum": "hottest pixel", "total": "total counts"}


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """Raise the alarm where this column is above this level."""

    column: str = "maximum"
    """``maximum``, ``total``, or a region's ``<name>.sum``, ``.mean``, ``.maximum``."""
    above: float = 0.0

    @property
    def what(self) -> str:
        """The column in words."""
        region, _, quantity = self.column.rpartition(".")
        return WHAT_WORDS.get(self.column, f"{quantity} of region {region}")


class Alarm(QObject):
    """Watches the shown frame, and every frame that the reader measures."""

    changed = Signal()
    """Another rule, or other frames are above it."""
    raised = Signal(str)
    """The words, once when a frame is found above the level after none was."""

    def __init__(self, session: Session, measurements: Measurements) -> None:
        super().__init__(session)
        self._session = session
        self._measurements = measurements
        self._was_raised = False
        self.rule: AlarmRule | None = None
        self.n_above = 0
        self.first_above: int | None = None
        self.shown_is_above = False
        session.frame_changed.connect(self._check)
        session.request_changed.connect(self._forget)
        measurements.values_changed.connect(self._check)

    def set_rule(self, rule: AlarmRule | None) -> None:
        """Watch for this from now on, in the frames that came before as well; None: no alarm."""
        if rule == self.rule:
            return
        self.rule = rule
        self._was_raised = False
        self._measurements.want("alarm", rule is not None)
        self._check()
        self.changed.emit()

    @property
    def is_raised(self) -> bool:
        return self.shown_is_above or self.n_above > 0

    @property
    def words(self) -> str:
        """What is above the level, in words; nothing while all is well."""
        rule, shown = self.rule, self._session.shown
        if rule is None or not self.is_raised:
            return ""
        level = f"above {value_text(rule.above)}"
        if self.shown_is_above and shown is not None:
            alone = "" if shown.combined == 1 else f" in frame {count_text(shown.index)} alone"
            return f"ALARM: {rule.what} {value_text(self._value_shown() or 0.0)} {level}{alone}"
        first = "" if self.first_above is None else f", first in frame {count_text(self.first_above)}"
        frames = "frame has" if self.n_above == 1 else "frames have"
        return f"ALARM: {count_text(self.n_above)} {frames} the {rule.what} {level}{first}"

    def _value_shown(self) -> float | None:
        """Return what is watched, of the shown frame alone: a sum of ten frames is no hot frame."""
        frame, rule = self._session.shown, self.rule
        if frame is None or rule is None:
            return None
        if rule.column in WHAT_WORDS and frame.statistics is not None and frame.combined == 1:
            value: float | None = getattr(frame.statistics, rule.column)
            return value
        return self._measurements.of_shown(rule.column)

    def _check(self) -> None:
        before = (self.shown_is_above, self.n_above, self.first_above)
        rule, value = self.rule, self._value_shown()
        self.shown_is_above = rule is not None and value is not None and value > rule.above
        self.n_above, self.first_above = self._measurements.values.above(rule.column, rule.above) if rule is not None else (0, None)
        if before != (self.shown_is_above, self.n_above, self.first_above):
            self.changed.emit()
        if self.is_raised and not self._was_raised:
            self._was_raised = True
            self.raised.emit(self.words)

    def _forget(self) -> None:
        self._was_raised = False
        self._check()
