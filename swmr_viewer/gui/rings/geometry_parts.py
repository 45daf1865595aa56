"""The geometry that the user gives, put together: the editor, PONI files, and what is kept from start to start."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from swmr_viewer.analysis import PoniFile, PoniFileError, load_poni
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.pixel_geometry import NOTHING_TOLD, PixelGeometry, checked_geometry
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.file_dialog import FileDialog
from swmr_viewer.gui.look.file_work import FileWork
from swmr_viewer.gui.look.menus import make_action
from swmr_viewer.gui.rings.geometry_editor import GeometryEditor
from swmr_viewer.gui.session import PlaceMemory, PlaceStore, Session
from swmr_viewer.scan_model import Problem

STORE = PlaceStore("geometry/places", NOTHING_TOLD, checked_geometry)
FILTER = "PONI files (*.poni);;All files (*)"


class GeometryParts(QObject):
    """Owns the editor of the geometry.

    Parameters
    ----------
    session : Session
        Whose geometry.
    window : QWidget
        Owner of the action and of the dialog.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self.memory = PlaceMemory(session, STORE, self._recall, lambda: session.scan.own_geometry, session.geometry_changed, self)
        self.work = FileWork(self)
        self.dialogs = FileDialog(window, lambda: session.scan.folder)
        self._window = window
        self.edit: QAction = make_action(
            window,
            "Detector g&eometry\u2026",
            "Ctrl+Shift+G",
            "Centre, distance, wavelength, tilt: typed, or from a PONI file",
        )

    @cached_property
    def editor(self) -> GeometryEditor:
        """Made when it is first asked for."""
        return GeometryEditor(self._session, self.ask_what_to_load, self._window)

    def open_below(self, button: QWidget) -> None:
        """Have the editor open below this button."""
        self.edit.triggered.connect(lambda: self._open(button))

    def forget(self) -> None:
        """Have the files' geometry everywhere, as at the first start."""
        for place in tuple(self._session.scan.own_geometry):
            self._session.set_geometry(NOTHING_TOLD, place)

    def ask_what_to_load(self) -> None:
        """Ask for a PONI file; the window stays usable."""
        self.editor.close()
        dialog = self.dialogs.made("Load a PONI file", FILTER, QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.load)
        dialog.show()

    def load(self, file: str) -> None:
        """Take what a PONI file tells of the shown data set."""
        self.work.do(partial(load_poni, file), partial(self._on_loaded, Path(file).name))

    # ---- helpers

    def _open(self, button: QWidget) -> None:
        self.editor.show_geometry()
        self.editor.open_below(button)
        self.editor.fields["x"].setFocus()

    def _recall(self, place: str, own: PixelGeometry) -> None:
        self._session.set_geometry(own, place)

    def _on_loaded(self, name: str, result: Any) -> None:
        frame, told = self._session.scan.shown, self._session.scan.data_facts.geometry
        try:
            if isinstance(result, Exception):
                raise result
            if frame is None or frame.raw.ndim != 2:
                raise PoniFileError("A PONI file is loaded onto a picture, and none is shown.", "Load it once a frame is shown.")
            shape = (int(frame.raw.shape[0]), int(frame.raw.shape[1]))
            own = result.geometry(self._session.scan.geometry.pixel_size_m, shape)
        except SwmrViewerError as error:
            self._session.report(Problem(error.message, error.remedy, severity="note"))
            return
        self._session.set_geometry(own)
        self._session.note(f"Geometry taken from {plain(name)}")
        self._tell_differences(result, told, own, shape)

    def _tell_differences(self, file: PoniFile, told: PixelGeometry, own: PixelGeometry, shape: tuple[int, int]) -> None:
        """Say what may be wrong with it: another shape, other pixels, what is not taken into account."""
        words = [file.difference_to(own.pixel_size_m, shape)]
        if file.is_distorted:
            words.append("Its detector is distorted: that is not taken into account.")
        if told.pixel_size_m is not None and own.pixel_size_m != told.pixel_size_m and not _is_near(own.pixel_size_m, told.pixel_size_m):
            words.append("The scan's file tells of pixels of another size.")
        if found := " ".join(filter(None, words)):
            remedy = "See whether the rings lie where they should; where not, type what is true."
            self._session.report(Problem(found, remedy, severity="note"))


def _is_near(one: tuple[float, float] | None, other: tuple[float, float]) -> bool:
    return one is not None and all(abs(a - b) < 1e-3 * b for a, b in zip(one, other, strict=True))
