"""The pop-up of dark and flat frames: from a file, from this frame, from frames of this scan, or off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QSpinBox, QWidget

from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.labels import ElidedLabel, PlainLabel, tip
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.messages import Correction, FrameSource, correction_origin, source_text

MOST_INDEX = 2**31 - 1
FILES = "Frames (*.h5 *.hdf5 *.nxs *.nx5 *.hdf *.cxi *.npy *.tif *.tiff *.edf *.cbf);;All files (*)"


class CorrectionChoice(QObject):
    """What can be intended about dark and flat frames."""

    def __init__(self, session: Session, display: Display, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._display = display
        self._window = window
        self.dialog: QFileDialog | None = None

    def source(self, name: str) -> FrameSource | None:
        return self._display.settings.correction.sources.get(name)

    def take(self, name: str, source: FrameSource | None) -> None:
        """Use these frames as the dark or the flat one, or none."""
        dark_and_flat: Correction = replace(self._display.settings.correction, **{name: source})
        self._display.change(correction=dark_and_flat)

    def take_shown(self, name: str) -> None:
        """Use the shown frame, or those of which the picture is made; the file's numbers, whatever is made of them now."""
        shown = self._session.scan.shown
        if shown is None:
            self._session.note("No frame is shown yet")
            return
        run = (shown.index, shown.index) if shown.combined == 1 else shown.run
        if run is None:
            self._session.note("These frames do not follow one another: name the first and the last one")
            return
        self.take_frames(name, *run)

    def take_frames(self, name: str, first: int, last: int | None) -> None:
        """Use frames of the scan that is shown; in the next scans it goes on to be that file's."""
        scan = self._session.scan
        if scan.request is not None and scan.data_path:
            self.take(name, FrameSource(scan.request.path, scan.data_path, first, last))

    def choose_file(self, name: str, first: int = 0, last: int | None = None) -> None:
        """Ask for a file; the window stays usable."""
        before = self.source(name)
        request = self._session.scan.request
        folder = Path(before.path if before is not None else request.path if request is not None else Path.home()).parent
        dialog = QFileDialog(self._window, f"File of {name} frames", str(folder), FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setModal(False)
        dialog.fileSelected.connect(lambda path: self.take(name, FrameSource(str(Path(path)), "", first, last)))
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.show()


class CorrectionEditor(Popup):
    """Shows which dark and flat frames are used, and changes them at once."""

    def __init__(self, session: Session, display: Display, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._display = display
        self.choice = CorrectionChoice(session, display, parent)
        self.rows = {name: SourceRow(name, self.choice) for name in ("dark", "flat")}
        self._made: object = "not told yet"
        self.told = PlainLabel("muted", room_for="Cannot be used, and nothing is corrected: see the line below")
        for row in self.rows.values():
            self.box.addWidget(row)
        self.box.addWidget(self.told)
        display.changed.connect(self._show)
        display.frame_told.connect(self._show_frame)
        for row in self.rows.values():
            row.file.clicked.connect(self.hide)
        self._show()

    def _show(self) -> None:
        for row in self.rows.values():
            row.show_source()
        self._show_frame()

    def _show_frame(self) -> None:
        shown = self._session.scan.shown
        made = None if shown is None else shown.made
        if made == self._made:
            return
        self._made = made
        origin = {} if made is None else correction_origin(made)
        self.told.setToolTip(tip("\n".join(f"{name}: {words}" for name, words in origin.items())))
        if made is not None and made.lacks_correction:
            self.told.say("Cannot be used, and nothing is corrected: the note at the top says why", "small-warn")
        elif made is not None and made.corrected:
            self.told.say("Picture and measurements are corrected", "muted")
        else:
            self.told.say("Picture and measurements are as in the file", "muted")


class SourceRow(QWidget):
    """One of the two: where it is from, and what can be done about it."""

    def __init__(self, name: str, choice: CorrectionChoice) -> None:
        super().__init__()
        self._name = name
        self._choice = choice
        self.where = ElidedLabel()
        self.file, self.shown, self.scan, self.off = (QPushButton(words) for words in ("File\u2026", "This frame", "This scan's", "Off"))
        self.data_path = QLineEdit()
        self.first, self.last = _index(), _index()
        self.last.setMinimum(-1)
        self.last.setSpecialValueText("the last")
        self.last.setValue(-1)
        self._explain()
        self._lay_out()
        self.file.clicked.connect(lambda: choice.choose_file(name, *self._range))
        self.shown.clicked.connect(lambda: choice.take_shown(name))
        self.scan.clicked.connect(lambda: choice.take_frames(name, *self._range))
        self.off.clicked.connect(lambda: choice.take(name, None))
        for part in (self.data_path, self.first, self.last):
            part.editingFinished.connect(self._take_edited)

    def _explain(self) -> None:
        name = self._name
        self.file.setToolTip(f"Use frames of a file as the {name} frame: HDF5, NPY, TIFF, EDF")
        self.shown.setToolTip(f"Use the shown frame, or those of which the picture is made, as the {name} frame")
        self.scan.setToolTip(f"Use the mean of these frames of the shown scan as the {name} frame")
        self.off.setToolTip(f"Use no {name} frame")
        self.data_path.setPlaceholderText("data set: found by itself")
        self.data_path.setAccessibleName(f"Data set of the {name} frames")
        self.data_path.setToolTip("Path of the data set in the file; empty: the one with the same path, or the only one that fits")
        self.first.setAccessibleName(f"First of the {name} frames")
        for field in (self.first, self.last):
            field.setToolTip(f"Which frames of the file, or of this scan: the {name} frame is their mean")
        self.last.setAccessibleName(f"Last of the {name} frames")

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setVerticalSpacing(6)
        caption, frames, to = PlainLabel("caption"), PlainLabel("muted"), PlainLabel("muted")
        caption.say(f"{self._name.upper()} FRAME")
        frames.say("frames")
        to.say("to")
        buttons, numbers = QHBoxLayout(), QHBoxLayout()
        for button in (self.file, self.shown, self.scan, self.off):
            buttons.addWidget(button)
        for part in (frames, self.first, to, self.last):
            numbers.addWidget(part)
        numbers.addStretch()
        grid.addWidget(caption, 0, 0)
        grid.addWidget(self.where, 1, 0)
        grid.addLayout(buttons, 2, 0)
        grid.addLayout(numbers, 3, 0)
        grid.addWidget(self.data_path, 4, 0)

    @property
    def _range(self) -> tuple[int, int | None]:
        last = self.last.value()
        return self.first.value(), None if last < self.first.value() else last

    def show_source(self) -> None:
        """Say which frames are used."""
        source = self._choice.source(self._name)
        self.where.say("none" if source is None else source_text(source))
        self.where.setToolTip("" if source is None else tip(f"{source.path}\n{source.data_path or 'the data set that fits'}"))
        self.off.setEnabled(source is not None)
        self.data_path.setEnabled(source is not None)
        if source is None:
            return
        for field, value in ((self.first, source.first), (self.last, -1 if source.last is None else source.last)):
            if not field.hasFocus():
                field.setValue(value)
        if not self.data_path.hasFocus():
            self.data_path.setText(source.data_path)

    def _take_edited(self) -> None:
        source = self._choice.source(self._name)
        if source is None:
            return
        first, last = self._range
        edited = replace(source, data_path=self.data_path.text().strip(), first=first, last=last)
        if edited != source:
            self._choice.take(self._name, edited)


def _index() -> QSpinBox:
    box = QSpinBox()
    box.setMaximum(MOST_INDEX)
    box.setFixedWidth(92)
    return box
