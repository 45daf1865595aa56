"""The alarm: which single frames have a value above a level, the pop-up that edits it, and the red border that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QGridLayout, QLabel, QWidget

from swmr_viewer.core.number_text import count_text, value_text
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.measuring.measurements import Measurements
from swmr_viewer.gui.session import Session

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
        rule, shown = self.rule, self._session.scan.shown
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
        frame, rule = self._session.scan.shown, self.rule
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


MOST = 1e15


class AlarmEditor(Popup):
    """Check box, what is watched, and the level."""

    rule_edited = Signal(object)
    """``AlarmRule`` or None."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.on = QCheckBox("Alarm: red border when the")
        self.on.setToolTip("Of each frame alone, also where several are shown as one")
        self.what = QComboBox()
        self.what.setAccessibleName("What is watched")
        self.above = QDoubleSpinBox()
        self.above.setAccessibleName("Alarm level")
        self.above.setRange(-MOST, MOST)
        self.above.setDecimals(3)
        self.above.setKeyboardTracking(False)
        self.above.setMinimumWidth(150)
        self.offer(())
        grid = QGridLayout()
        self.box.addLayout(grid)
        grid.addWidget(self.on, 0, 0, 1, 2)
        grid.addWidget(self.what, 1, 0)
        grid.addWidget(QLabel("is above"), 1, 1)
        grid.addWidget(self.above, 2, 0, 1, 2)
        self.on.toggled.connect(self._emit_rule)
        self.what.currentIndexChanged.connect(self._emit_rule)
        self.above.valueChanged.connect(self._emit_rule)

    def offer(self, regions: tuple[str, ...]) -> None:
        """Offer what can be watched: the frame's numbers, and those of these regions."""
        chosen = self.what.currentData()
        self.what.blockSignals(True)
        self.what.clear()
        for key, words in WHAT_WORDS.items():
            self.what.addItem(words, key)
        for name in regions:
            for key, words in (("sum", "sum"), ("mean", "mean"), ("maximum", "maximum")):
                self.what.addItem(f"{words} of region {name}", f"{name}.{key}")
        self.what.setCurrentIndex(max(0, self.what.findData(chosen)))
        self.what.blockSignals(False)

    def value(self) -> AlarmRule | None:
        return AlarmRule(str(self.what.currentData()), self.above.value()) if self.on.isChecked() else None

    def set_value(self, rule: AlarmRule | None) -> None:
        """Show a rule without telling anybody."""
        for part in (self.on, self.what, self.above):
            part.blockSignals(True)
        self.on.setChecked(rule is not None)
        if rule is not None:
            self.what.setCurrentIndex(max(0, self.what.findData(rule.column)))
            self.above.setValue(rule.above)
        for part in (self.on, self.what, self.above):
            part.blockSignals(False)

    def _emit_rule(self) -> None:
        self.rule_edited.emit(self.value())


WIDTH_PX = 4
PADDING_PX = 8


class AlarmFrame(Painted, QWidget):
    """Lies over the frame's panel and lets every click through.

    Parameters
    ----------
    alarm : Alarm
        What is shown.
    panel : QWidget
        Round which the border goes.
    below : QWidget
        A part of the panel under whose lower edge the words stand.
    """

    def __init__(self, alarm: Alarm, panel: QWidget, below: QWidget) -> None:
        super().__init__(panel)
        self._alarm = alarm
        self._below = below
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVisible(False)
        panel.installEventFilter(self)
        alarm.changed.connect(self._show)
        theme_of_application().changed.connect(self.update)

    @property
    def words(self) -> str:
        """What stands in the border; empty while all is well."""
        return self._alarm.words

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def _show(self) -> None:
        self._cover()
        self.setVisible(bool(self.words))
        self.setAccessibleName(self.words)
        self.raise_()
        self.update()

    def _cover(self) -> None:
        panel = self.parentWidget()
        if panel is not None:
            self.setGeometry(panel.rect())

    def paint_on(self, painter: QPainter) -> None:
        red = QColor(tokens().bad)
        painter.setPen(QPen(red, WIDTH_PX))
        half = WIDTH_PX // 2
        painter.drawRoundedRect(self.rect().adjusted(half, half, -half, -half), 6, 6)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        words = painter.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, self.width() - 4 * PADDING_PX)
        size = painter.fontMetrics().boundingRect(words).size()
        banner = QRect(0, 0, size.width() + 3 * PADDING_PX, size.height() + PADDING_PX)
        banner.moveCenter(self.rect().center())
        banner.moveTop(self._below.geometry().bottom() + PADDING_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(red)
        painter.drawRoundedRect(banner, 4, 4)
        painter.setPen(QColor("#1a0504") if tokens().is_dark else QColor("#ffffff"))
        painter.drawText(banner, int(Qt.AlignmentFlag.AlignCenter), words)
