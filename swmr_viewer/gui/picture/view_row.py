"""What of a frame is shown where it has more than a picture shows: a place on each further axis, a part of complex or coloured pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QSpinBox, QWidget

from swmr_viewer.analysis import FrameView, Part
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.session import Session

WIDEST_SLIDER = 180
_MEAN_TIP = "Which part of each pixel is drawn and measured; of colours, their mean is measured"


class _FurtherAxis(QWidget):
    """One further axis: its name, a slider and a number."""

    def __init__(self, name: str, length: int, chosen: Callable[[int], None]) -> None:
        super().__init__()
        self.name = PlainLabel("muted")
        self.name.say(name)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMaximum(length - 1)
        self.slider.setMaximumWidth(WIDEST_SLIDER)
        self.number = QSpinBox()
        self.number.setMaximum(length - 1)
        self.number.setSuffix(f" of {length}")
        for control in (self.slider, self.number):
            control.setAccessibleName(f"Place on {name}")
            control.setToolTip(f"Which place on the frames' axis {name} is shown (Ctrl+Shift+Up, Ctrl+Shift+Down)")
            control.valueChanged.connect(chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (self.name, self.slider, self.number):
            row.addWidget(part)

    def show_place(self, place: int) -> None:
        for control in (self.slider, self.number):
            control.blockSignals(True)
            control.setValue(place)
            control.blockSignals(False)


class ViewRow(QWidget):
    """Seen only with frames that have a choice; what is chosen is kept as the rest of the display is."""

    def __init__(self, session: Session, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._display = display
        self._made_for: tuple[object, ...] = ()
        self._last_single: tuple[str, FrameView | None] = ("", None)
        self.places: list[_FurtherAxis] = []
        self.part = QComboBox()
        self.part.setAccessibleName("Part of each pixel")
        self.part.setToolTip(f"{_MEAN_TIP} (Ctrl+Shift+V)")
        self.part.activated.connect(lambda number: self._choose_part(self.part.itemData(number)))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 0, 4, 0)
        self._row.setSpacing(16)
        self._row.addWidget(self.part)
        self._row.addStretch()
        self._make_actions()
        session.frame_changed.connect(self._show)
        session.request_changed.connect(self._show)
        self._show()

    def _make_actions(self) -> None:
        described = (
            ("&Next place", "Ctrl+Shift+Up", "Show the next place on the frames' further axis", lambda: self._step(+1)),
            ("Pre&vious place", "Ctrl+Shift+Down", "Show the place before on the frames' further axis", lambda: self._step(-1)),
            ("Next &part", "Ctrl+Shift+V", "Magnitude, phase, real, imaginary; colour, red, green, blue", self._next_part),
        )
        self.next_place, self.previous_place, self.next_part = (make_action(self, *action) for action in described)
        self.menu_ = make_menu("Parts of a &frame", self, (self.next_place, self.previous_place, self.next_part))

    @property
    def _view(self) -> FrameView | None:
        """That of the shown frame; several shown as one were made of a choice, and offer the one that single frames have."""
        shown = self._session.scan.shown
        if shown is None:
            return None
        if shown.combined == 1:
            self._last_single = shown.data_path, shown.view
        return self._last_single[1] if self._last_single[0] == shown.data_path else shown.view

    # ---- showing

    def _show(self) -> None:
        view = self._view
        if view is None:
            if self._session.scan.shown is None and self._session.scan.request is None:
                self.setVisible(False)
            return
        self._make_for(view)
        for widget, place in zip(self.places, view.places, strict=True):
            widget.show_place(place)
        self.part.setCurrentIndex(view.parts.index(view.part))
        has_parts = len(view.parts) > 1
        self.part.setVisible(has_parts)
        for action, can in ((self.next_place, view.further), (self.previous_place, view.further), (self.next_part, has_parts)):
            action.setEnabled(bool(can))
        self.setVisible(bool(view.further) or has_parts)

    def _make_for(self, view: FrameView) -> None:
        names = self._axis_names(view)
        made_for = (names, tuple(view.shape[axis] for axis in view.further), view.parts)
        if made_for == self._made_for:
            return
        self._made_for = made_for
        for widget in self.places:
            self._row.removeWidget(widget)
            widget.deleteLater()
        self.places = [
            _FurtherAxis(name, view.shape[axis], partial(self._choose_place, number))
            for number, (name, axis) in enumerate(zip(names, view.further, strict=True))
        ]
        for number, widget in enumerate(self.places):
            self._row.insertWidget(number, widget)
        self.part.clear()
        for part in view.parts:
            self.part.addItem(part.capitalize(), part)

    def _axis_names(self, view: FrameView) -> tuple[str, ...]:
        from_file = self._session.scan.data.facts.axis_names if self._session.scan.data is not None else ()
        names = from_file if len(from_file) == len(view.shape) else ("",) * len(view.shape)
        return tuple(names[axis] or f"axis {axis + 1} of the frame" for axis in view.further)

    # ---- choosing

    def _choose_place(self, axis: int, place: int) -> None:
        view = self._view
        if view is None or not 0 <= place < view.shape[view.further[axis]]:
            return
        chosen = self._display.settings.view
        before = (*chosen.places, *view.places[len(chosen.places) :])
        self.places[axis].show_place(place)
        self._display.change(view=replace(chosen, places=(*before[:axis], place, *before[axis + 1 :])))

    def _choose_part(self, part: Part) -> None:
        self._display.change(view=replace(self._display.settings.view, part=str(part)))

    def _step(self, by: int) -> None:
        if self.places:
            self._choose_place(len(self.places) - 1, self.places[-1].number.value() + by)

    def _next_part(self) -> None:
        view = self._view
        if view is not None:
            self._choose_part(view.parts[(view.parts.index(view.part) + 1) % len(view.parts)])
