"""One table that is being saved: the window puts blocks in, the thread that writes takes them out."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from queue import Full, Queue
from threading import Event

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.new_files import file_gone, write_checked
from swmr_viewer.export import FrameFileProcess, TableBlock, TableLayout, TableProcess, part_path, place_written
from swmr_viewer.gui.curve_panel import NOTHING_MEASURED

MOST_WAITING = 4
"""Blocks that may wait to be written."""


class TableGivenUpError(ExportError):
    """The user does not want it any more."""


class TableOrder:
    """Written by the thread of tables, block by block, as these come.

    Parameters
    ----------
    layout : TableLayout
        What stands in it.
    folder, stem : Path, str
        Where the files go, and their name without ending; another is found where it is taken.
    endings : tuple of str
        ``.csv`` and ``.nxs``, or one of them; ``.json`` says where it all comes from, and is always written.
    """

    n_bytes = 1
    """Its blocks are few at a time."""

    def __init__(self, layout: TableLayout, folder: Path, stem: str, endings: tuple[str, ...]) -> None:
        self.layout = layout
        self._folder, self._stem, self._endings = folder, stem, endings
        self._blocks: Queue[tuple[TableBlock, npt.NDArray[np.float64]] | None] = Queue(MOST_WAITING)
        self._given_up = Event()
        self._process: TableProcess | None = None

    # ---- the window's side

    def put(self, block: TableBlock, columns: npt.NDArray[np.float64]) -> bool:
        """Have a block written; False where it must wait, and be put again."""
        return self._put((block, columns))

    def end(self) -> bool:
        """There are no more; False where that must be said again."""
        return self._put(None)

    def give_up(self) -> None:
        """Write no more of it, and leave nothing."""
        self._given_up.set()
        process = self._process
        if process is not None:
            process.kill()
        with suppress(Full):
            self._blocks.put_nowait(None)

    def _put(self, one: tuple[TableBlock, npt.NDArray[np.float64]] | None) -> bool:
        try:
            self._blocks.put_nowait(one)
        except Full:
            return False
        return True

    # ---- the thread's side

    def write(self, frame_files: FrameFileProcess) -> tuple[Path, ...]:
        """Write it; return the files.

        Raises
        ------
        ExportError
            If it cannot be written, or was given up.
        """
        parts = {ending: part_path(self._folder, ending) for ending in (*self._endings, ".json")}
        try:
            self._write_parts(parts)
            return place_written(parts, self._folder, self._stem)
        except ExportError as error:
            raise (TableGivenUpError("The table was not saved.", "Save it again.") if self._given_up.is_set() else error) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise ExportError(f"The table could not be written to {self._folder}: {reason}.", "Choose another folder.") from error
        finally:
            self._given_up.set()  # nobody waits for its blocks to be taken
            for part in parts.values():
                file_gone(part)

    def _write_parts(self, parts: dict[str, Path]) -> None:
        process = self._process = TableProcess(self.layout, parts.get(".csv"), parts.get(".nxs"))
        try:
            while (taken := self._blocks.get()) is not None and not self._given_up.is_set():
                process.add(*taken)
            if self._given_up.is_set():
                process.kill()
                raise TableGivenUpError("The table was not saved.", "Save it again.")
            if not process.finish():
                raise ExportError(*NOTHING_MEASURED)
        finally:
            process.close()
        description = json.dumps(self.layout.plain, indent=2, allow_nan=False)
        write_checked(parts[".json"], f"{description}\n".encode())

    @property
    def is_over(self) -> bool:
        """Whether it is written, failed, or was given up."""
        return self._given_up.is_set()
