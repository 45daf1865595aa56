"""The line of the open dialog for presets: choose one, save the paths under a name, pass presets on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from swmr_viewer.gui.look.file_work import FileWork
from swmr_viewer.gui.look.settings import presets_file
from swmr_viewer.gui.opening.request_fields import SPACING
from swmr_viewer.opening import Preset, PresetError, load_presets, preset_of, save_presets, with_presets, without_schedulers
from swmr_viewer.reader.messages import FollowRequest

JSON_FILTER = "Presets (*.json)"


class PresetRow(QWidget):
    """Shows the user's presets; messages are emitted by ``reported``.

    Parameters
    ----------
    request : callable
        Returns the request whose paths are saved.
    reduction : callable
        Returns the reduction that is saved with them, as `preset_of` takes it.
    """

    preset_chosen = Signal(object)
    reported = Signal(str, bool)
    """A sentence, and whether something went wrong."""

    def __init__(self, request: Callable[[], FollowRequest], reduction: Callable[[], Mapping[str, Any]] = dict) -> None:
        super().__init__()
        self._request, self._reduction = request, reduction
        self._presets: tuple[Preset, ...] = ()
        self.work, self._turn = FileWork(self), Lock()
        self._chooser: QFileDialog | None = None
        self.names = QComboBox(editable=True)
        self.names.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.names.setToolTip("A preset's name: choose one to use its paths, or write a new one to save yours")
        if (edit := self.names.lineEdit()) is not None:
            edit.setPlaceholderText("none")
        self.save_button = QPushButton("&Save")
        self.save_button.setToolTip("Save the paths below, and the chosen reduction, under this name; * in a path stands for any name")
        self.more = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setText("\u22ef")
        self.more.setToolTip("Delete, import, export")
        self.more.setAccessibleName("More about presets")
        menu = QMenu(self.more)
        self.delete_action = menu.addAction("&Delete this preset")
        self.import_action = menu.addAction("&Import\u2026")
        self.export_action = menu.addAction("&Export all\u2026")
        self.more.setMenu(menu)
        label = QLabel("&Preset")
        label.setBuddy(self.names)
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Finished flag  "))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for part in (label, self.names, self.save_button, self.more):
            row.addWidget(part, 1 if part is self.names else 0)
        self.names.activated.connect(self._choose)
        self.names.editTextChanged.connect(self._enable)
        self.save_button.clicked.connect(self.save)
        self.delete_action.triggered.connect(self.delete)
        mode = QFileDialog.AcceptMode
        self.import_action.triggered.connect(lambda: self._browse("Import presets", mode.AcceptOpen, self.import_from))
        self.export_action.triggered.connect(lambda: self._browse("Export presets", mode.AcceptSave, self.export_to))
        self._enable()

    def reload(self) -> None:
        """Show the presets as they are on disk now, once they are read; what is typed meanwhile stays."""
        self._show(self._presets)
        self._do(partial(load_presets, presets_file()), lambda found: self._show(found, self.names.currentText()))

    def save(self) -> None:
        """Save the paths under the name that is written."""
        preset = preset_of(self.names.currentText(), self._request(), self._reduction())
        with_what = f", with the reduction {preset.reduction}" if preset.reduction else ""
        self._change(lambda before: with_presets(before, [preset]), f"Saved as \u201c{preset.name}\u201d{with_what}.", preset.name)

    def delete(self) -> None:
        """Delete the preset that is named."""
        name = self.names.currentText()
        self._change(lambda before: tuple(one for one in before if one.name != name), f"\u201c{name}\u201d is deleted.", "")

    def import_from(self, file: str) -> None:
        """Add the presets of a file; those of the same names are replaced."""
        self._do(partial(load_presets, Path(file)), self._add)

    def _add(self, found: tuple[Preset, ...]) -> None:
        new = without_schedulers(found)
        left_out = " The schedulers that they name are left out: choose yours once." if new != found else ""
        self._change(lambda before: with_presets(before, new), f"{_presets(len(new))} imported.{left_out}", self.names.currentText())

    def export_to(self, file: str) -> None:
        """Write all presets to a file."""
        text = f"{_presets(len(self._presets))} written to {file}."
        self._do(partial(save_presets, self._presets, Path(file)), lambda _: self.reported.emit(text, False))

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._presets):
            self.preset_chosen.emit(self._presets[row])

    def _change(self, change: Callable[[tuple[Preset, ...]], tuple[Preset, ...]], text: str, name: str) -> None:
        """Have the presets changed as they are on disk by then: another window may have saved some."""

        def then(presets: tuple[Preset, ...]) -> None:
            self._show(presets, name)
            self.reported.emit(text, False)

        self._do(partial(_changed, presets_file(), change), then)

    def _do(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Have something done with files, one after the other, in a thread: home may be on storage that does not answer."""

        def in_turn() -> Any:
            with self._turn:
                return work()

        def told(result: Any) -> None:
            if isinstance(result, PresetError):
                self.reported.emit(str(result), True)
            elif isinstance(result, Exception):
                raise result
            else:
                then(result)

        self.work.do(in_turn, told)

    def _show(self, presets: tuple[Preset, ...], name: str = "") -> None:
        self._presets = presets
        self.names.clear()
        self.names.addItems([preset.name for preset in presets])
        self.names.setCurrentIndex(self.names.findText(name) if name else -1)
        self.names.setEditText(name)
        self._enable()

    def _enable(self) -> None:
        name = self.names.currentText().strip()
        self.save_button.setEnabled(bool(name))
        self.delete_action.setEnabled(any(preset.name == name for preset in self._presets))
        self.export_action.setEnabled(bool(self._presets))

    def _browse(self, title: str, mode: QFileDialog.AcceptMode, then: Callable[[str], None]) -> None:
        chooser = self._chooser = QFileDialog(self, title, "", JSON_FILTER)
        chooser.setAcceptMode(mode)
        chooser.setDefaultSuffix("json")
        chooser.fileSelected.connect(then)
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()


def _presets(n: int) -> str:
    return f"{n} {'preset' if n == 1 else 'presets'}"


def _changed(file: Path, change: Callable[[tuple[Preset, ...]], tuple[Preset, ...]]) -> tuple[Preset, ...]:
    presets = change(load_presets(file))
    save_presets(presets, file)
    return presets
