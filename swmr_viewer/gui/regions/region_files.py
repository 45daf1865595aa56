"""Regions and line of the shown data set, saved to a file and loaded from one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from swmr_viewer.analysis import Region, RegionFile, load_regions, save_regions
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.file_dialog import FileDialog
from swmr_viewer.gui.look.file_work import FileWork
from swmr_viewer.gui.regions.measurements import Measurements
from swmr_viewer.gui.session import Session
from swmr_viewer.scan_model import Problem

FILTER = "Regions (*.json)"


class RegionFiles(QObject):
    """Asks for the file, beside the window; what is loaded stands instead of what is drawn, and can be undone.

    Parameters
    ----------
    session, measurements
        Whose frames, and what is drawn on them.
    window : QWidget
        Owner of the dialogs.
    """

    def __init__(self, session: Session, measurements: Measurements, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._measurements, self._window = session, measurements, window
        self.work = FileWork(self)
        self.dialogs = FileDialog(window, lambda: session.scan.folder)

    def ask_where_to_save(self) -> None:
        """Ask for a file; the dialog asks before another is replaced."""
        if self._measurements.marks.is_empty:
            self._session.note("Draw a region or a line first: then it can be saved")
            return
        dialog = self.dialogs.made("Save regions", FILTER, QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile("regions.json")
        dialog.fileSelected.connect(partial(self.save, replace_it=True))
        dialog.show()

    def ask_what_to_load(self) -> None:
        """Ask for a file."""
        dialog = self.dialogs.made("Load regions", FILTER, QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.load)
        dialog.show()

    def save(self, file: str, *, replace_it: bool = False) -> None:
        """Write what is drawn on the shown data set."""
        content = self.content
        self.work.do(partial(save_regions, content, file, replace=replace_it), partial(self._on_saved, len(content.regions), file))

    def load(self, file: str) -> None:
        """Draw what a file holds on the shown data set."""
        self.work.do(partial(load_regions, file), partial(self._on_loaded, Path(file).name))

    @property
    def content(self) -> RegionFile:
        """What is drawn on the shown data set, as files have it."""
        marks = self._measurements.marks
        return RegionFile(marks.regions, marks.line, marks.line_width, self._frame_shape, self._session.scan.data_path)

    # ---- helpers

    @property
    def _frame_shape(self) -> tuple[int, ...]:
        frame = self._session.scan.shown
        return () if frame is None else tuple(map(int, frame.raw.shape))

    def _on_saved(self, n_regions: int, file: str, result: Any) -> None:
        if isinstance(result, Exception):
            self._refuse(result)
        else:
            self._session.note(f"{_counted(n_regions)} saved to {plain(file)}")

    def _on_loaded(self, name: str, result: Any) -> None:
        if isinstance(result, Exception):
            self._refuse(result)
            return
        shape = self._frame_shape
        if not shape:
            self._report("Regions are loaded onto a picture or a spectrum, and none is shown.", "Load them once a frame is shown.")
        elif result.frame_shape and len(result.frame_shape) != len(shape):
            told = f"frames of {shape_text(result.frame_shape)}, and the shown ones have {shape_text(shape)}"
            self._report(f"The regions in {plain(name)} are of {told}.", "Show the data set that they were drawn on.")
        else:
            self._take(name, result, shape)

    def _take(self, name: str, loaded: RegionFile, shape: tuple[int, ...]) -> None:
        """Draw regions where they were on other frames, and say so if these had another shape; what is beyond the frame is left out."""
        regions = tuple(region for region in loaded.regions if _touches(region, shape))
        n_out = len(loaded.regions) - len(regions)
        before = self._measurements.marks
        marks = replace(before, regions=regions)
        if loaded.line is not None and len(shape) == 2:
            marks = replace(marks, line=loaded.line).with_width(loaded.line_width)
        self._measurements.take("load regions", marks)
        self._session.note(f"{_counted(len(regions))} loaded from {plain(name)}; Ctrl+Z takes them back")
        if n_out or (loaded.frame_shape and loaded.frame_shape != shape):
            left_out = f" {n_out} beyond the frame {'is' if n_out == 1 else 'are'} left out." if n_out else ""
            told = f"frames of {shape_text(loaded.frame_shape)} pixels" if loaded.frame_shape else "other frames"
            self._report(
                f"The regions in {plain(name)} were drawn on {told}; the shown ones have {shape_text(shape)}.{left_out}",
                "They are at the same pixels: see whether that is where they belong.",
            )

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, SwmrViewerError):
            self._report(error.message, error.remedy)
        else:
            self._report(f"The file of regions could not be used: {error}.", "Choose another.")

    def _report(self, message: str, remedy: str) -> None:
        self._session.report(Problem(message, remedy, severity="note"))


def _touches(region: Region, shape: tuple[int, ...]) -> bool:
    """Whether any part of a region may be on frames of this shape."""
    xs, ys = zip(*region.points, strict=True)
    on_x = max(xs) > 0 and min(xs) < shape[-1]
    return on_x and (len(shape) == 1 or (max(ys) > 0 and min(ys) < shape[0]))


def _counted(number: int) -> str:
    return "1 region" if number == 1 else f"{number} regions"
