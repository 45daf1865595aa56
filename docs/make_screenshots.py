"""Make every picture of the documentation: the real window on a real simulated scan that another process writes.

Run ``make screenshots``. The pictures go to docs/images/.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from swmr_viewer.commands.window import usual_conditions
from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.theme import theme_of_application
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.supervisor import Supervisor
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter

IMAGES = Path(__file__).parent / "images"
PLAN = ScanPlan(scan_shape=(20, 30), frame_shape=(512, 512), n_keys=3, order="snake", period_s=0.05)
WAIT_S = 60.0


@contextmanager
def viewer() -> Iterator[Assembly]:
    """A running viewer."""
    supervisor = Supervisor()
    supervisor.start()
    assembly = Assembly(supervisor)
    assembly.window.resize(1440, 900)
    assembly.window.show()
    try:
        yield assembly
    finally:
        assembly.close()
        supervisor.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Let the window live until something is so."""
    end = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit("What the picture should show did not come.")
        QTest.qWait(20)


def save(widget: QWidget, name: str) -> None:
    """Let what was asked for be painted, and keep a picture of it."""
    QTest.qWait(400)
    widget.grab().save(str(IMAGES / f"{name}.png"))
    print(IMAGES / f"{name}.png")


def window_pictures(folder: Path, scheme: str) -> None:
    """The window half-way through a scan, and the open dialog on its file."""
    theme_of_application().force(scheme)
    with LiveWriter(folder / f"i18-353130-{scheme}.nxs", PLAN) as writer, viewer() as assembly:
        session = assembly.session
        writer.step(40)
        session.open(FollowRequest(str(writer.path), conditions=usual_conditions(10.0, None)))
        writer.run()
        wait_until(lambda: session.progress is not None and session.progress.n_complete >= 330)
        wait_until(lambda: session.shown is not None and session.shown.index > 300)
        save(assembly.window, f"window-{scheme}")
        assembly.window.actions_.open.trigger()
        dialog = assembly.chooser.dialog
        assert dialog is not None
        wait_until(lambda: dialog.open_button.isEnabled() and bool(dialog.value().key_paths))
        save(dialog, f"open-{scheme}")


def main() -> int:
    """Make them all."""
    IMAGES.mkdir(exist_ok=True)
    application()
    with tempfile.TemporaryDirectory() as folder:
        for scheme in ("light", "dark"):
            window_pictures(Path(folder), scheme)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
