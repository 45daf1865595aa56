"""The row at the map's caption that chooses the page of a scan with three or more axes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QSpinBox, QStackedWidget, QToolButton, QWidget

from swmr_viewer.gui.look.folding_row import FoldingRow
from swmr_viewer.gui.look.labels import ElidedLabel, tip
from swmr_viewer.gui.scan_map.map_actions import MapActions
from swmr_viewer.gui.scan_map.map_layout import page_axes
from swmr_viewer.gui.scan_map.map_pages import MapPages
from swmr_viewer.gui.scan_map.map_text import page_axis_names, pages_text, place_text
from swmr_viewer.gui.scan_map.progress_map import scan_axes
from swmr_viewer.gui.session import Session

SPIN_FRAME = 26
"""Pixels of a spin box around its digits."""
LEAST_NAME = 44
"""A longer name of an axis may be cut (px); its tooltip has all of it."""
AXES_PER_LINE = 2


class PageRow(FoldingRow):
    """All pages or one; beside it, or below, along what there are pages, or where the page is along each leading axis."""

    def __init__(self, session: Session, pages: MapPages, actions: MapActions, parent: QWidget | None = None) -> None:
        self.all_pages, self.one_page = _button(actions.all_pages, "first"), _button(actions.one_page, "last")
        self.back, self.on = _button(actions.back, "first"), _button(actions.on, "last")
        self.follow = _button(actions.follow, "")
        self.words = ElidedLabel("muted")
        self._axes = QWidget()
        for part in (self.follow, self._axes):
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
        self._grid = QGridLayout(self._axes)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._places = QStackedWidget()  # as large for either choice: the map stays where it is
        self._places.addWidget(self.words)
        self._turning = _line(None, self._axes, 6, self.back, self.on)
        self._places.addWidget(self._turning)
        super().__init__(_line(self.all_pages, self.one_page, 6, self.follow, None), self._places, stretched=self._places, parent=parent)
        self._session = session
        self._pages = pages
        self._named: list[str] = []
        self.spins: list[QSpinBox] = []
        for signal in (pages.changed, session.opened):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        lengths, shows_one = self._pages.lengths, self._pages.shows_one
        shape, axes = self._session.scan.scan_shape, scan_axes(self._session)
        named = page_axis_names(shape, [axis.name for axis in axes]) if lengths else []
        if named != self._named:
            self._rebuild(named)
        self.setVisible(bool(lengths))
        self.follow.setVisible(shows_one)
        self._places.setCurrentIndex(1 if shows_one else 0)
        self.words.say(pages_text(named))
        for spin, axis, length, at in zip(self.spins, page_axes(shape), lengths, self._pages.position, strict=False):
            spin.blockSignals(True)
            spin.setMaximum(length - 1)
            spin.setFixedWidth(SPIN_FRAME + spin.fontMetrics().horizontalAdvance("0" * max(2, len(str(length - 1)))))
            if not spin.hasFocus() or spin.cleanText() == str(spin.value()):  # otherwise somebody is typing
                spin.setValue(at)
            spin.setToolTip(tip(place_text(axis, at, length, axes)))
            spin.blockSignals(False)
        self._measure()

    def _measure(self) -> None:
        """Know how large everything is, seen or not: the row folds, or does not, for either choice."""
        for part in (self.back, self.on, self.follow, *self.spins):
            part.ensurePolished()
        for place in (self._axes, self._turning, self._places):
            layout = place.layout()
            assert layout is not None
            layout.invalidate()  # Qt does not for what is hidden
            place.updateGeometry()

    def _rebuild(self, names: list[str]) -> None:
        self._named = names
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        self.spins = [self._spin(name) for name in names]
        for number, (name, spin) in enumerate(zip(names, self.spins, strict=True)):
            line, column = divmod(number, AXES_PER_LINE)
            label = ElidedLabel("muted", Qt.TextElideMode.ElideRight)
            label.say(name)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            label.ensurePolished()
            label.setMinimumWidth(min(LEAST_NAME, label.fontMetrics().horizontalAdvance(label.text()) + 2))
            self._grid.addWidget(label, line, 2 * column)
            self._grid.addWidget(spin, line, 2 * column + 1)

    def _spin(self, name: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setAccessibleName(f"Page along {name}")
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(self._hold)
        spin.lineEdit().returnPressed.connect(self._hold)  # also the page that is shown already
        spin.lineEdit().returnPressed.connect(spin.clearFocus)  # the window's keys work again
        return spin

    def _hold(self) -> None:
        self._pages.hold(tuple(spin.value() for spin in self.spins))


def _line(*parts: QWidget | int | None) -> QWidget:
    """Return parts side by side, with so many pixels between two; None is the room that is left."""
    widget = QWidget()
    line = QHBoxLayout(widget)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(0)
    for part in parts:
        if part is None:
            line.addStretch(1)
        elif isinstance(part, int):
            line.addSpacing(part)
        else:
            line.addWidget(part)
    return widget


def _button(action: QAction, place: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("segment" if place else "slim", place or "true")
    button.setDefaultAction(action)
    button.setAccessibleName(action.text().replace("&", ""))
    return button
