"""Everything that measures, put together for the main window: models, overlays, panels, actions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMenu, QWidget

from swmr_viewer.gui.comparing import CompareMenu, Comparisons
from swmr_viewer.gui.curve_panel import CurvePanel, PlotFits, PlotMenus, ProfileOf, ProfilePanel, RegionsPanel, Scalars
from swmr_viewer.gui.curves import PlotPane, SharedAxis
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.fitting import Fitter
from swmr_viewer.gui.image import Crosshair, FrameOverlay, PixelNumbers
from swmr_viewer.gui.look.menus import make_menu
from swmr_viewer.gui.look.panels import Panels
from swmr_viewer.gui.measuring.picture_menu import PictureMenu
from swmr_viewer.gui.measuring.pointed_value import PointedValue
from swmr_viewer.gui.measuring.waterfall import Waterfall
from swmr_viewer.gui.picture import DataTabs, FramePane, ZoomMemory
from swmr_viewer.gui.regions import (
    MeasureButton,
    Measurements,
    RegionFiles,
    RegionMemory,
    RegionsLayer,
    SpansLayer,
    make_measuring_actions,
    make_measuring_menu,
)
from swmr_viewer.gui.scan_map import MapPages, ScanGaps
from swmr_viewer.gui.session import Session


class Measuring(QObject):
    """Owns the parts of measuring; the main window gives it the picture and places for its panels.

    Parameters
    ----------
    session : Session
        What is measured.
    view : FramePane
        Over whose image and curve marks are drawn.
    display : Display
        Says what is masked.
    gaps, pages : ScanGaps, MapPages
        As those of the panel of maps.
    window : QWidget
        Owner of the actions.
    """

    def __init__(self, session: Session, view: FramePane, display: Display, gaps: ScanGaps, pages: MapPages, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._view, self._gaps, self._pages = session, view, gaps, pages
        self._display = display
        self._window = window
        self.measurements = Measurements(session, self)
        self.fitter = Fitter(self)
        self.comparisons = Comparisons(session, self)
        self.compare_menu = CompareMenu(session, self.comparisons, window)
        self.memory = RegionMemory(session, self.measurements)
        self.region_files = RegionFiles(session, self.measurements, window)
        self.overlay = FrameOverlay(view.image)
        self.layer = RegionsLayer(self.overlay, self.measurements)
        self.spans = SpansLayer(session, view.curve, self.measurements)
        self.crosshair = Crosshair(self.overlay)
        self.numbers = PixelNumbers(session, self.overlay)
        self.waterfall = Waterfall(session, self.measurements)
        self.data_tabs = DataTabs(session)
        window.addActions([self.data_tabs.next_action, self.data_tabs.all_action])
        self.actions_ = make_measuring_actions(window)
        self.regions_panel = RegionsPanel(session, self.measurements, display, self.actions_, self.comparisons, self.fitter)
        self.profile_panel = ProfilePanel(session, self.measurements, display, self.crosshair, self.actions_)
        self.fits = PlotFits(session, self.measurements, self.fitter, self.profile_panel, view)
        self._shared = SharedAxis(view.curve, self.waterfall.plot)
        over_frames = (self.regions_panel.curve,)
        of_frame = (self.profile_panel.curve, view.curve, self.waterfall.plot)
        own: dict[PlotPane, Sequence[QAction]] = {self.regions_panel.curve: (self.compare_menu.before, self.compare_menu.add)}
        self._menus = PlotMenus(session, self.measurements, over_frames, of_frame, self.regions_panel.table, own)
        self.pointed = PointedValue(session, view)
        self.picture_menu = PictureMenu(session, self.measurements, view, self.layer, self.pointed, self.regions_panel.table.numbers.of)
        self._connect()

    def add_panels(self, panels: Panels) -> None:
        """Place the panels, closed; drawing the first region or line opens them."""
        self.tabs = CurvePanel()
        self.tabs.add_page("Curve", self.regions_panel, self.regions_panel.tools)
        self.tabs.add_page("Profile", self.profile_panel, (self.profile_panel.of, self.fits.profile_row.choice))
        panel = panels.add("measuring", "Curve", self.tabs, shown=False)
        self.menu_ = make_measuring_menu(self.actions_, (panel.toggleViewAction(),), self._window)
        self.menu_.addMenu(self.compare_menu.menu)
        self.button = MeasureButton(self.menu_)
        for layer in (self.layer, self.spans):
            layer.tool.drawn.connect(lambda kind, _: self._open(panel, kind))
        self.picture_menu.curve_wanted.connect(lambda: self._open(panel, ""))

    def add_to_frames(self, view: FramePane) -> None:
        """Put the waterfall under spectra, and curve and map in the place of scalars; keep zooms with their data sets."""
        view.add_under_spectra(self.waterfall)
        view.scalars_wanted.connect(lambda: self.scalars)
        self._zooms = ZoomMemory(self._session, view.image)

    @cached_property
    def scalars(self) -> Scalars:
        """What shows frames that are scalars; made when there are some, or when it is asked for."""
        made = Scalars(self._session, self.measurements, self._gaps, self._pages)
        self._view.show_scalars_in(made)
        self._menus.add_over_frames(made.curve, made.map.plot)
        made.map.levels_used.connect(lambda levels: self._report_levels(levels, 0))
        self._display.changed.connect(lambda: made.apply_settings(self._display.settings))
        made.apply_settings(self._display.settings)
        return made

    def lend_actions(self, scales: Sequence[QAction], save: QAction) -> None:
        """Offer actions of the window in the context menus of plots, and the one that saves beside the table."""
        self.regions_panel.offer_save(save)
        self._menus.lend(scales, self.actions_.waterfall, self.actions_.delete, save)

    def lend_to_picture(self, copying: Sequence[QAction], showing: Sequence[QAction], scales: QMenu, looks: Sequence[QAction]) -> None:
        """Offer actions of the window in the context menu of the picture, beside those that draw."""
        actions, menu = self.actions_, self.picture_menu.menu
        drawing = make_menu("&Draw", menu, (actions.rectangle, actions.ellipse, actions.polygon, actions.line))
        own = (drawing.menuAction(), actions.crosshair, actions.undo, actions.redo)
        self.picture_menu.lend(copying, showing, own, (scales.menuAction(), *looks))

    def _connect(self) -> None:
        actions, undo = self.actions_, self.measurements.undo_stack
        self._tools = {"rectangle": actions.rectangle, "ellipse": actions.ellipse, "polygon": actions.polygon, "line": actions.line}
        for kind, action in self._tools.items():
            action.triggered.connect(lambda _, kind=kind: self._take(kind))
        for layer in (self.layer, self.spans):
            layer.tool.kind_changed.connect(self._show_tool)
        actions.crosshair.toggled.connect(self.crosshair.switch)
        self.profile_panel.crosshair_wanted.connect(lambda: actions.crosshair.setChecked(True))
        actions.numbers.toggled.connect(self.numbers.switch)
        actions.waterfall.toggled.connect(self._show_waterfall)
        actions.undo.triggered.connect(undo.undo)
        actions.redo.triggered.connect(undo.redo)
        actions.delete.triggered.connect(self.measurements.remove_selected)
        actions.copy_value.triggered.connect(self.pointed.copy)
        actions.save_regions.triggered.connect(self.region_files.ask_where_to_save)
        actions.load_regions.triggered.connect(self.region_files.ask_what_to_load)
        self._display.changed.connect(self._apply_settings)
        self.waterfall.plot.levels_used.connect(lambda levels: self._report_levels(levels, 1))
        self.measurements.marks_changed.connect(lambda: self.comparisons.measure(self.measurements.marks.regions))
        for signal in (undo.indexChanged, self.measurements.marks_changed, self._session.frame_settled):
            signal.connect(self._enable)
        self._enable()

    def close(self) -> None:
        """End the readers of files that are compared with, and what reads and writes files, within a bound."""
        self.comparisons.close()
        self.region_files.work.close()

    def _apply_settings(self) -> None:
        """Draw everything that shows values of the data set as its settings say."""
        settings = self._display.settings
        self.profile_panel.curve.set_scale(settings.scale)
        self.waterfall.plot.apply_settings(settings)

    def _report_levels(self, levels: tuple[float, float], rank: int) -> None:
        if self._ndim == rank:
            self._display.tell_levels(levels)

    def _show_waterfall(self, on: bool) -> None:
        self.waterfall.setVisible(on)
        self._display.note_waterfall(on)

    def _take(self, kind: str) -> None:
        (self.spans if self._ndim == 1 else self.layer).tool.take(kind)

    @property
    def _ndim(self) -> int | None:
        """How many axes the shown frame has."""
        return self._session.scan.shown.raw.ndim if self._session.scan.shown is not None else None

    def _show_tool(self, kind: str) -> None:
        for name, action in self._tools.items():
            action.setChecked(name == kind)
        polygon = "Click the corners; Return or a double click closes it, Esc gives up"
        drag = f"Drag over the {'channels' if self._ndim == 1 else 'picture'}; Esc gives up"
        self._session.note("" if not kind else polygon if kind == "polygon" else drag)

    def _enable(self) -> None:
        undo, marks = self.measurements.undo_stack, self.measurements.marks
        is_image, is_spectrum = self._ndim == 2, self._ndim == 1
        for action in (*self._tools.values(), self.actions_.crosshair, self.actions_.numbers):
            action.setEnabled(is_image or (is_spectrum and action is self.actions_.rectangle))
        self.actions_.waterfall.setEnabled(self._ndim == 1)
        self.actions_.copy_value.setEnabled(self._ndim in (1, 2))
        self.actions_.undo.setEnabled(undo.canUndo())
        self.actions_.redo.setEnabled(undo.canRedo())
        for action in (self.actions_.delete, self.actions_.save_regions):
            action.setEnabled(not marks.is_empty)
        self.actions_.load_regions.setEnabled(is_image or is_spectrum)
        for layer, can_draw in ((self.layer, is_image), (self.spans, is_spectrum)):
            if not can_draw and layer.tool.kind:
                layer.tool.take("")

    def _open(self, panel: QDockWidget, kind: str) -> None:
        if kind == "line":
            self.profile_panel.choose(ProfileOf.LINE)
        self.tabs.show_page(self.profile_panel if kind == "line" else self.regions_panel)
        panel.show()
        panel.raise_()
