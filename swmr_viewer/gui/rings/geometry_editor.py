"""The pop-up where the geometry of the shown data set is typed or loaded, in place of what the file tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from swmr_viewer.core.pixel_geometry import NOTHING_TOLD, checked_geometry
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.rings.geometry_fields import part_of_texts, texts_of
from swmr_viewer.gui.rings.geometry_text import source_text
from swmr_viewer.gui.session import Session

WIDTH_PX = 330
FIELD_PX, NARROW_PX = 92, 66
ROWS = (
    ("Centre", {"x": "px", "y": "px"}),
    ("Distance", {"distance": "mm"}),
    ("Pixel size", {"width": "\u00b5m", "height": "\u00b5m"}),
    ("Wavelength", {"wavelength": "\u00c5", "energy": "keV"}),
    ("Tilt", {"rot1": "\u00b0", "rot2": "\u00b0", "rot3": "\u00b0"}),
)
"""Caption, and what is typed in which unit."""
HINTS = {"distance": "not told", "wavelength": "not told", "energy": "not told"}
NAMES = {"x": "Centre x", "y": "Centre y", "width": "Pixel width", "height": "Pixel height"}
TIPS = {
    "Centre": "Where the beam hits; of a tilted detector the foot of the perpendicular from the sample\n"
    "(pyFAI's PONI). Pixel 0 is from 0 to 1.",
    "Distance": "From the sample to the centre",
    "Pixel size": "Width and height of a pixel of the frames as they are stored",
    "Wavelength": "Type one of both",
    "Tilt": "pyFAI's rot1 (about the vertical axis), rot2 (about the horizontal one) and rot3 (about the beam, which moves no ring).\n"
    "A PONI file has them in radians.",
}


class GeometryEditor(Popup):
    """Shows what counts; what is typed holds at once, and what is emptied is as in the file again.

    Parameters
    ----------
    session : Session
        Whose geometry.
    load : callable
        Asks for a PONI file.
    parent : QWidget
        The window.
    """

    def __init__(self, session: Session, load: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.fields: dict[str, QLineEdit] = {}
        title = PlainLabel("caption")
        title.say("DETECTOR GEOMETRY")
        self.box.addWidget(title)
        self.box.addLayout(self._grid())
        self.told = QLabel(wordWrap=True)
        self.told.setProperty("role", "muted")
        self.told.setFixedWidth(WIDTH_PX)
        self.box.addWidget(self.told)
        self.load = QPushButton("Load a PONI file\u2026")
        self.load.setToolTip("Take the calibration that pyFAI wrote")
        self.load.clicked.connect(load)
        self.as_in_file = QPushButton("As in the file")
        self.as_in_file.setToolTip("Forget what was typed or loaded")
        self.as_in_file.clicked.connect(lambda: session.set_geometry(NOTHING_TOLD))
        row = QHBoxLayout()
        row.addWidget(self.load)
        row.addWidget(self.as_in_file)
        row.addStretch(1)
        self.box.addLayout(row)
        for signal in (session.geometry_changed, session.data_changed, session.opened):
            signal.connect(self.show_geometry)
        self.show_geometry()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        for row, (caption, parts) in enumerate(ROWS):
            label = PlainLabel()
            label.say(caption)
            label.setToolTip(TIPS.get(caption, ""))
            grid.addWidget(label, row, 0)
            cells = QHBoxLayout()
            cells.setSpacing(4)
            for name, unit in parts.items():
                cells.addWidget(self._field(name, unit, FIELD_PX if len(parts) < 3 else NARROW_PX, TIPS.get(caption, "")))
                cells.addWidget(QLabel(unit))
            cells.addStretch(1)
            grid.addLayout(cells, row, 1)
        return grid

    def _field(self, name: str, unit: str, width: int, meaning: str) -> QLineEdit:
        field = self.fields[name] = QLineEdit()
        field.setFixedWidth(width)
        field.setPlaceholderText(HINTS.get(name, name))
        field.setToolTip(meaning)
        field.setAccessibleName(f"{NAMES.get(name, name.capitalize())} ({unit})")
        field.editingFinished.connect(lambda: self._take(name))
        return field

    def show_geometry(self) -> None:
        """Show what counts for the shown data set."""
        own = self._session.scan.own_geometry.get(self._session.scan.place, NOTHING_TOLD)
        for name, text in texts_of(self._session.scan.geometry).items():
            with QSignalBlocker(self.fields[name]):
                self.fields[name].setText(text)
                self.fields[name].setModified(False)
                self.fields[name].setCursorPosition(0)
        self.told.setText(source_text(self._session.scan) or "Nothing is known yet: type it, or load a PONI file.")
        self.as_in_file.setEnabled(own != NOTHING_TOLD)

    def _take(self, name: str) -> None:
        """Take what belongs together with this field; where all of it is empty, the file counts again."""
        field = self.fields[name]
        if not field.isModified():
            return
        field.setModified(False)
        if name in ("wavelength", "energy"):  # either tells the other
            self.fields["energy" if name == "wavelength" else "wavelength"].clear()
        scan = self._session.scan
        try:
            part = part_of_texts(name, {name: one.text() for name, one in self.fields.items()})
            own = checked_geometry(replace(scan.own_geometry.get(scan.place, NOTHING_TOLD), **part))
        except ValueError as error:
            self.told.setText(str(error))
            return
        self._session.set_geometry(own)
