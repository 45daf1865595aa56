"""Make every picture of the documentation: the real window on real simulated scans that another process writes.

Run ``make screenshots``. The pictures go to docs/images/. With Xvfb they are drawn on a screen of its own, else off screen.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

if sys.platform.startswith("linux") and "SWMR_VIEWER_ON_XVFB" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from swmr_viewer.core.conditions import Timeout, default_conditions
from swmr_viewer.gui.application import application
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.look.settings import forget_settings
from swmr_viewer.gui.look.theme import theme_of_application
from swmr_viewer.gui.snapshots.snapshot_settings import SnapshotSettings
from swmr_viewer.quantities import FitModel
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reader.supervision import Supervisor
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter

IMAGES = Path(__file__).resolve().parent / "images"
PLAN = ScanPlan(scan_shape=(20, 30), frame_shape=(512, 512), n_keys=3, order="snake", period_s=0.02)
DECIDING = ScanPlan(
    scan_shape=(20, 30), frame_shape=(512, 512), n_keys=3, order="snake", period_s=0.01, monitor=True, peak=True, jitter=0.1
)
"""A reflection that lights up where the sample is, and a beam that drifts."""
SPOT, BESIDE = ((165.0, 325.0), (215.0, 375.0)), ((330.0, 120.0), (430.0, 220.0))
"""Round the reflection, and where none is."""
REDUCING = ScanPlan(scan_shape=(12, 15), frame_shape=(256, 256), period_s=0.01, peak=True, mask=True)
PEAK = "0.2:0.26"
"""Round the reflection, in 1/angstrom."""
SPECTRA = ScanPlan(scan_shape=(8, 10), frame_shape=(1024,), period_s=0.02)
LARGE, SMALL = (1440, 900), (1280, 800)
WAIT_S = 300.0
ON_XVFB = "SWMR_VIEWER_ON_XVFB"
"""Set where this script runs under Xvfb already."""


@contextlib.contextmanager
def viewer(size: tuple[int, int] = LARGE) -> Iterator[Assembly]:
    """A running viewer, as at its very first start."""
    forget_settings()
    supervisor = Supervisor()
    supervisor.start()
    assembly = Assembly(supervisor)
    assembly.window.resize(*size)
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


def follow(assembly: Assembly, writer: LiveWriter, until: int) -> None:
    """Open the writer's file and wait until so many frames are complete, and a late one is shown."""
    session = assembly.session
    session.open(FollowRequest(str(writer.path), conditions=default_conditions()))
    writer.run()
    wait_until(lambda: session.scan.progress is not None and session.scan.progress.n_complete >= until)
    wait_until(lambda: session.scan.shown is not None and session.scan.shown.index > until // 2)


def live_pictures(folder: Path, scheme: str, size: tuple[int, int] = LARGE) -> None:
    """The window half-way through a scan, and the open dialog on its file."""
    theme_of_application().force(scheme)
    with LiveWriter(folder / f"i18-353130-{scheme}.nxs", PLAN) as writer, viewer(size) as assembly:
        writer.step(40)
        follow(assembly, writer, 330)
        save(assembly.window, f"window-{scheme}")
        assembly.window.actions_.open.trigger()
        dialog = assembly.opening.dialog
        assert dialog is not None
        wait_until(lambda: dialog.open_button.isEnabled() and bool(dialog.contents.preview.title.text()))
        save(dialog, f"open-{scheme}")


def task_pictures(folder: Path) -> None:
    """One picture per task of the manual, on one scan."""
    theme_of_application().force("light")
    with LiveWriter(folder / "i18-353131.nxs", PLAN) as writer, viewer(SMALL) as assembly:
        window, session = assembly.window, assembly.session
        window.snapshots.set_settings(SnapshotSettings(Path("/data/2026/cm1234/snapshots")))
        session.open(FollowRequest(str(writer.path), conditions=(Timeout(1.0),)))
        writer.step(75)
        wait_until(lambda: session.scan.is_still_following and session.scan.shown is not None)
        save(window, "ended")
        session.set_conditions(default_conditions(60.0))
        measurements = window.measuring.measurements
        measurements.draw("rectangle", ((130.0, 120.0), (250.0, 230.0)))
        measurements.draw("ellipse", ((280.0, 280.0), (400.0, 380.0)))
        measurements.draw_line(((40.0, 256.0), (470.0, 256.0)))
        writer.run()
        wait_until(lambda: session.scan.progress is not None and session.scan.progress.n_complete >= 200)
        window.resize(*LARGE)
        window.panels.panel("measuring").show()
        QTest.qWait(1500)  # for the frames before these to be measured as well
        save(window, "measuring")
        window.actions_.diagnostics.trigger()
        window.actions_.snapshot_settings.trigger()
        window.actions_.shortcuts.trigger()
        assert window.desktop_actions.diagnostics is not None
        assert window.desktop_actions.snapshot_panel is not None
        assert window.desktop_actions.sheet is not None
        save(window.desktop_actions.snapshot_panel, "snapshots")
        save(window.desktop_actions.sheet, "keys")
        save(window.desktop_actions.diagnostics, "diagnostics")


def deciding_pictures(folder: Path) -> None:
    """Where the sample is, a fit against a motor, the scan before: half-way through a scan, after another one."""
    theme_of_application().force("light")
    before, now = (folder / f"i18-{number}.nxs" for number in (353140, 353141))
    with LiveWriter(before, DECIDING, stepped=False) as writer:
        writer.wait_exit(0)
    with LiveWriter(now, replace(DECIDING, seed=3)) as writer, viewer() as assembly:
        show_deciding(assembly, str(before))
        assembly.session.open(FollowRequest(str(now), conditions=default_conditions()))
        writer.step(430)
        wait_until(lambda: is_measured(assembly, 420))  # mca and diode lag
        assembly.session.pin(307)
        QTest.qWait(2000)  # for the fit, and for what is drawn of both scans
        save(assembly.window, "deciding")
        for part, name in ((assembly.window.map_panel, "map"), (assembly.window.measuring.tabs, "curve")):
            part.grab().save(str(IMAGES / f"{name}.png"))


def reducing_picture(folder: Path) -> None:
    """Azimuthal integration while the scan runs: patterns, and the area of a peak as a map."""
    theme_of_application().force("light")
    with LiveWriter(folder / "i18-353150.nxs", REDUCING) as writer, viewer() as assembly:
        assembly.session.open(FollowRequest(str(writer.path), conditions=default_conditions(600.0)))
        writer.step(40)
        wait_until(lambda: assembly.session.scan.shown is not None)
        show_reducing(assembly)
        writer.step(90)
        wait_until(lambda: n_reduced(assembly) >= 130)
        QTest.qWait(1500)
        save(assembly.window, "reducing")


def show_reducing(assembly: Assembly) -> None:
    """Have patterns made of all frames, and the map show the area of a peak."""
    parts = assembly.window.reductions
    parts.show_panel.trigger()
    choices = parts.reductions.choices
    choices.choose("pyfai1d")
    wait_until(lambda: choices.info is not None)
    choices.set_text("peaks", PEAK)
    wait_until(lambda: parts.start.isEnabled())
    parts.start.trigger()
    wait_until(lambda: n_reduced(assembly) > 0)
    assembly.window.quantity_map.show_quantity("pyfai1d.peak_1_area")


def n_reduced(assembly: Assembly) -> int:
    """Return how many frames are reduced."""
    run = assembly.window.reductions.reductions.shown_run
    return 0 if run is None or run.progress is None or run.request.shows_only else run.progress.n_reduced


def show_deciding(assembly: Assembly, path: str) -> None:
    """Have a finished scan measured, and what is chosen for it stays for the next one."""
    session, window = assembly.session, assembly.window
    session.open(FollowRequest(path, conditions=default_conditions()))
    wait_until(lambda: session.scan.shown is not None)
    for points in (SPOT, BESIDE):
        window.measuring.measurements.draw("rectangle", points)
    window.measuring.measurements.select("A")
    window.panels.panel("measuring").show()
    window.quantity_map.show()
    wait_until(lambda: session.scan.quantities.quantity("A.sum / I0") is not None)
    window.quantity_map.map.choices.show_quantity("A.sum / I0", is_expression=True)
    choice = window.measuring.regions_panel.choice
    choice.change(over="I0", against="stage_x", part="line", fit=FitModel.GAUSSIAN)
    wait_until(lambda: is_measured(assembly, 600))


def is_measured(assembly: Assembly, n: int) -> bool:
    """Whether so many frames are measured, and divided by the monitor."""
    return assembly.session.scan.quantities.n_known("A.sum / I0") >= n


def spectrum_picture(folder: Path) -> None:
    """A scan of spectra, with two of its lines measured."""
    with LiveWriter(folder / "i18-353132.nxs", SPECTRA) as writer, viewer(SMALL) as assembly:
        assembly.session.set_every_frame(True)
        follow(assembly, writer, 60)
        measuring, panels = assembly.window.measuring, assembly.window.panels
        for low, high in ((185.0, 275.0), (520.0, 690.0)):
            measuring.measurements.draw("rectangle", ((low, 0.0), (high, 1.0)))
        panels.panel("measuring").show()
        wait_until(lambda: measuring.measurements.values.n_known("B.sum") >= 60)
        QTest.qWait(500)  # for the curve to be drawn
        save(assembly.window, "spectrum")


def error_picture(folder: Path) -> None:
    """What is said of a file that is none."""
    rubbish = folder / "i18-353133.nxs"
    rubbish.write_bytes(b"this is no HDF5 file " * 100)
    with viewer(SMALL) as assembly:
        assembly.session.open(FollowRequest(str(rubbish), wait_s=0.0))
        wait_until(lambda: assembly.window.error_bar.isVisible())
        save(assembly.window, "error")


def on_a_screen_of_its_own() -> int | None:
    """Run this script under Xvfb; None where there is none, or this is it already."""
    xvfb = shutil.which("xvfb-run")
    if xvfb is None or ON_XVFB in os.environ or os.environ.get("QT_QPA_PLATFORM") != "offscreen":
        return None
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", ON_XVFB: "1"}
    command = [xvfb, "-a", "-s", "-screen 0 2560x1600x24", sys.executable, str(Path(__file__).resolve())]
    return subprocess.run(command, env=environment, check=False).returncode


def main() -> int:
    """Make them all."""
    status = on_a_screen_of_its_own()
    if status == 0:
        return status
    if status is not None:
        print("That failed; once more, off screen.")
    IMAGES.mkdir(exist_ok=True)
    application()
    with own_settings(), data_folder() as folder:
        for scheme in ("dark", "light"):
            live_pictures(folder, scheme)
        task_pictures(folder)
        deciding_pictures(folder)
        reducing_picture(folder)
        spectrum_picture(folder)
        error_picture(folder)
    return 0


@contextlib.contextmanager
def own_settings() -> Iterator[None]:
    """Settings of this run alone: nobody's own come in, or change."""
    with tempfile.TemporaryDirectory() as name:
        for kind in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
            QSettings.setPath(kind, QSettings.Scope.UserScope, str(Path(name) / "settings"))
        yield


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """A folder for the scans whose name people can read in the pictures; it must not be there yet."""
    root = Path(tempfile.gettempdir()) / "i18"
    root.mkdir()
    try:
        folder = root / "2026" / "cm1234-1"
        folder.mkdir(parents=True)
        yield folder
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    raise SystemExit(main())
