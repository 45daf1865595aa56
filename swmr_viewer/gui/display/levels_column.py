"""What stands beside the picture: histogram, colour bar, the two levels to be typed, where they come from, and the mask in use."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from swmr_viewer.gui.display.color_bar import BAR_WIDTH, TEXT_LEFT, TEXT_WIDTH, TOP, ColorBar, bar_ends
from swmr_viewer.gui.display.display_settings import DisplaySettings
from swmr_viewer.gui.display.histogram import Histogram
from swmr_viewer.gui.display.level_field import HEIGHT, LevelField
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.display.levels_scale import moved_high, moved_low
from swmr_viewer.gui.display.levels_text import AS_STORED, mask_words, mode_text, short_mode_text
from swmr_viewer.gui.look.labels import PlainLabel, tip

LEFT = TEXT_LEFT - 3
MODE_TIP = "Click: percentiles, extremes, fixed or held; which pixels are left out (Shift+A)"
LEAST_HEIGHT = 4 * HEIGHT + TOP


class LevelsColumn(QWidget):
    """As high as the picture; nothing in it moves when a frame comes, for the levels have their places on the bar.

    Parameters
    ----------
    model : LevelsModel
        What it shows, and what a hand on the handles moves.
    """

    levels_typed = Signal(float, float)
    auto_wanted = Signal()
    editor_wanted = Signal()
    """Everything about the levels is to be offered."""

    def __init__(self, model: LevelsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.histogram, self.color_bar = Histogram(model, self), ColorBar(model, self)
        self.low, self.high = LevelField("Low level", self), LevelField("High level", self)
        self.mode = QToolButton(self)
        self.mode.setProperty("level", "true")
        self.mode.setAccessibleName("Where the levels come from")
        self.mask_mark = PlainLabel("small", parent=self)
        self.mask_mark.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self._told: tuple[object, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(self.histogram)
        row.addWidget(self.color_bar)
        self._connect()
        self._show()

    def _connect(self) -> None:
        self._model.settled.connect(self._show)
        self.low.typed.connect(lambda low: self.levels_typed.emit(*moved_low(self._model.levels, low)))
        self.high.typed.connect(lambda high: self.levels_typed.emit(*moved_high(self._model.levels, high)))
        self.mode.clicked.connect(self.editor_wanted)
        for strip in (self.histogram, self.color_bar):
            strip.auto_wanted.connect(self.auto_wanted)

    def tell(self, settings: DisplaySettings, *, is_as_stored: bool, lacks_mask: bool) -> None:
        """Say where the levels come from, and which mask is in use, or why none is; once, not for every frame."""
        told = settings.mode, settings.percentiles, is_as_stored, settings.mask.mask_key, lacks_mask
        if told == self._told:
            return
        self._told = told
        self.mode.setText(short_mode_text(settings, is_as_stored=is_as_stored))
        self.mode.setToolTip(f"Levels: {AS_STORED if is_as_stored else mode_text(settings)}\n{MODE_TIP}")
        words, full = mask_words(settings.mask, is_lacking=lacks_mask)
        self.mask_mark.say(words, "small-warn" if lacks_mask else "small")
        self.mask_mark.setToolTip(tip(full))

    def edit(self) -> None:
        """Let the low level be typed, then, after Tab, the high one."""
        self.low.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), LEAST_HEIGHT)

    # ---- places

    def _show(self) -> None:
        low, high = self._model.levels
        self.low.show_level(low)
        self.high.show_level(high)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Put each level where it stands on the bar; above the high one where the levels come from, the mask below the low one."""
        top, bottom = bar_ends(self)
        axis = self._model.axis(top, bottom)
        low, high = (round(axis.y_of(level)) - HEIGHT // 2 for level in self._model.levels)
        high = min(max(high, TOP + HEIGHT + 1), round(bottom) - 3 * HEIGHT)
        low = max(min(low, round(bottom) - 2 * HEIGHT), high + HEIGHT)
        left = self.width() - BAR_WIDTH - TEXT_WIDTH + LEFT
        places = ((self.mode, TOP), (self.high, high), (self.low, low), (self.mask_mark, round(bottom) - HEIGHT))
        for part, y in places:
            part.setGeometry(left, y, BAR_WIDTH + TEXT_WIDTH - LEFT, HEIGHT)
        self.color_bar.taken = tuple((y, y + HEIGHT) for _, y in places)
