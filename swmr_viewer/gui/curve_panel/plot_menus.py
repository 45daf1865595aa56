"""What the context menus of plots offer besides what is under the pointer, and what is said when something was copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication

from swmr_viewer.core.errors import ExportError
from swmr_viewer.gui.curve_panel.curves_file import text_for_clipboard
from swmr_viewer.gui.curve_panel.regions_table import RegionsTable
from swmr_viewer.gui.curves import CurveView, PlotPane, WaterfallPlot
from swmr_viewer.gui.regions import Measurements
from swmr_viewer.gui.session import Session

TABLE_COPIED = "The table is on the clipboard"


class PlotMenus(QObject):
    """Knows all plots of the window, and the table.

    Parameters
    ----------
    session, measurements
        Whose values are copied.
    over_frames : sequence of PlotPane
        Curves and maps of what was measured of every frame.
    of_frame : sequence of PlotPane
        Plots of the shown frame.
    table : RegionsTable
        The numbers of the regions.
    own : mapping
        Plots whose scale is not the picture's, and the actions that they offer in its place.
    """

    def __init__(
        self,
        session: Session,
        measurements: Measurements,
        over_frames: Sequence[PlotPane],
        of_frame: Sequence[PlotPane],
        table: RegionsTable,
        own: Mapping[PlotPane, Sequence[QAction]],
    ) -> None:
        super().__init__(measurements)
        self._session, self._measurements = session, measurements
        self._over_frames, self._of_frame, self._table = over_frames, of_frame, table
        self._own = own
        self._lent: tuple[Sequence[QAction], QAction] | None = None
        self.copy_table = QAction("Copy the table of all frames", self)
        self.copy_table.triggered.connect(self._copy_table)
        for plot in (*over_frames, *of_frame):
            plot.copied.connect(self._note)
        table.copied.connect(lambda: self._note("\n"))

    def lend(self, scales: Sequence[QAction], waterfall: QAction, delete: QAction, save: QAction) -> None:
        """Offer these actions of the window where they fit."""
        self._lent = scales, save
        for plot in self._over_frames:
            plot.menu.lend(self._own.get(plot, scales), (self.copy_table, save))
        for plot in self._of_frame:
            plot.menu.lend(scales, (waterfall,) if isinstance(plot, CurveView) else ())
            if isinstance(plot, WaterfallPlot):
                plot.close_wanted.connect(waterfall.trigger)
        self._table.lend(delete, save)

    def add_over_frames(self, *plots: PlotPane) -> None:
        """Lend these plots, of what was measured of every frame, the same: they were made later."""
        for plot in plots:
            plot.copied.connect(self._note)
            if self._lent is not None:
                scales, save = self._lent
                plot.menu.lend(scales, (self.copy_table, save))

    def _note(self, words: str) -> None:
        told = TABLE_COPIED if "\n" in words else f"Copied {words}"
        self._session.note(", ".join(filter(None, (told, self._session.scan.corrected_text))))

    def _copy_table(self) -> None:
        try:
            words = text_for_clipboard(self._session.scan.quantities, self._session.scan.wanted_names)
        except ExportError as error:
            self._session.note(f"{error} {error.remedy}")
            return
        QGuiApplication.clipboard().setText(words)
        self._note("\n")
