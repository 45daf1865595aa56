"""Everything of masks, put together for the main window: tools, actions, dialogs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from swmr_viewer.analysis import Point
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.look.file_dialog import FileDialog
from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.masks.masks import NOTHING, Masks
from swmr_viewer.gui.measuring import Measuring
from swmr_viewer.gui.regions import DrawingTool, HaloPath, is_large_enough
from swmr_viewer.gui.session import Session

LOADED = "Masks (*.npy *.tif *.tiff *.edf *.msk *.cbf);;All files (*)"
SAVED = "NumPy (*.npy);;TIFF (*.tif);;EDF (*.edf)"


class MaskParts(QObject):
    """Owns the parts of masks; the main window gives it measuring, whose picture, tools and history it shares.

    Parameters
    ----------
    session, display, measuring
        What is shown, how, and what else is drawn on it.
    window : QWidget
        Owner of actions and dialogs.
    """

    def __init__(self, session: Session, display: Display, measuring: Measuring, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._display, self._measuring, self._window = session, display, measuring, window
        self.masks = Masks(session, display, measuring.measurements.undo_stack)
        overlay = measuring.overlay
        self.tool = DrawingTool(overlay.view, HaloPath(overlay.item), overlay.frame_point)
        self.dialogs = FileDialog(window, lambda: session.scan.folder)
        self._make_actions()
        self.tool.drawn.connect(self._on_drawn)
        self.tool.kind_changed.connect(self._on_tool)
        measuring.layer.tool.kind_changed.connect(self._on_other_tool)
        for signal in (session.frame_settled, session.request_changed, display.changed):
            signal.connect(self._enable)
        self._enable()

    def _make_actions(self) -> None:
        action = partial(make_action, self._window)
        words = {
            "rectangle": ("Mask a &rectangle", "Ctrl+Alt+R", "Leave out a rectangle: drag over the picture"),
            "ellipse": ("Mask an &ellipse", "Ctrl+Alt+E", "Leave out an ellipse: drag over the picture"),
            "polygon": ("Mask a poly&gon", "Ctrl+Alt+G", "Leave out a polygon: click its corners, Return or a double click closes it"),
        }
        self.tools = {kind: action(*told, checkable=True) for kind, told in words.items()}
        for kind, tool in self.tools.items():
            tool.triggered.connect(partial(self._take, kind))
        self.erase = action("E&rase instead", "Ctrl+Alt+X", "What is drawn next is taken out of the mask again", checkable=True)
        self.load = action("&Load a mask\u2026", "Ctrl+Alt+I", "Leave out what is not 0 in a file (NPY, TIFF, EDF)", self.ask_what_to_load)
        self.save = action("&Save the mask\u2026", "Ctrl+Alt+M", "Write which pixels are masked (NPY, TIFF, EDF)", self.ask_where_to_save)
        self.clear = action("&Clear the mask", "Ctrl+Alt+Backspace", "Take the loaded and the drawn mask away", self.masks.clear)
        groups: tuple[tuple[QAction, ...], ...] = ((*self.tools.values(), self.erase), (self.load, self.save, self.clear))
        self.menu_: QMenu = make_menu("Mas&k", self._window, *groups)

    def close(self) -> None:
        """Wait a moment for files that are being written."""
        self.masks.work.close()

    # ---- drawing

    def _take(self, kind: str) -> None:
        self.tool.take(kind)

    def _on_tool(self, kind: str) -> None:
        for name, action in self.tools.items():
            action.setChecked(name == kind)
        if kind:
            if self._measuring.layer.tool.kind:
                self._measuring.layer.tool.take("")
            what = "taken out of the mask" if self.erase.isChecked() else "masked"
            how = "Click the corners; Return closes" if kind == "polygon" else "Drag over the picture"
            self._session.note(f"{how}: what is inside is {what}; Esc gives up")
        else:
            self._session.note("")

    def _on_other_tool(self, kind: str) -> None:
        if kind and self.tool.kind:
            self.tool.take("")

    def _on_drawn(self, kind: str, points: tuple[Point, ...]) -> None:
        if is_large_enough(points):
            self.masks.draw(kind, points, erases=self.erase.isChecked())
        else:
            self._session.note("Drag over a part of the picture to mask it")

    def _enable(self) -> None:
        shown = self._session.scan.shown
        is_image = shown is not None and shown.raw.ndim == 2
        for action in (*self.tools.values(), self.erase, self.load):
            action.setEnabled(is_image)
        self.save.setEnabled(is_image and self._display.settings.mask.mask_key is not None)
        self.clear.setEnabled(self.masks.own != NOTHING)
        if not is_image and self.tool.kind:
            self.tool.take("")

    # ---- files

    def ask_what_to_load(self) -> None:
        """Ask for a file; the window stays usable."""
        dialog = self.dialogs.made("Load a mask", LOADED, QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.masks.load)
        dialog.show()

    def ask_where_to_save(self) -> None:
        """Ask for a file; where the name is taken, the mask gets a number behind it."""
        dialog = self.dialogs.made("Save the mask", SAVED, QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # nothing is replaced
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.rsplit(".", 1)[-1].rstrip(")")))
        dialog.setDefaultSuffix("npy")
        dialog.selectFile("mask")
        dialog.fileSelected.connect(self.masks.save)
        dialog.show()
