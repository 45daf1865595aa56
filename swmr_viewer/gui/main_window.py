"""The one window: puts the widgets together; nobody else knows two of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.actions import make_actions, make_window_menu
from swmr_viewer.gui.alarms import AlarmParts
from swmr_viewer.gui.controls import ControlBar, LiveEdge
from swmr_viewer.gui.desktop.desktop_actions import DesktopActions
from swmr_viewer.gui.desktop.error_bar import ErrorBar
from swmr_viewer.gui.desktop.keyboard_focus import KeyboardFocus
from swmr_viewer.gui.desktop.readout_bar import ReadoutBar
from swmr_viewer.gui.desktop.top_bar import TopBar
from swmr_viewer.gui.display.display_memory import DisplayMemory
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.display.display_tools import DisplayTools
from swmr_viewer.gui.look.menus import make_menu, menu_below
from swmr_viewer.gui.look.painting import tell_again
from swmr_viewer.gui.look.panels import Panels
from swmr_viewer.gui.look.room import size_on_screen
from swmr_viewer.gui.look.scrolled import Scrolled
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.masks import MaskParts
from swmr_viewer.gui.measuring import Measuring
from swmr_viewer.gui.picture import Comparing, EmptyState, FrameHeader, FramePane, ViewRow
from swmr_viewer.gui.quantity_map import QuantityMapTab
from swmr_viewer.gui.reductions import ReductionParts
from swmr_viewer.gui.rings import RingParts
from swmr_viewer.gui.scan_map import MapPages, MapPanel, ScanGaps, add_map_menu, detector_names, make_map_actions
from swmr_viewer.gui.session import Session
from swmr_viewer.gui.side_by_side import FrameOrGrid, SideBySide
from swmr_viewer.gui.snapshots import Burst, Snapshots
from swmr_viewer.program_log import ProgramLog

GAP = 8
DRAWN = QSize(1440, 900)
GEOMETRY_KEY = "window/geometry"


class MainWindow(QMainWindow):
    """Shows a session.

    Parameters
    ----------
    session : Session
        What it shows.
    log : ProgramLog, optional
        Where what happens is taken down.
    """

    def __init__(self, session: Session, log: ProgramLog | None = None) -> None:
        super().__init__()
        self.session = session
        self.actions_ = make_actions(session, self)
        self._build()
        self._connect()
        self.resize(size_on_screen(DRAWN, self))
        self.restoreGeometry(settings().value(GEOMETRY_KEY) or b"")
        self.burst = Burst(session, self.snapshots)
        self.desktop_actions = DesktopActions(
            session,
            self.frame_view,
            self.snapshots,
            self.panels,
            self.actions_,
            self.menu_,
            self.burst,
            self.measuring.measurements,
            self.display,
            log,
        )
        self.desktop_actions.was_reset.connect(self.rings.forget)
        self.desktop_actions.was_reset.connect(self.reductions.forget)
        self.desktop_actions.was_reset.connect(self.quantity_map.choices.forget)
        self.panels.restore()
        self._show_request()

    def _build(self) -> None:
        session, actions = self.session, self.actions_
        self.menu_ = make_window_menu(actions, self)
        self._make_places()
        self.error_bar = ErrorBar(session)
        self.frame_header = FrameHeader(session)
        self.frame_header.offer_alone(actions.picture_alone)
        self.display = Display(session)
        self.display_memory = DisplayMemory(session, self.display)
        self.frame_view = FramePane(session, self.display)
        self.comparing = Comparing(session, self.display, self.frame_view, self)
        self.frame_header.add_badge(self.comparing.badge)
        self.view_row = ViewRow(session, self.display)
        self.display_tools = DisplayTools(session, self.display, actions.auto_levels, self)
        self.display_tools.stand_beside(self.frame_view.image.column)
        gaps = ScanGaps(session, self)
        pages = MapPages(session, self)
        map_actions = make_map_actions(pages, self)
        map_menu = add_map_menu(map_actions, self.menu_)
        self.map_panel = MapPanel(session, gaps, pages, map_actions)
        self.quantity_map = QuantityMapTab(session, self.map_panel, gaps, pages, self)
        self.quantity_map.add_to(map_menu)
        self.edge = LiveEdge(session, self)
        self.control_bar = ControlBar(session, self.edge.playback)
        self.edge.compose(self.menu_, self.frame_header, self.control_bar)
        self.termination_bar = self.control_bar.termination
        self.readout = ReadoutBar(session)
        self.snapshots = Snapshots(session, self.frame_view, self)
        self.measuring = Measuring(session, self.frame_view, self.display, gaps, pages, self)
        self.masks = MaskParts(session, self.display, self.measuring, self)
        self.rings = RingParts(session, self.measuring.overlay, self)
        self.reductions = ReductionParts(session, self.display, self.measuring.measurements, self)
        self.alarms = AlarmParts(
            session,
            gaps.lost,
            lambda: detector_names(session.scan.description.key_paths if session.scan.description is not None else ()),
            self,
        )
        self.side_by_side = SideBySide(session, self.display, self.measuring.measurements, self.rings.draw_beside)
        self.center = FrameOrGrid(self.frame_view, self.side_by_side, self.measuring.data_tabs)
        self.top_bar = TopBar(session, self.measuring.data_tabs, actions.snapshot, self.menu_)
        self._fill_places()
        self._compose()
        for part in (self.control_bar, self.readout):
            self._page.addWidget(part)
        self.keyboard = KeyboardFocus(self, self._middle)
        self._middle.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._middle.setFocus()  # else the first button wears the ring of the keyboard's focus at the start

    def _make_places(self) -> None:
        """Make the places of the parts, the outermost first: whatever changes hands with all that is in it, Qt polishes anew as a whole."""
        self._middle, self._frame, page = QWidget(), QFrame(), QWidget()
        self.setCentralWidget(Scrolled(self._middle))
        self._notes, self._pages = _column(self._middle, GAP, GAP, GAP, GAP, 4), QStackedWidget(self._middle)
        self._notes.addWidget(self._pages, 1)
        self.empty = EmptyState(self.actions_.open)
        for one in (self.empty, page):
            self._pages.addWidget(one)
        self._page = _column(page, GAP // 2)
        self.panels = Panels(self._frame)
        self._page.addWidget(self.panels, 1)

    def _fill_places(self) -> None:
        for number, part in enumerate((self.top_bar, self.error_bar)):
            self._notes.insertWidget(number, part)
        self._frame.setProperty("panel", "true")
        box = _column(self._frame, 3, 8, 5, 8, 5)
        for part in (self.frame_header, self.center, self.view_row):
            box.addWidget(part, 1 if part is self.center else 0)

    def add_note(self, note: QWidget) -> None:
        """Put what is offered in a line of its own, below the one at the top; it takes no room while it has nothing to say."""
        self._notes.insertWidget(1, note)

    def _compose(self) -> None:
        """Put together what belongs together: panels, tools, menus."""
        self.panels.add("map", "Map", self.map_panel)
        self.quantity_map.shown.connect(self.panels.panel("map").show)
        self.measuring.add_panels(self.panels)
        self.measuring.add_to_frames(self.frame_view)
        self.reductions.add_panel(self.panels)
        self.alarms.frame(self.panels.centralWidget(), self.frame_header)
        tools = self.display_tools
        icons: dict[QWidget, str] = {tools.levels_button: "levels", tools.color_button: "colors"}
        for button in tools.compose(self.menu_, self.actions_.quit):
            self.top_bar.add_tool(button, icons.get(button, ""))
        self.measuring.menu_.addSeparator()
        self.measuring.menu_.addMenu(self.masks.menu_)
        self.measuring.menu_.addActions([*self.rings.actions_, *self.alarms.actions_])
        self.display_tools.levels_editor.masks.clear_own.clicked.connect(self.masks.masks.clear)
        self.rings.open_below(self.measuring.button)
        self.alarms.open_below(self.measuring.button)
        self.top_bar.add_tool(self.measuring.button, "measure")
        self.top_bar.add_tool(self.reductions.button, "reductions")
        self.top_bar.add_tool(self.edge.combine_button)
        self.fit_button = _tool(self.actions_.fit, "Fit")
        self.top_bar.add_tool(self.fit_button, "fit")
        self.menu_.insertMenu(self.actions_.quit, self.view_row.menu_)
        self.menu_.insertMenu(self.actions_.quit, self.measuring.menu_)
        self.menu_.insertMenu(self.actions_.quit, self.reductions.menu_)
        self.comparing.add_to(self.measuring.compare_menu.menu)
        self.menu_.insertMenu(self.actions_.quit, self.measuring.compare_menu.menu)
        tabs, picture = self.measuring.data_tabs, menu_below(self.menu_, "Picture")
        picture.addSeparator()
        picture.addActions((tabs.next_action, tabs.all_action, self.side_by_side.link_zoom))
        self._lend_actions()

    def _lend_actions(self) -> None:
        """Offer the window's actions where they are of use: in the context menus of plots and of the picture."""
        actions, looks = self.actions_, self.display_tools.actions
        scales = tuple(looks.scales.values())
        self.measuring.lend_actions(scales, actions.save_curves)
        copying = (actions.copy_picture, actions.copy_numbers, actions.snapshot)
        showing = (actions.fit, actions.pixels, actions.picture_alone, self.comparing.hold)
        self.measuring.lend_to_picture(copying, showing, make_menu("&Scale", self, scales), (looks.edit_levels, looks.edit_colors))

    def _connect(self) -> None:
        session, actions, view = self.session, self.actions_, self.frame_view
        session.request_changed.connect(self._show_request)
        session.frame_settled.connect(self._show_title)
        session.request_changed.connect(tell_again)
        self.alarms.alerted.connect(self.edge.notifier.notify_alarm)
        actions.snapshot.triggered.connect(self.snapshots.take)
        self.snapshots.fits = lambda: self.measuring.regions_panel.fits.descriptions
        actions.fit.triggered.connect(view.fit)
        actions.fit.triggered.connect(self.side_by_side.fit)
        actions.pixels.triggered.connect(view.zoom_to_pixels)
        self.frame_header.title.clicked.connect(self.edge.actions.go_to.trigger)
        actions.picture_alone.toggled.connect(self._show_picture_alone)
        view.pixel_pointed.connect(self.readout.point_at)
        self.readout.explains = self.comparing.held.values_at
        self.measuring.actions_.crosshair.toggled.connect(self.side_by_side.switch_crosshair)
        for layer in (self.measuring.layer, self.measuring.spans):
            layer.tool.kind_changed.connect(self.center.show_one_to_draw)
        self.measuring.picture_menu.map_wanted.connect(self.quantity_map.show_quantity)
        for part in (self.measuring.waterfall, self.reductions):
            part.pointed.connect(self.readout.point_elsewhere)

    def _show_picture_alone(self, alone: bool) -> None:
        for part in (self.top_bar, self.readout):
            part.setVisible(not alone)
        self.panels.put_away(away=alone)

    def _show_request(self) -> None:
        request = self.session.scan.request
        self._pages.setCurrentIndex(0 if request is None else 1)
        self._show_title()

    def _show_title(self) -> None:
        request = self.session.scan.request
        name = "" if request is None else plain(Path(request.path).name)
        title = " \u2013 ".join(filter(None, (name, self.session.scan.combined_text, "swmr_viewer")))
        title = title.replace("[*]", "[*][*]")  # Qt puts the mark of what is not saved there
        if title != self.windowTitle():
            self.setWindowTitle(title)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self.keyboard.kept() or super().focusNextPrevChild(forward)

    # ---- closing

    def closeEvent(self, event: QCloseEvent) -> None:
        self.panels.keep()
        self.display_memory.keep()
        self.measuring.memory.keep()
        self.quantity_map.choices.memory.keep()
        self.alarms.keep()
        self.rings.keep()
        self.reductions.keep()
        settings().setValue(GEOMETRY_KEY, self.saveGeometry())
        super().closeEvent(event)


def _column(part: QWidget, spacing: int, left: int = 0, top: int = 0, right: int = 0, bottom: int = 0) -> QVBoxLayout:
    box = QVBoxLayout(part)
    box.setContentsMargins(left, top, right, bottom)
    box.setSpacing(spacing)
    return box


def _tool(action: QAction, words: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("slim", "true")
    button.setText(words)
    button.setAccessibleName(words)
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    return button
