"""The states of the window of which pictures are drawn, and what is opened in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from make_screenshots import DECIDING, PLAN, SPECTRA, follow, is_measured, show_deciding, wait_until
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton

from swmr_viewer.core.conditions import Timeout, default_conditions
from swmr_viewer.gui.assembly import Assembly
from swmr_viewer.gui.rings.rings import RingChoice
from swmr_viewer.reader.messages import Combine, FollowRequest
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter

SCALARS = ScanPlan(scan_shape=(8, 10), frame_shape=(), period_s=0.02)
LINE_OF_SCALARS = ScanPlan(scan_shape=(80,), frame_shape=(), period_s=0.02)
SPIRAL = replace(DECIDING, scan_shape=(400,), order="raster", spiral=True)
SEVERAL = replace(DECIDING, n_keys=1, n_detectors=4)
SETTLE_MS = 2000
"""For fits, and for what is drawn of two scans."""

Open = Callable[[Assembly], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """A state, and what is opened in it: each is a picture of its own."""

    make: Callable[[Assembly, Path], LiveWriter | None]
    opened: dict[str, Open]

    @property
    def name(self) -> str:
        """As its pictures are called."""
        return self.make.__name__


# ---- states


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


def deciding(assembly: Assembly, folder: Path) -> LiveWriter:
    """A map of a region by the monitor, curves with a fit, the scan before in grey."""
    before, now = (folder / f"i18-{number}.nxs" for number in (353140, 353141))
    with LiveWriter(before, replace(DECIDING, period_s=0.0)) as writer:
        writer.run()
        show_deciding(assembly, str(before))
    writer = LiveWriter(now, replace(DECIDING, seed=3)).__enter__()
    assembly.session.open(FollowRequest(str(now), conditions=default_conditions(600.0)))
    writer.step(430)
    wait_until(lambda: is_measured(assembly, 420))  # mca and diode lag
    assembly.session.pin(307)
    QTest.qWait(SETTLE_MS)
    return writer


def profile(assembly: Assembly, folder: Path) -> LiveWriter:
    """The profile of a line, fitted; rings of a calibrant over the picture."""
    writer = _write(assembly, folder, PLAN, 330)
    draw(assembly)
    assembly.window.rings.rings.choose(RingChoice("AgBh"))
    measuring = assembly.window.measuring
    measuring.tabs.show_page(measuring.profile_panel)
    assembly.session.toggle_hold()
    QTest.qWait(500)
    return writer


def masked(assembly: Assembly, folder: Path) -> LiveWriter:
    """The detector's mask, and one that was drawn; an alarm is on."""
    writer = _write(assembly, folder, replace(PLAN, mask=True), 100)
    assembly.window.masks.masks.draw("ellipse", ((180.0, 180.0), (330.0, 330.0)), erases=False)
    draw(assembly)
    return writer


def compared(assembly: Assembly, folder: Path) -> LiveWriter:
    """The difference of the frame and one that is held."""
    writer = _write(assembly, folder, DECIDING, 330)
    assembly.session.pin(100)
    wait_until(lambda: assembly.session.scan.shown is not None and assembly.session.scan.shown.index == 100)
    assembly.window.comparing.hold.trigger()
    assembly.session.pin(200)
    wait_until(lambda: assembly.session.scan.shown is not None and assembly.session.scan.shown.index == 200)
    assembly.window.comparing.views["difference"].trigger()
    QTest.qWait(500)
    return writer


def beside(assembly: Assembly, folder: Path) -> LiveWriter:
    """Four data sets side by side."""
    writer = _write(assembly, folder, SEVERAL, 200)
    assembly.window.measuring.data_tabs.all_action.trigger()
    QTest.qWait(1000)
    return writer


def spiral(assembly: Assembly, folder: Path) -> LiveWriter:
    """A quantity at the points of a spiral, some of them selected."""
    writer = _write(assembly, folder, SPIRAL, 300)
    assembly.window.quantity_map.show()
    assembly.window.quantity_map.map.choices.show_quantity("I0")
    QTest.qWait(1000)
    return writer


# ---- what is opened


def _menu_of(button: Callable[[Assembly], QToolButton]) -> Open:
    def show(assembly: Assembly) -> None:
        where = button(assembly)
        where.menu().popup(where.mapToGlobal(QPoint(0, where.height())))

    return show


def _submenu(menu: Callable[[Assembly], QMenu], *titles: str) -> Open:
    """Open a menu at the window's button of menus, and in it these menus one after the other."""

    def show(assembly: Assembly) -> None:
        inner, button = menu(assembly), assembly.window.top_bar.menu
        inner.popup(button.mapToGlobal(QPoint(0, button.height())))
        for title in titles:
            entry = next(one for one in inner.actions() if one.text().replace("&", "") == title)
            inner.setActiveAction(entry)
            inner = entry.menu()  # type: ignore[assignment]
            QTest.qWait(300)  # the desktop's pause before it opens

    return show


def _triggered(action: Callable[[Assembly], QAction]) -> Open:
    return lambda assembly: action(assembly).trigger()


def _open_dialog(assembly: Assembly) -> None:
    assembly.window.actions_.open.trigger()
    dialog = assembly.opening.dialog
    assert dialog is not None
    wait_until(lambda: dialog.open_button.isEnabled() and bool(dialog.contents.preview.title.text()))


MENUS = ("File", "Go", "Map", "Picture", "Measure", "Window")
OF_DECIDING: dict[str, Open] = {
    "menu": _submenu(lambda it: it.window.menu_),
    **{f"menu-{title}": _submenu(lambda it: it.window.menu_, title) for title in MENUS},
    "menu-Compare": _submenu(lambda it: it.window.menu_, "Measure", "Compare"),
    "menu-Mask": _submenu(lambda it: it.window.menu_, "Measure", "Mask"),
    "measure": _menu_of(lambda it: it.window.measuring.button),
    "file": _menu_of(lambda it: it.window.top_bar.file),
    "quantity": _triggered(lambda it: it.window.quantity_map.actions.quantity),
    "expression": _triggered(lambda it: it.window.quantity_map.actions.expression),
    "map-look": _triggered(lambda it: it.window.quantity_map.actions.look),
    "drawn": _menu_of(lambda it: it.window.measuring.regions_panel.quantity),
    "against": _menu_of(lambda it: it.window.measuring.regions_panel.against),
    "fit": _menu_of(lambda it: it.window.measuring.regions_panel.fit),
    "levels": _triggered(lambda it: it.window.display_tools.actions.edit_levels),
    "colors": _triggered(lambda it: it.window.display_tools.actions.edit_colors),
    "correction": _triggered(lambda it: it.window.display_tools.actions.edit_correction),
    "rings": _triggered(lambda it: it.window.rings.edit),
    "alarms": _triggered(lambda it: it.window.alarms.edit),
    "combine": lambda it: it.window.edge.combine_button.open(),
    "stops": lambda it: it.window.termination_bar.conditions.open(),
    "go-to": _triggered(lambda it: it.window.edge.actions.go_to),
    "open": _open_dialog,
    "watch": _triggered(lambda it: it.opening.watching.choose_folder),
    "compare-file": _triggered(lambda it: it.window.measuring.compare_menu.add),
    "snapshots": _triggered(lambda it: it.window.actions_.snapshot_settings),
    "keys": _triggered(lambda it: it.window.actions_.shortcuts),
    "reset": _triggered(lambda it: it.window.actions_.reset),
}
OF_MASKED: dict[str, Open] = {
    "levels": _triggered(lambda it: it.window.display_tools.actions.edit_levels),
    "load": _triggered(lambda it: it.window.masks.load),
    "save": _triggered(lambda it: it.window.masks.save),
}
OF_PROFILE: dict[str, Open] = {"rings": _triggered(lambda it: it.window.rings.edit)}
NOTHING: dict[str, Open] = {}

SCENES = (
    *(Scene(make, NOTHING) for make in (running, held, several, alone, without_panels, paused, incomplete, stopped, finished)),
    *(Scene(make, NOTHING) for make in (scalars, line_of_scalars, waiting, failed, empty, compared, beside, spiral)),
    Scene(deciding, OF_DECIDING),
    Scene(profile, OF_PROFILE),
    Scene(masked, OF_MASKED),
)


def draw(assembly: Assembly) -> None:
    """Draw two regions and a line, and open the panel that has their numbers."""
    measurements = assembly.window.measuring.measurements
    measurements.draw("rectangle", ((130.0, 120.0), (250.0, 230.0)))
    measurements.draw("ellipse", ((280.0, 280.0), (400.0, 380.0)))
    measurements.draw_line(((40.0, 300.0), (470.0, 300.0)))
    assembly.window.panels.panel("measuring").show()


def _begin(assembly: Assembly, folder: Path, plan: ScanPlan, conditions: tuple[object, ...]) -> LiveWriter:
    writer = LiveWriter(folder / "i18-353130.nxs", plan).__enter__()
    assembly.session.open(FollowRequest(str(writer.path), conditions=conditions))  # type: ignore[arg-type]
    return writer


def _write(assembly: Assembly, folder: Path, plan: ScanPlan, until: int) -> LiveWriter:
    writer = LiveWriter(folder / "i18-353130.nxs", plan).__enter__()
    follow(assembly, writer, until)
    return writer
