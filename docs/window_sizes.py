"""Print which share of the screen the picture gets, at each size; with a folder, keep a picture of the window in each state there.

Run by ``make screenshots``, which prints the shares. ``python docs/window_sizes.py FOLDER`` draws all states, light and dark.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from make_screenshots import PLAN, SPECTRA, data_folder, follow, own_settings, viewer, wait_until
from PySide6.QtTest import QTest

from swmr_viewer.core.conditions import Timeout, default_conditions
from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.reader.messages import Combine, FollowRequest
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter

SIZES = {"1": ((1280, 800), (1440, 900), (1920, 1080), (1024, 768), (800, 600)), "1.5": ((1280, 720),), "2": ((1920, 1080),)}
"""Sizes of the window by how many pixels of the screen one of Qt's is: 1.5 on a screen of 1920 x 1080, 2 on one of 3840 x 2160."""
SCALARS = ScanPlan(scan_shape=(8, 10), frame_shape=(), period_s=0.02)
LINE_OF_SCALARS = ScanPlan(scan_shape=(80,), frame_shape=(), period_s=0.02)
SETTLE_MS = 400

Scene = Callable[[Assembly, Path], LiveWriter | None]


def running(assembly: Assembly, folder: Path) -> LiveWriter:
    """Half-way, with two regions and a line."""
    writer = _write(assembly, folder, PLAN, 330)
    draw(assembly)
    return writer


def held(assembly: Assembly, folder: Path) -> LiveWriter:
    """A frame is held while the scan goes on."""
    writer = running(assembly, folder)
    assembly.session.toggle_hold()
    return writer


def alone(assembly: Assembly, folder: Path) -> LiveWriter:
    """The picture without panels and tools."""
    writer = running(assembly, folder)
    assembly.window.actions_.picture_alone.trigger()
    return writer


def several(assembly: Assembly, folder: Path) -> LiveWriter:
    """The sum of some frames."""
    writer = running(assembly, folder)
    assembly.session.set_combine(Combine("sum", 20))
    wait_until(lambda: assembly.session.scan.shown is not None and assembly.session.scan.shown.combined == 20)
    return writer


def without_panels(assembly: Assembly, folder: Path) -> LiveWriter:
    """Nothing is measured."""
    return _write(assembly, folder, PLAN, 330)


def paused(assembly: Assembly, folder: Path) -> LiveWriter:
    """The timeout came, and looking goes on."""
    writer = _begin(assembly, folder, PLAN, (Timeout(1.0),))
    writer.step(75)
    wait_until(lambda: assembly.session.scan.is_still_following and assembly.session.scan.shown is not None)
    return writer


def incomplete(assembly: Assembly, folder: Path) -> LiveWriter:
    """The writer closed the file before the scan was complete."""
    writer = _begin(assembly, folder, PLAN, default_conditions())
    writer.step(64)
    writer.close_early()
    wait_until(lambda: assembly.session.scan.is_over)
    return writer


def stopped(assembly: Assembly, folder: Path) -> LiveWriter:
    """Somebody stopped following."""
    writer = _write(assembly, folder, PLAN, 100)
    assembly.session.stop()
    wait_until(lambda: assembly.session.scan.is_over)
    return writer


def finished(assembly: Assembly, folder: Path) -> LiveWriter:
    """Spectra and their waterfall, at the end."""
    writer = _write(assembly, folder, SPECTRA, 60)
    wait_until(lambda: assembly.session.scan.is_over)
    return writer


def scalars(assembly: Assembly, folder: Path) -> LiveWriter:
    """A value per point of a grid."""
    return _write(assembly, folder, SCALARS, 60)


def line_of_scalars(assembly: Assembly, folder: Path) -> LiveWriter:
    """A value per point of a line."""
    return _write(assembly, folder, LINE_OF_SCALARS, 60)


def waiting(assembly: Assembly, folder: Path) -> None:
    """The file is not there yet."""
    assembly.session.open(FollowRequest(str(folder / "i18-353199.nxs")))


def failed(assembly: Assembly, folder: Path) -> None:
    """The file is none."""
    rubbish = folder / "i18-353133.nxs"
    rubbish.write_bytes(b"this is no HDF5 file " * 100)
    assembly.session.open(FollowRequest(str(rubbish), wait_s=0.0))
    wait_until(lambda: assembly.window.error_bar.isVisible())


def empty(_assembly: Assembly, _folder: Path) -> None:
    """Nothing was opened."""


SCENES: tuple[Scene, ...] = (
    running, held, several, alone, without_panels, paused, incomplete, stopped, finished, scalars, line_of_scalars, waiting, failed, empty,
)  # fmt: skip


def draw(assembly: Assembly) -> None:
    """Draw two regions and a line, and open the panel that has their numbers."""
    measurements = assembly.window.measuring.measurements
    measurements.draw("rectangle", ((130.0, 120.0), (250.0, 230.0)))
    measurements.draw("ellipse", ((280.0, 280.0), (400.0, 380.0)))
    measurements.draw_line(((40.0, 256.0), (470.0, 256.0)))
    assembly.window.panels.panel("measuring").show()


def _begin(assembly: Assembly, folder: Path, plan: ScanPlan, conditions: tuple[object, ...]) -> LiveWriter:
    writer = LiveWriter(folder / "i18-353130.nxs", plan).__enter__()
    assembly.session.open(FollowRequest(str(writer.path), conditions=conditions))  # type: ignore[arg-type]
    return writer


def _write(assembly: Assembly, folder: Path, plan: ScanPlan, until: int) -> LiveWriter:
    writer = LiveWriter(folder / "i18-353130.nxs", plan).__enter__()
    follow(assembly, writer, until)
    return writer


def picture_share(assembly: Assembly) -> tuple[float, float]:
    """Return which share of the window's area a square frame has, and which of the height of its pane."""
    window, image = assembly.window, assembly.window.frame_view.image
    assert image.frame_shape is not None
    (width, height), (rows, columns) = image.box.screen_pixels(1.0), image.frame_shape
    share = width * columns * height * rows / (window.width() * window.height())
    return share, height * rows / assembly.window.frame_view.height()


def print_shares(scale: str, folder: Path) -> None:
    """Print the shares at the sizes of one scale: with the side column open, and of the picture alone."""
    for scene in (running, alone):
        with viewer(SIZES[scale][0]) as assembly:
            writer = scene(assembly, folder)
            for width, height in SIZES[scale]:
                assembly.window.resize(width, height)
                QTest.qWait(SETTLE_MS)
                share, of_pane = picture_share(assembly)
                size = f"{width:5} x {height:<5} scale {scale:4}"
                print(f"{scene.__name__:8} {size} {share:6.1%} of the screen, {of_pane:6.1%} of the height")
            _end(writer, folder)


def save_scenes(scale: str, folder: Path, target: Path) -> None:
    """Keep a picture of each state at the sizes of one scale, light and dark."""
    for scheme in ("dark", "light"):
        theme_of_application().force(scheme)
        for scene in SCENES:
            with viewer(SIZES[scale][0]) as assembly:
                writer = scene(assembly, folder)
                for width, height in SIZES[scale]:
                    assembly.window.resize(width, height)
                    QTest.qWait(SETTLE_MS)
                    name = f"{scene.__name__}-{scheme}-{width}x{height}-{scale}.png"
                    assembly.window.grab().save(str(target / name))
                _end(writer, folder)


def _end(writer: LiveWriter | None, folder: Path) -> None:
    if writer is not None:
        writer.__exit__(None, None, None)
    for file in folder.iterdir():
        file.unlink()


def main() -> int:
    """Do it at each scale, which Qt takes at its start only: a process for each."""
    if len(sys.argv) > 2:
        application()
        with own_settings(), data_folder() as folder:
            print_shares(sys.argv[1], folder)
            if sys.argv[2]:
                Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
                save_scenes(sys.argv[1], folder, Path(sys.argv[2]))
        return 0
    target = sys.argv[1] if len(sys.argv) > 1 else ""
    statuses = [
        subprocess.run([sys.executable, __file__, scale, target], env={**os.environ, "QT_SCALE_FACTOR": scale}, check=False).returncode
        for scale in SIZES
    ]
    return max(statuses)


if __name__ == "__main__":
    raise SystemExit(main())
