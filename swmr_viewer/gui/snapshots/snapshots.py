"""Taking snapshots of the shown frame: copied at the key press, written by a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.number_text import position_text
from swmr_viewer.core.other_files import NO_OTHERS
from swmr_viewer.export import Snapshot, stem_of
from swmr_viewer.gui.look.theme import tokens
from swmr_viewer.gui.picture import FramePane
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.snapshots.snapshot_picture import composed, png_of, scale_bar
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings, load_snapshot_settings, store_snapshot_settings
from swmr_viewer.gui.snapshots.snapshot_writer import Order, SnapshotWriter
from swmr_viewer.gui.snapshots.table_saving import TableSaving
from swmr_viewer.reader.messages import correction_origin
from swmr_viewer.scan_model import Problem

TABLE_ENDINGS = {"csv": ".csv", "h5": ".nxs"}
"""Of a table, where snapshots have these formats."""


class Snapshots(QObject):
    """Knows how snapshots are written (the folder is asked once, not modally) and has them written."""

    written = Signal(object)
    """The files of one snapshot, as a tuple of Path."""
    refused = Signal()
    settings_changed = Signal()

    def __init__(self, session: Session, view: FramePane, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._view = view
        self._window = window
        self._settings = load_snapshot_settings()
        self._waiting: Snapshot | None = None
        self.writer = SnapshotWriter(self)
        self.writer.written.connect(self._on_written)
        self.writer.refused.connect(self._on_refused)
        self.tables = TableSaving(session, self)
        self.tables.written.connect(self.written)
        self.fits: Callable[[], Sequence[dict[str, Any]]] = tuple
        """Returns the fits that stand in tables, as ``fit_description`` does."""
        self.folder_dialog: QFileDialog | None = None

    # ---- how

    @property
    def settings(self) -> SnapshotSettings:
        return self._settings

    def set_settings(self, value: SnapshotSettings) -> None:
        """Write snapshots so from now on."""
        if value != self._settings:
            self._settings = value
            store_snapshot_settings(value)
            self.settings_changed.emit()

    def reload_settings(self) -> None:
        """Take what is stored (the settings were reset)."""
        self._settings = load_snapshot_settings()
        self.settings_changed.emit()

    @property
    def folder(self) -> Path | None:
        """Where snapshots go, or None before it was chosen."""
        return self._settings.folder

    def set_folder(self, folder: Path) -> None:
        self.set_settings(replace(self._settings, folder=folder))

    @property
    def has_folder(self) -> bool:
        """Whether the folder was chosen. The writer tells whether it is there: storage that does not answer would hold up the window."""
        return self.folder is not None

    # ---- taking

    def take(self) -> None:
        """Copy the shown frame now, and write it as soon as the folder is known."""
        snapshot = self.collect()
        if snapshot is None:
            return
        if not self.has_folder:
            self._waiting = snapshot
            self.choose_folder()
        else:
            self.write(snapshot)

    def write(self, snapshot: Snapshot) -> None:
        """Have it written as the settings say."""
        how = self._settings
        if how.folder is not None:
            self.writer.put(Order(snapshot, how.folder, how.pattern, how.formats))

    def write_table(self, regions: Sequence[dict[str, Any]] = ()) -> None:
        """Have all that is known of the scan points written, where snapshots go; or no more of it, while it is being written."""
        folder = self.folder
        if self.tables.is_saving:
            self.tables.give_up()
        elif folder is None or not self.has_folder:
            self.choose_folder()
            self._session.note("Choose where files go, then save the table again")
        else:
            endings = tuple(ending for name, ending in TABLE_ENDINGS.items() if name in self._settings.formats) or (".csv",)
            self.tables.save(folder, f"{stem_of(self.example(), '{file}_{data}')}_curves", endings, regions, self.fits())

    def collect(self) -> Snapshot | None:
        """Return a copy of what is shown now, or None where nothing is."""
        session, frame = self._session, self._session.scan.shown
        if frame is None or session.scan.request is None:
            return None
        return Snapshot(
            pixels=(frame.raw if frame.is_made else frame.whole).copy(),
            file=session.scan.request.path,
            data_path=frame.data_path,
            key_paths=session.scan.description.key_paths if session.scan.description is not None else (),
            index=frame.index,
            position=frame.position,
            scan_shape=session.scan.scan_shape,
            taken_at=datetime.now().astimezone(),
            levels=self._view.levels,
            color_map=self._view.color_map,
            png=png_of(self.picture()) if "png" in self._settings.formats else None,
            combined=frame.combined,
            combined_how=session.scan.combined_how,
            frame_time=frame.frame_time,
            facts=self._facts(frame.data_path),
            motor_positions=frame.motor_positions,
            corrected=tuple(correction_origin(frame.made).items()),
            compared=session.scan.compared_text,
            others=session.scan.data.others if session.scan.data is not None else NO_OTHERS,
        )

    def example(self) -> Snapshot:
        """Return what names can be tried on: the shown frame without its pixels, or an invented one."""
        frame, request = self._session.scan.shown, self._session.scan.request
        path = request.path if request is not None else "scan.nxs"
        where = (frame.data_path, frame.index, frame.position) if frame is not None else ("/entry/data", 417, (13, 27))
        corrected = () if frame is None else tuple(correction_origin(frame.made).items())
        return Snapshot(np.empty(0), path, where[0], (), where[1], where[2], (), datetime.now().astimezone(), corrected=corrected)

    def picture(self) -> QImage:
        """Return the picture as it is seen, colour bar included, with title and scale as the settings say."""
        frame, request = self._session.scan.shown, self._session.scan.request
        picture = self._view.grab_picture()
        if frame is None or request is None:
            return picture
        which = f"frame {frame.index} at {position_text(frame.position)}"
        if frame.combined > 1 or frame.of_points is not None:
            newest = "" if frame.of_points is not None else f", the newest at {position_text(frame.position)}"
            which = f"{self._session.scan.composition_text}{newest}"
        made_of = "   ".join(filter(None, (self._session.scan.compared_text, self._session.scan.corrected_text)))
        title = f"{PurePath(request.path).name}   {frame.data_path}   {which}   {made_of}".rstrip()
        bar = None
        if self._settings.has_scale and frame.raw.ndim == 2:
            box = self._view.image.box
            pixel_size_m = self._session.scan.geometry.pixel_size_m
            bar = scale_bar(float(box.viewPixelSize()[0]), pixel_size_m, across=box.orientation.axis_names[0])
        return composed(picture, title if self._settings.has_title else "", bar, tokens())

    # ---- the folder

    def choose_folder(self) -> None:
        """Ask where snapshots go; the window stays usable."""
        dialog = QFileDialog(self._window, "Where snapshots go", str(self.folder or Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setModal(False)
        dialog.fileSelected.connect(lambda chosen: self._on_chosen(Path(chosen)))
        dialog.rejected.connect(self._on_rejected)
        dialog.finished.connect(dialog.deleteLater)
        self.folder_dialog = dialog
        dialog.show()

    def close(self) -> None:
        """Wait, with a bound, for what is being written."""
        self.tables.close()
        self.writer.close()

    def _on_chosen(self, folder: Path) -> None:
        self.folder_dialog = None
        self.set_folder(folder)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.write(waiting)
        else:
            self._session.note(f"Snapshots go to {folder}")

    def _on_rejected(self) -> None:
        self.folder_dialog = None
        if self._waiting is not None:
            self._waiting = None
            self._session.note("No snapshot: no folder was chosen")

    # ---- helpers

    def _facts(self, data_path: str) -> DataFacts:
        described = self._session.scan.description.data if self._session.scan.description is not None else ()
        return next((data.facts for data in described if data.path == data_path), DataFacts())

    def _on_written(self, paths: tuple[Path, ...]) -> None:
        endings = ", ".join(path.suffix.lstrip(".") for path in paths)
        self._session.note(f"Snapshot: {paths[0].with_suffix('')} ({endings})")
        self.written.emit(paths)

    def _on_refused(self, error: Exception) -> None:
        message, remedy = f"The snapshot could not be written: {error}.", "Choose another folder."
        if isinstance(error, SwmrViewerError):
            message, remedy = error.message, error.remedy
        self._session.report(Problem(message, remedy, severity="note", action_text="Choose a folder", action=self.choose_folder))
        self.refused.emit()
