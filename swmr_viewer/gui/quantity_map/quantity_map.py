"""The map of a quantity: the plot with its colour bar, the line below it, and what is chosen about them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from swmr_viewer.core.number_text import count_text
from swmr_viewer.gui.display.display_settings import LevelMode
from swmr_viewer.gui.display.levels_model import LevelsModel
from swmr_viewer.gui.quantities import EXPRESSION, ExpressionEditor, fill_quantities
from swmr_viewer.gui.quantity_map.line_plot import LinePlot
from swmr_viewer.gui.quantity_map.map_bar import MapBarColumn
from swmr_viewer.gui.quantity_map.map_look import MapLook
from swmr_viewer.gui.quantity_map.map_plot import MapPlot
from swmr_viewer.gui.quantity_map.map_selection import MapSelection
from swmr_viewer.gui.quantity_map.map_settings import MapChoices
from swmr_viewer.gui.quantity_map.map_text import point_text, short_point_text, table_text
from swmr_viewer.gui.quantity_map.map_words import MapWords
from swmr_viewer.gui.quantity_map.map_work import MapWork
from swmr_viewer.gui.scan_map import MapPages, ScanGaps
from swmr_viewer.gui.session import Session
from swmr_viewer.quantities import Kind, quoted

MEASURED_FIRST = (Kind.REGION, Kind.FRAME, Kind.SCALAR, Kind.EXPRESSION, Kind.REDUCTION, Kind.POSITION, Kind.SCAN)
"""What a map mostly shows comes first."""
AXIS_KINDS = (Kind.POSITION, Kind.SCALAR, Kind.SCAN)
"""What a map may be drawn at."""
LEAST_HEIGHT = 190
"""With less (px) there is more of axes and lines of text than of the map."""
MOST_COPIED = 1_000_000
"""Points of which the values are put on the clipboard: more fill it with tens of megabytes."""

COPIED = "The values are on the clipboard"


class QuantityMap(QWidget):
    """One quantity of the shown data set over the scan, where the points are."""

    view_changed = Signal()
    """All of the map is seen, or a part."""

    def __init__(self, session: Session, gaps: ScanGaps, pages: MapPages, choices: MapChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self.choices = session, choices
        self.work = MapWork(session, gaps, pages, self.choices, self)
        self.model = LevelsModel(self)
        self.plot = MapPlot(self.work, self.choices, self.model)
        self.line = LinePlot(self.work, self.choices)
        self.column = MapBarColumn(self.model)
        self.words = MapWords()
        self.selection = MapSelection(session, self.work, self.plot, self.choices)
        self.look = MapLook(self.choices, self.model, self)
        self.expression = ExpressionEditor(lambda text: self.work.table.why_not(text), self._take_expression, self._names, self)
        self.menu = QMenu(self)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.plot, 1)
        line.addWidget(self.column)
        self._plots = QStackedWidget()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self._plots, 1)
        box.addWidget(self.words)
        self._plots.addWidget(row)
        self._plots.addWidget(self.line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _connect(self) -> None:
        session = self._session
        self.work.drawn.connect(self._show)
        self.choices.changed.connect(self._on_choice)
        self.model.edited.connect(lambda: self.choices.change(mode=LevelMode.FIXED, levels=self.model.levels))
        self.column.bar.auto_wanted.connect(lambda: self.choices.set_mode(LevelMode.PERCENTILES, self.model.levels))
        self.column.editor_wanted.connect(lambda: self.look.open_below(self.column.mode))
        self.plot.zoomed.connect(self.view_changed)
        for signal in (self.selection.changed, self.selection.words_changed, self.work.drawn):
            signal.connect(lambda: self.words.select(self.selection.words))
        self.plot.box.sigResized.connect(lambda: QTimer.singleShot(0, self, self._place_bar))
        for plot in (self.plot, self.line):
            plot.index_clicked.connect(self._go_to)
            plot.pointed.connect(self._point_at)
            plot.copied.connect(lambda _: session.note(", ".join(filter(None, (COPIED, self._made_text)))))
        for signal in (session.frame_settled, session.mode_changed):
            signal.connect(self._mark)

    def sizeHint(self) -> QSize:
        return QSize(310, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, LEAST_HEIGHT)

    # ---- what is shown

    @property
    def is_zoomed(self) -> bool:
        """Whether a part of the map is seen."""
        return self.plot.is_zoomed and not self.work.line_name

    def fit(self) -> None:
        """See all of it."""
        (self.line if self.work.line_name else self.plot).fit()

    def _on_choice(self) -> None:
        self.plot.apply_settings()
        self._show()

    def _show(self) -> None:
        quantity, drawing = self.work.quantity, self.work.drawing
        self._plots.setCurrentIndex(1 if self.work.line_name else 0)
        self.column.tell(self.choices.settings, quantity.unit if quantity is not None else "")
        self.column.bar.set_colors(self.choices.settings.color_map, self.choices.settings.inverted)
        lack = self.work.lack
        for plot in (self.plot, self.line):
            if lack or not self.work.line_name:
                plot.say_nothing(lack)
        self.column.setVisible(not self.plot.view.isHidden())
        picture = drawing.picture if drawing is not None else None
        self.words.tell_fates(picture.fates if picture is not None else None)
        self.words.tell_page(self.work.page_text)
        self._mark()

    def _mark(self) -> None:
        scan = self._session.scan
        shown = scan.shown if scan.wanted_points is None else None  # of several points as one, none is marked
        index = scan.wanted_index if scan.wanted_index is not None else shown.index if shown is not None else None
        self.plot.mark(index)
        self.line.mark(index)
        self.words.tell_made(self._made_text)

    @property
    def _made_text(self) -> str:
        """What the frames were made into before this was measured of them; reductions have the file's."""
        quantity = self.work.quantity
        return "" if quantity is not None and quantity.kind is Kind.REDUCTION else self._session.scan.corrected_text

    def _point_at(self, index: int | None) -> None:
        if index is None:
            self.words.point()
            return
        of_point = self.work.table, self.work.names, index, self.work.line_name
        made = self._made_text
        self.words.point(*(", ".join(filter(None, (told, made))) for told in (point_text(*of_point), short_point_text(*of_point))))

    def _place_bar(self) -> None:
        """Let the colour bar begin and end as the map beside it does."""
        area = self.plot.view.mapFromScene(self.plot.box.sceneBoundingRect()).boundingRect()
        top = self.plot.view.mapTo(self, QPoint(0, area.top())).y() - self.column.mapTo(self, QPoint(0, 0)).y()
        self.column.set_ends(float(top), float(top + area.height()))

    # ---- intents

    def _go_to(self, index: int) -> None:
        progress = self._session.scan.progress
        if progress is not None and not progress.is_complete(index):
            self._session.note(f"Frame {count_text(index)} is not complete: the nearest one that is is shown")
        self._session.pin_nearest(index)

    def open_menu(self, at: QPoint) -> None:
        """Offer all quantities, and expressions of them, at a place of the screen."""
        settings, table = self.choices.settings, self.work.table
        self.menu.clear()
        fill_quantities(
            self.menu,
            table.offered(),
            settings.quantity,
            self.choices.show_quantity,
            expressions=settings.expressions,
            kinds=MEASURED_FIRST,
        )
        self.menu.addSeparator()
        self.menu.addAction(EXPRESSION).triggered.connect(lambda: self.edit_expression(at))
        axes = self.menu.addMenu("Axes of the map")
        for words, field in (("To the right", "x"), ("Upwards", "y")):
            chosen, take = getattr(settings, field), partial(self._choose_axis, field)
            fill_quantities(axes.addMenu(words), table.offered(), chosen, take, nothing="As the file says", kinds=AXIS_KINDS)
        self.menu.popup(at)

    def _choose_axis(self, field: str, name: str) -> None:
        self.choices.change(**{field: name})

    def _names(self) -> list[str]:
        """Return the names of which expressions can be made, the measured ones first."""
        offered = (quantity for quantity in self.work.table.offered() if quantity.kind is not Kind.EXPRESSION)
        return [quoted(quantity.name) for quantity in sorted(offered, key=lambda one: MEASURED_FIRST.index(one.kind))]

    def edit_expression(self, at: QPoint) -> None:
        """Let an expression be typed, at a place of the screen."""
        self.expression.open_over(self, self.mapFromGlobal(at))
        self.expression.edit(self.choices.settings.quantity)

    def edit_look(self) -> None:
        """Let levels and colours be chosen."""
        self.look.open_below(self.column.mode)

    def _take_expression(self, text: str) -> None:
        self.choices.show_quantity(text, is_expression=self.work.table.why_not(text) == "" and not self._is_named(text))

    def _is_named(self, text: str) -> bool:
        return any(quantity.name == text and quantity.kind is not Kind.EXPRESSION for quantity in self.work.table.offered())

    def copy_picture(self) -> None:
        """Put the map, as it is seen, on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self._plots.grab())
        self._session.note("The map is on the clipboard, as a picture")

    def copy_values(self) -> None:
        """Put positions and values of the points on the clipboard, as a table."""
        page = self.work.page
        if page.stop - page.start > MOST_COPIED:
            self._session.note(f"More than {count_text(MOST_COPIED)} points: save the table of quantities instead")
            return
        self.plot.copy(table_text(self.work.table, self.work.names, page, self.work.line_name))

    # ---- Qt's

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._place_bar)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.work.set_seen(True)
        QTimer.singleShot(0, self, self._place_bar)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.work.set_seen(False)
