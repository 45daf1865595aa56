"""The middle of the window: one data set, or several side by side, as the tabs say."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

from swmr_viewer.gui.picture import DataTabs
from swmr_viewer.gui.side_by_side.side_by_side import SideBySide, candidates


class FrameOrGrid(QStackedWidget):
    """Shows the view of the frame, or the grid.

    Parameters
    ----------
    view : QWidget
        Shows one data set.
    grid : SideBySide
        Shows several.
    tabs : DataTabs
        Where that is chosen.
    """

    def __init__(self, view: QWidget, grid: SideBySide, tabs: DataTabs) -> None:
        super().__init__()
        self._view, self._grid, self._tabs = view, grid, tabs
        for page in (view, grid):
            self.addWidget(page)
        tabs.all_chosen.connect(self._show)
        tabs.offer_all(lambda: bool(candidates(grid.session)))

    def _show(self, on: bool) -> None:
        self.setCurrentWidget(self._grid if on else self._view)
        self._grid.switch(on)
        self.updateGeometry()

    def show_one_to_draw(self, kind: str) -> None:
        """Show the one data set on which something of this kind is to be drawn; nothing is drawn in the grid."""
        if kind and self.currentWidget() is self._grid:
            self._tabs.show_one()

    def minimumSizeHint(self) -> QSize:
        """As small as the page that is seen."""
        shown = self.currentWidget()
        return super().minimumSizeHint() if shown is None else shown.minimumSizeHint().expandedTo(shown.minimumSize())
