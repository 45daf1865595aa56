"""Print which share of the screen the picture gets, at each size; with a folder, keep pictures of the window in each state there.

Run by ``make screenshots``, which prints the shares. ``python docs/window_sizes.py FOLDER`` draws all states, light and dark, and
what can be opened in them; ``--only deciding 1024x768 dark`` those whose names have one of these words of each kind.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from make_screenshots import data_folder, own_settings, viewer
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from window_scenes import SCENES, Scene, alone, running

from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.theme import theme_of_application
from tests.live.writers import LiveWriter

SIZES = (
    ("1280x800", "1"), ("1440x900", "1"), ("1920x1080", "1"), ("1024x768", "1"), ("800x600", "1"), ("1280x720", "1.5"), ("1920x1080", "2")
)  # fmt: skip
"""Of the window, and by how many pixels of the screen one of Qt's is: 1.5 on a screen of 1920 x 1080, 2 on one of 3840 x 2160."""
SCHEMES = ("dark", "light")
SETTLE_MS = 400


def picture_share(assembly: Assembly) -> tuple[float, float]:
    """Return which share of the window's area a square frame has, and which of the height of its pane."""
    window, image = assembly.window, assembly.window.frame_view.image
    assert image.frame_shape is not None
    (width, height), (rows, columns) = image.box.screen_pixels(1.0), image.frame_shape
    share = width * columns * height * rows / (window.width() * window.height())
    return share, height * rows / assembly.window.frame_view.height()


def print_shares(size: str, scale: str, folder: Path) -> None:
    """Print the shares at one size: with the side column open, and of the picture alone."""
    for make in (running, alone):
        with viewer(_pixels(size)) as assembly:
            writer = make(assembly, folder)
            QTest.qWait(SETTLE_MS)
            share, of_pane = picture_share(assembly)
            print(f"{make.__name__:8} {size:9} scale {scale:4} {share:6.1%} of the screen, {of_pane:6.1%} of the height", flush=True)
            _end(writer, folder)


def save_scene(scene: Scene, scheme: str, target: Path, name: str, size: str, folder: Path) -> None:
    """Keep a picture of a state, and of each thing that can be opened in it."""
    theme_of_application().force(scheme)
    with viewer(_pixels(size)) as assembly:
        assembly.window.move(0, 0)
        writer = scene.make(assembly, folder)
        QTest.qWait(SETTLE_MS)
        _photograph(assembly.window).save(str(target / f"{scene.name}-{name}.png"))
        for word, open_it in scene.opened.items():
            open_it(assembly)
            QTest.qWait(SETTLE_MS)
            _photograph(assembly.window).save(str(target / f"{scene.name}-{word}-{name}.png"))
            for other in _over(assembly.window):
                other.close()
        _end(writer, folder)


def _over(window: QWidget) -> list[QWidget]:
    """Return what stands over a window, the lowest first."""
    others = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one is not window]
    return sorted(others, key=lambda one: one.windowType() is Qt.WindowType.Popup)


def _photograph(window: QWidget) -> QPixmap:
    """Return the screen as it is seen, dialogs and menus over the window."""
    screen = window.grab()
    painter = QPainter(screen)
    for other in _over(window):
        at = other.mapToGlobal(QPoint(0, 0)) - window.mapToGlobal(QPoint(0, 0))
        painter.drawPixmap(at, other.grab())
        painter.drawRect(at.x() - 1, at.y() - 1, other.width(), other.height())
    painter.end()
    return screen


def _pixels(size: str) -> tuple[int, int]:
    width, height = size.split("x")
    return int(width), int(height)


def _end(writer: LiveWriter | None, folder: Path) -> None:
    if writer is not None:
        writer.__exit__(None, None, None)
    for file in folder.iterdir():
        file.unlink()


def _draw(size: str, scale: str, target: Path | None, only: list[str]) -> None:
    """Do it at one size, on a screen of that size."""
    application()
    with own_settings(), data_folder() as folder:
        if target is None:
            print_shares(size, scale, folder)
            return
        target.mkdir(parents=True, exist_ok=True)
        for scheme in _among(SCHEMES, only):
            wanted = _among([scene.name for scene in SCENES], only)
            for scene in (scene for scene in SCENES if scene.name in wanted):
                save_scene(scene, scheme, target, f"{scheme}-{size}-{scale}", size, folder)


def _among(names: list[str] | tuple[str, ...], only: list[str]) -> list[str]:
    """Return the names that are wanted; all where none of them is named."""
    return [name for name in names if name in only] or list(names)


def _run_on_a_screen_of(size: str, scale: str, arguments: list[str]) -> int:
    """Run this script in a process of its own: Qt takes scale and screen at its start only."""
    width, height = _pixels(size)
    pixels = {"width": round(width * float(scale)), "height": round(height * float(scale))}
    screen = {"name": "screen", "x": 0, "y": 0, **pixels, "logicalDpi": 96}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"screens": [{**screen, "logicalBaseDpi": 96, "dpr": 1}]}, file)
        file.flush()
        environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": f"offscreen:configfile={file.name}"}
        return subprocess.run([sys.executable, __file__, *arguments, "--at", size, scale], env=environment, check=False).returncode


def main() -> int:
    """Do it at each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="names of states, sizes, light or dark")
    parser.add_argument("--at", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.at:
        _draw(*args.at, args.folder, args.only)
        return 0
    sizes = [(size, scale) for size, scale in SIZES if size in _among([size for size, _ in SIZES], args.only)]
    return max(_run_on_a_screen_of(size, scale, sys.argv[1:]) for size, scale in sizes)


if __name__ == "__main__":
    raise SystemExit(main())
