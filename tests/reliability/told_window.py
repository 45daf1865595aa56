"""The command ``swmr-viewer``, which says when its window is in a state and closes when it is told to.

``python -m tests.reliability.told_window STATE FOLDER ARGUMENTS ...``: the arguments are the command's, the folder is for what it writes.
It says ``there`` once; a line on standard input closes the window as its button does.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from swmr_viewer import cli
from swmr_viewer.gui import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from swmr_viewer.scan_model.state import StateKind

LOOK_MS = 30


def is_of_kind(kind: StateKind) -> Callable[[Assembly, Path], bool]:
    return lambda assembly, _: assembly.session.scan.state.kind is kind


def is_live(assembly: Assembly, _: Path) -> bool:
    scan = assembly.session.scan
    return scan.state.kind is StateKind.LIVE and scan.shown is not None


def is_reducing(assembly: Assembly, folder: Path) -> bool:
    """Have every frame reduced into a file, and return whether some were."""
    parts = assembly.window.reductions
    if not is_live(assembly, folder):
        return False
    run = parts.reductions.run
    if run is None:
        parts.reductions.choices.choose("statistics")
        parts.reductions.set_output(str(folder / "reduced.h5"))
        if parts.start.isEnabled():
            parts.start.trigger()
    return run is not None and run.progress is not None and run.progress.n_reduced > 0


def is_watching(assembly: Assembly, folder: Path) -> bool:
    return assembly.opening.watching.watch.is_on and is_live(assembly, folder)


def is_writing(assembly: Assembly, folder: Path) -> bool:
    """Have a burst of snapshots written, and return whether some were taken."""
    window = assembly.window
    if is_live(assembly, folder) and not window.burst.is_running:
        window.snapshots.set_settings(SnapshotSettings(folder, "{index}", ("npy", "h5", "png")))
        window.burst.start()
    return window.burst.n_taken > 2 and any(folder.glob("*.h5"))


STATES: dict[str, Callable[[Assembly, Path], bool]] = {
    "empty": is_of_kind(StateKind.EMPTY),
    "waiting": is_of_kind(StateKind.WAITING_FOR_FILE),
    "live": is_live,
    "quiet": is_of_kind(StateKind.QUIET),
    "finished": is_of_kind(StateKind.FINISHED),
    "failed": is_of_kind(StateKind.FAILED),
    "stuck": is_of_kind(StateKind.STORAGE),
    "reducing": is_reducing,
    "watching": is_watching,
    "writing": is_writing,
}


class _Told(QObject):
    told = Signal()


class ToldAssembly(Assembly):
    """Says when it is in its state."""

    state, folder = "", Path()

    def __init__(self, supervisor: Any, **options: Any) -> None:
        super().__init__(supervisor, **options)
        self._told = _Told(self.window)
        self._told.told.connect(self.window.close, Qt.ConnectionType.QueuedConnection)
        self._looking = QTimer(self.window, interval=LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._looking.start()

    def _look(self) -> None:
        if self.window.isVisible() and STATES[self.state](self, self.folder):
            self._looking.stop()
            print("there", flush=True)
            threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        if sys.stdin.readline():
            with suppress(RuntimeError):  # it is closed already
                self._told.told.emit()


def main() -> int:
    ToldAssembly.state, ToldAssembly.folder = sys.argv[1], Path(sys.argv[2])
    application.Assembly = ToldAssembly  # type: ignore[misc]
    return cli.main(sys.argv[3:])


if __name__ == "__main__":
    sys.exit(main())
