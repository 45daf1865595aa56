"""Where snapshots go, what they are called, what is written; and bursts. An editor of ``SnapshotSettings``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget

from swmr_viewer.core.errors import ExportError
from swmr_viewer.export import FIELDS, FORMATS, stem_of
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel
from swmr_viewer.gui.snapshots.burst import Burst
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from swmr_viewer.gui.snapshots.snapshots import Snapshots

FORMAT_WORDS = {
    "png": ("PNG", "The picture as it is seen"),
    "tiff": ("TIFF", "Images with their exact values"),
    "npy": ("NPY", "The exact values, for numpy"),
    "h5": ("HDF5", "The exact values with their axes as NeXus (NXdata), for other programs"),
    "csv": ("CSV", "Spectra and single values as a table"),
    "json": ("JSON", "Where the frame comes from; always written"),
}
MOST = 1_000_000


class SnapshotPanel(QDialog):
    """Not modal; what is changed holds at once, and is remembered."""

    def __init__(self, snapshots: Snapshots, burst: Burst, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshots = snapshots
        self._burst = burst
        self.setWindowTitle("Snapshots")
        self.setModal(False)
        self.setMinimumWidth(620)
        self._build()
        self._connect()
        self.set_value(snapshots.settings)
        self._show_burst()

    # ---- the value

    def value(self) -> SnapshotSettings:
        """Return what is set."""
        folder = self.folder.text().strip()
        formats = tuple(name for name in FORMATS if self.formats[name].isChecked())
        return SnapshotSettings(
            Path(folder).expanduser() if folder else None,
            self.pattern.text(),
            formats,
            self.title.isChecked(),
            self.scale.isChecked(),
        )

    def set_value(self, value: SnapshotSettings) -> None:
        """Show these settings."""
        if value != self.value():
            self.folder.setText(str(value.folder or ""))
            self.pattern.setText(value.pattern)
            self.title.setChecked(value.has_title)
            self.scale.setChecked(value.has_scale)
            for name, box in self.formats.items():
                box.setChecked(name in value.formats or name == "json")
        self._show_example()

    # ---- building

    def _build(self) -> None:
        self.folder = QLineEdit(placeholderText="asked at the first snapshot")
        self.folder.setToolTip("Where snapshots are written")
        self.choose = QPushButton("&Choose\u2026")
        self.pattern = QLineEdit()
        self.pattern.setToolTip("\n".join(f"{{{name}}}  {words}" for name, words in FIELDS.items()))
        self.example = ElidedLabel("muted")
        self.formats = {name: _check(*FORMAT_WORDS[name]) for name in FORMATS}
        self.formats["json"].setChecked(True)
        self.formats["json"].setEnabled(False)
        self.title = _check("&Title", "A line above the picture: file, data set, frame, position")
        self.scale = _check("&Scale", "A bar below images: so many pixels, or millimetres where the file knows")
        fields = PlainLabel("muted")
        fields.say("Fields: " + "  ".join("{" + name + "}" for name in FIELDS))
        form = QFormLayout()
        form.setVerticalSpacing(8)
        folder_label = QLabel("&Folder")
        folder_label.setBuddy(self.folder)
        form.addRow(folder_label, _row(self.folder, self.choose, stretched=self.folder))
        form.addRow("&Name", self.pattern)
        form.addRow("", fields)
        form.addRow("", self.example)
        form.addRow("Write", _row(*self.formats.values()))
        form.addRow("Picture", _row(self.title, self.scale))
        form.addRow("Burst", self._burst_row())
        self.progress = ElidedLabel("muted")
        form.addRow("", self.progress)
        self.take = QPushButton("Take a &snapshot")
        self.close_button = QPushButton("Close")
        self.close_button.setToolTip("Settings hold as they are; a burst goes on")
        self.choose.setToolTip("Choose the folder")
        self.take.setToolTip("Write the shown frame now (Ctrl+S)")
        self.close_button.setDefault(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 14)
        box.setSpacing(14)
        box.addLayout(form)
        box.addLayout(_row(self.take, self.close_button, left=False))

    def _burst_row(self) -> QHBoxLayout:
        self.step = QSpinBox(minimum=1, maximum=MOST, value=1)
        self.step.setPrefix("one frame in ")
        self.step.setSpecialValueText("every frame")
        self.step.setToolTip("1: every frame from now on; 10: each tenth")
        self.count = QSpinBox(minimum=0, maximum=MOST, value=100)
        self.count.setToolTip("After how many the burst ends")
        self.count.setSuffix(" snapshots")
        self.count.setSpecialValueText("until stopped")
        self.burst_button = QPushButton("Start &burst")
        self.burst_button.setToolTip("Take a snapshot of each such frame as it comes; none is skipped, even if the disk is slow")
        for part in (self.step, self.count):
            part.setMinimumWidth(150)
        return _row(self.step, self.count, self.burst_button)

    def _connect(self) -> None:
        for text in (self.folder, self.pattern):
            text.textChanged.connect(self._on_edited)
        for box in (*self.formats.values(), self.title, self.scale):
            box.toggled.connect(self._on_edited)
        self.choose.clicked.connect(self._snapshots.choose_folder)
        self.take.clicked.connect(self._snapshots.take)
        self.close_button.clicked.connect(self.close)
        self.burst_button.clicked.connect(self._on_burst)
        self._burst.changed.connect(self._show_burst)
        self._snapshots.settings_changed.connect(lambda: self.set_value(self._snapshots.settings))

    # ---- what happens

    def _on_edited(self) -> None:
        if self._show_example():
            self._snapshots.set_settings(self.value())

    def _show_example(self) -> bool:
        """Show what the name would be now; return whether there is one."""
        snapshot = self._snapshots.example()
        try:
            words, role, fits = f"{stem_of(snapshot, self.pattern.text())}.png", "muted", True
        except ExportError as error:
            words, role, fits = str(error), "bad", False
        self.example.say(words)
        if self.example.property("role") != role:
            self.example.setProperty("role", role)
            self.example.style().polish(self.example)
        return fits

    def _on_burst(self) -> None:
        if self._burst.is_running:
            self._burst.stop()
        else:
            self._burst.start(self.step.value(), self.count.value() or None)

    def _show_burst(self) -> None:
        running = self._burst.is_running
        self.burst_button.setText("Stop &burst" if running else "Start &burst")
        self.progress.say(self._burst.words() if running or self._burst.n_taken else "")
        for part in (self.step, self.count):
            part.setEnabled(not running)


def _check(words: str, tip: str) -> QCheckBox:
    box = QCheckBox(words)
    box.setToolTip(tip)
    return box


def _row(*parts: QWidget, stretched: QWidget | None = None, left: bool = True) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(10)
    if not left:
        row.addStretch(1)
    for part in parts:
        row.addWidget(part, 1 if part is stretched else 0)
    if left and stretched is None:
        row.addStretch(1)
    return row
