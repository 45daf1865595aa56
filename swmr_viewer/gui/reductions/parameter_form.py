"""The form of a reduction's parameters: made of what the reduction says of them, a row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from swmr_viewer.analysis import Region
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import PlainLabel, tip
from swmr_viewer.gui.reductions.parameter_field import AskForFile, ParameterField, caption_of
from swmr_viewer.reductions import ParameterInfo


class ParameterForm(QWidget):
    """Shows parameters and tells what is edited; it holds no truth of its own.

    Parameters
    ----------
    ask_for_file, regions : callable
        As for `ParameterField`.
    """

    edited = Signal(str, str)
    """Name of the parameter, and what was typed."""
    fault_changed = Signal()
    """``fault`` is another."""

    def __init__(self, ask_for_file: AskForFile, regions: Callable[[], Sequence[Region]]) -> None:
        super().__init__()
        self._ask_for_file, self._regions = ask_for_file, regions
        self._infos: tuple[ParameterInfo, ...] = ()
        self.fields: dict[str, ParameterField] = {}
        self._labels: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    @property
    def fault(self) -> str:
        """What is wrong in the first field where something is, as a sentence; "" where all can be used."""
        found = (f"{caption_of(field.info)}: {field.fault}" for field in self.fields.values() if field.fault)
        return next(found, "")

    def show_parameters(self, infos: tuple[ParameterInfo, ...], texts: Mapping[str, str]) -> None:
        """Show these parameters, with what is typed for them; the others have their defaults."""
        if infos != self._infos:
            self._rebuild(infos)
        for name, field in self.fields.items():
            field.set_text(texts.get(name, ""))

    def _rebuild(self, infos: tuple[ParameterInfo, ...]) -> None:
        remarks = (field.remark for field in self.fields.values())
        for part in (*self._labels, *remarks, *self.fields.values()):
            self._grid.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._infos, self.fields, self._labels = infos, {}, []
        for row, info in enumerate(infos):
            label = PlainLabel()
            label.say(plain(caption_of(info)))
            label.setToolTip(tip(info.words))
            field = self.fields[info.name] = ParameterField(info, self._ask_for_file, self._regions)
            field.edited.connect(lambda text, name=info.name: self.edited.emit(name, text))
            field.fault_changed.connect(self.fault_changed)
            label.setBuddy(field.editor)
            self._labels.append(label)
            self._grid.addWidget(label, 2 * row, 0)
            self._grid.addWidget(field, 2 * row, 1)
            self._grid.addWidget(field.remark, 2 * row + 1, 1)
        self.fault_changed.emit()
