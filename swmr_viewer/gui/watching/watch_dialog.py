"""Choosing a folder to watch: an editor of a `WatchRule`."""

from __future__ import annotations

import os

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.opening import Preset
from swmr_viewer.watching import Newest, WatchRule

PATTERN_TIP = (
    "Patterns of file names, separated by semicolons; */*.nxs looks one folder deeper.\n"
    "What detectors write beside a scan's own file is passed over, unless the pattern fits it alone."
)
ORDERS: tuple[tuple[str, Newest], ...] = (("changed last", "time"), ("last by name", "name"))


class WatchDialog(QDialog):
    """Modeless; the folder need not exist yet."""

    accepted_rule = Signal(object, object)
    """The `WatchRule` to watch by, and the `FollowRequest` whose paths hold for each scan (None: what is found)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Watch a folder")
        self.setModal(False)
        self.resize(620, 10)
        self._chooser: QFileDialog | None = None
        self._presets: tuple[Preset, ...] = ()
        self._make_widgets()
        self.set_presets(())
        form = QFormLayout(self)
        form.setSpacing(10)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse_button)
        form.addRow("&Folder", row)
        form.addRow("F&iles", self.pattern)
        form.addRow("Newest is", self.newest)
        form.addRow("&Paths in it", self.preset)
        hint = PlainLabel("muted")
        hint.say("Each newer scan is shown as soon as it starts. Zoom, levels and regions stay.")
        form.addRow("", hint)
        form.addRow(self.buttons)
        form.labelForField(row).setBuddy(self.folder)  # type: ignore[attr-defined]
        self._show_button()

    def _make_widgets(self) -> None:
        self.folder = QLineEdit()
        self.folder.setPlaceholderText("/path/to/visit")
        self.folder.setToolTip("The folder that the scans are written to")
        self.folder.textChanged.connect(self._show_button)
        self.pattern = QLineEdit()
        self.pattern.setToolTip(PATTERN_TIP)
        self.newest = QComboBox()
        self.newest.setToolTip("Which of two files is the newer one; in names, numbers are compared as numbers")
        for text, value in ORDERS:
            self.newest.addItem(text, value)
        self.preset = QComboBox()
        self.preset.setToolTip("What is shown of each scan: what is found in it, or the paths of a preset (the open dialog saves them)")
        self.preset.activated.connect(self._take_files)
        self.browse_button = QPushButton("&Browse\u2026")
        self.browse_button.setToolTip("Choose the folder")
        self.browse_button.clicked.connect(self.browse)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.watch_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.watch_button.setText("Watch")
        self.watch_button.setProperty("kind", "primary")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def value(self) -> WatchRule:
        """Return the rule as the fields stand."""
        newest: Newest = self.newest.currentData()
        return WatchRule(os.path.expanduser(self.folder.text().strip()), self.pattern.text().strip() or WatchRule("").pattern, newest)

    def set_value(self, rule: WatchRule) -> None:
        """Show a rule."""
        self.folder.setText(rule.folder)
        self.pattern.setText(rule.pattern)
        self.newest.setCurrentIndex(self.newest.findData(rule.newest))

    def set_presets(self, presets: tuple[Preset, ...]) -> None:
        """Offer these presets; the one that is chosen stays chosen."""
        chosen, self._presets = self.preset.currentText(), presets
        self.preset.clear()
        self.preset.addItems(["what is found", *(preset.name for preset in presets)])
        self.preset.setCurrentIndex(max(0, self.preset.findText(chosen)))

    def _preset(self) -> Preset | None:
        row = self.preset.currentIndex()
        return self._presets[row - 1] if row > 0 else None

    def _take_files(self) -> None:
        preset = self._preset()
        if preset is not None and preset.files:
            self.pattern.setText(preset.files)

    def browse(self) -> None:
        """Let the user choose a folder; the window behind stays usable."""
        if self._chooser is None:
            self._chooser = QFileDialog(self, "Choose a folder to watch")
            self._chooser.setFileMode(QFileDialog.FileMode.Directory)
            self._chooser.setOption(QFileDialog.Option.ShowDirsOnly)
            self._chooser.fileSelected.connect(self.folder.setText)
        self._chooser.open()

    def accept(self) -> None:
        if self.folder.text().strip():
            super().accept()
            preset = self._preset()
            self.accepted_rule.emit(self.value(), preset.request() if preset is not None else None)

    def _show_button(self) -> None:
        self.watch_button.setEnabled(bool(self.folder.text().strip()))
