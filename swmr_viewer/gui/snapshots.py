"""Taking a snapshot of the shown frame: copied at the key press, written by a thread of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, QSettings, QThread, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.export import Snapshot, stem_of, write_snapshot
from swmr_viewer.gui.frame_view import FrameView
from swmr_viewer.gui.problem import Problem
from swmr_viewer.gui.session import Session

FOLDER_KEY = "snapshots/folder"


class WriteJob(QThread):
    """Writes one snapshot."""

    written = Signal(object)
    """The files, as a tuple of Path."""
    refused = Signal(object)
    """The SwmrViewerError that says why not."""

    def __init__(self, snapshot: Snapshot, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._snapshot = snapshot
        self._folder = folder

    def run(self) -> None:
        try:
            self.written.emit(write_snapshot(self._snapshot, self._folder, stem_of(self._snapshot)))
        except (SwmrViewerError, OSError) as error:
            self.refused.emit(error)


class Snapshots(QObject):
    """Knows where snapshots go (asked once, not modally) and has them written."""

    written = Signal(object)

    def __init__(self, session: Session, view: FrameView, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._view = view
        self._window = window
        self._settings = QSettings("swmr_viewer", "swmr_viewer")
        self._jobs: list[WriteJob] = []
        self._waiting: Snapshot | None = None
        self.folder_dialog: QFileDialog | None = None

    @property
    def folder(self) -> Path | None:
        """Where snapshots go, or None before it was chosen."""
        stored = self._settings.value(FOLDER_KEY, "")
        return Path(str(stored)) if stored else None

    def set_folder(self, folder: Path) -> None:
        self._settings.setValue(FOLDER_KEY, str(folder))

    def take(self) -> None:
        """Copy the shown frame now, and write it as soon as the folder is known."""
        snapshot = self._collect()
        if snapshot is None:
            return
        if self.folder is None or not self.folder.is_dir():
            self._waiting = snapshot
            self.choose_folder()
        else:
            self._write(snapshot, self.folder)

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

    def close(self, bound_s: float = 5.0) -> None:
        """Wait (s) for what is being written."""
        for job in list(self._jobs):
            job.wait(round(1000 * bound_s))
        self._jobs.clear()

    def _on_chosen(self, folder: Path) -> None:
        self.folder_dialog = None
        self.set_folder(folder)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._write(waiting, folder)
        else:
            self._session.note(f"Snapshots go to {folder}")

    def _on_rejected(self) -> None:
        self.folder_dialog = None
        if self._waiting is not None:
            self._waiting = None
            self._session.note("No snapshot: no folder was chosen")

    def _collect(self) -> Snapshot | None:
        session, frame = self._session, self._session.shown
        if frame is None or session.request is None:
            return None
        return Snapshot(
            pixels=frame.raw.copy(),
            file=session.request.path,
            data_path=frame.data_path,
            key_paths=session.description.key_paths if session.description is not None else (),
            index=frame.index,
            position=frame.position,
            scan_shape=session.scan_shape,
            taken_at=datetime.now().astimezone(),
            levels=self._view.levels,
            color_map=self._view.color_map,
            png=png_of(self._view.grab_picture()),
        )

    def _write(self, snapshot: Snapshot, folder: Path) -> None:
        job = WriteJob(snapshot, folder, self)
        job.written.connect(self._on_written)
        job.refused.connect(self._on_refused)
        job.finished.connect(lambda: self._jobs.remove(job) if job in self._jobs else None)
        self._jobs.append(job)
        job.start()

    def _on_written(self, paths: tuple[Path, ...]) -> None:
        endings = ", ".join(path.suffix.lstrip(".") for path in paths)
        self._session.note(f"Snapshot: {paths[0].with_suffix('')} ({endings})")
        self.written.emit(paths)

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, SwmrViewerError):
            self._session.report(Problem(error.message, error.remedy, severity="note"))
        else:
            self._session.report(Problem(f"The snapshot could not be written: {error}.", "Choose another folder.", severity="note"))


def png_of(picture: QImage) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
