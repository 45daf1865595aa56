"""The map of the scan: which points are complete, which one is shown; click to pin, wheel to zoom, drag to pan."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from swmr_viewer.core.data_facts import ScanAxis
from swmr_viewer.core.scan import moved_index
from swmr_viewer.gui.look.labels import tip
from swmr_viewer.gui.look.painting import Painted
from swmr_viewer.gui.look.theme import theme_of_application, tokens
from swmr_viewer.gui.look.turns import Later
from swmr_viewer.gui.scan_map import map_layout as ml
from swmr_viewer.gui.scan_map.gaps import ScanGaps
from swmr_viewer.gui.scan_map.map_colors import canvas_image
from swmr_viewer.gui.scan_map.map_image import MapCanvas
from swmr_viewer.gui.scan_map.map_layout import centred_on, moved_to, resized, turned_to, zoomed
from swmr_viewer.gui.scan_map.map_pages import MapPages
from swmr_viewer.gui.scan_map.map_text import missing_text, point_text
from swmr_viewer.gui.scan_map.marker import draw_revealed, draw_shown
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.messages import KeysChanged

CATCH_UP_MS = 30
"""Between two pieces of a large map (ms)."""
RING_PX = 12
"""The ring of the shown frame reaches no further beyond its cell."""
BUDGET_S = 0.006
"""The longest piece of work at a time: less than a frame of the screen."""
REVEALED_MS = 4000
REVEALED_CELL = 6
NOTHING_YET = "Known once the file is open"
STRIP_HEIGHT = 120
"""The most (px) that a scan of one axis and some thousand points takes: its lines could be of any length."""


class ProgressMap(Painted, QWidget):
    """Draws ``session.scan.progress``."""

    view_changed = Signal()
    """Zoomed, panned or fitted."""
    menu_wanted = Signal(object, QPoint)
    """The map's menu is asked for: a scan point or None, and the place on the screen."""

    def __init__(self, session: Session, gaps: ScanGaps, pages: MapPages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._gaps = gaps
        self._pages = pages
        self._canvas: MapCanvas | None = None
        self._pressed: tuple[QPointF, ml.MapLayout] | None = None
        self._dragging = False
        self._revealed: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Progress map")
        self._redraw = Later(self._draw, self)
        self._ringed: int | None = None
        self._forget_revealed = QTimer(self, singleShot=True, interval=REVEALED_MS)
        self._forget_revealed.timeout.connect(lambda: self._set_revealed(None))
        session.keys_changed.connect(self._on_keys)
        session.opened.connect(self._draw_soon)
        session.request_changed.connect(self._reset)
        session.frame_settled.connect(self._move_ring)
        session.mode_changed.connect(self._move_ring)
        session.progress_settled.connect(self._draw_keys)
        pages.changed.connect(self._turn_page)
        theme_of_application().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(310, 210)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 60)

    @property
    def layout_shown(self) -> ml.MapLayout | None:
        """Where the points are, in device pixels; None before the file is open."""
        return self._canvas.layout if self._canvas is not None else None

    @property
    def is_zoomed(self) -> bool:
        return self._canvas is not None and not self._canvas.layout.is_whole

    @property
    def is_current(self) -> bool:
        """Whether everything that is known is drawn."""
        return self._canvas is not None and self._canvas.is_current and not self._redraw.is_active

    def point_of(self, index: int) -> QPointF:
        """Return the middle of a scan point, in this widget's coordinates."""
        return self._cell_of(index).center()

    def index_at(self, at: QPointF) -> int | None:
        """Return the scan point at a place of this widget, or None."""
        inside = at * self.devicePixelRatioF()
        return self._canvas.layout.index_at(inside.x(), inside.y()) if self._canvas is not None else None

    # ---- which part

    def fit(self) -> None:
        """Show the whole scan, or the whole page."""
        if self.is_zoomed:
            self._canvas = None
            self._draw()
            self.view_changed.emit()

    def zoom(self, steps: int, at: QPointF) -> None:
        """Zoom in (+) or out (-) around a place of this widget."""
        if self._canvas is not None:
            inside = at * self.devicePixelRatioF()
            self._set_layout(zoomed(self._canvas.layout, self._room(), (inside.x(), inside.y()), steps))

    def reveal(self, index: int) -> None:
        """Ring a scan point for a while, and zoom to it where it is too small to be found."""
        if self._canvas is None or not 0 <= index < self._canvas.layout.grid.total:
            return
        self._pages.reveal(index)
        layout = self._canvas.layout
        if min(layout.cell) < REVEALED_CELL or not self.rect().contains(self.point_of(index).toPoint()):
            self._set_layout(centred_on(layout, self._room(), index, REVEALED_CELL))
        self._set_revealed(index)
        self._forget_revealed.start()

    def _set_revealed(self, index: int | None) -> None:
        self._revealed = index
        self.update()

    def _turn_page(self) -> None:
        """Show another page in the place of the one that is shown: the same part of it; or all of them, or one, instead."""
        if self._canvas is None:
            return
        grid, page = self._canvas.layout.grid, self._pages.page
        if grid.page is not None and page is not None and grid.scan_shape == self._session.scan.scan_shape:
            if self._pressed is not None:  # a drag goes on on the new page
                self._pressed = self._pressed[0], turned_to(self._pressed[1], page)
            self._set_layout(turned_to(self._canvas.layout, page))
        elif grid.page != page:
            self._pressed, self._canvas = None, None
            self._draw()
            self.view_changed.emit()

    def _set_layout(self, layout: ml.MapLayout) -> None:
        if self._canvas is not None and layout != self._canvas.layout:
            self._canvas = MapCanvas(layout)
            self._draw()
            self.view_changed.emit()

    def _room(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    # ---- drawing

    def _reset(self) -> None:
        self._canvas = self._revealed = self._ringed = None
        self._draw_soon()
        self.view_changed.emit()
        self.update()

    def _on_keys(self, keys: KeysChanged) -> None:
        if self._canvas is not None and (keys.whole or keys.scan_shape != self._canvas.layout.grid.scan_shape):
            self._keep_points(self._canvas.layout.grid.scan_shape, keys.scan_shape)
            self._canvas, self._ringed = None, self._shown
        if self._canvas is not None:
            for starts, stops in keys.added:
                self._canvas.mark(starts, stops)

    def _keep_points(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Ring the same point where an inner axis grew; what is under a pressed button is another one, and is not chosen."""
        if before[1:] != after[1:]:
            self._pressed = None
            self._revealed = None if self._revealed is None else moved_index(self._revealed, before, after)

    def _draw_keys(self) -> None:
        """Draw what the keys changed, unless more than that is being drawn."""
        if not self._redraw.is_active:
            self._draw()

    def _draw_soon(self) -> None:
        if not self._redraw.is_active:
            self._redraw.start()

    def _draw(self) -> None:
        progress = self._session.scan.progress
        if progress is None or progress.total == 0:
            self._canvas = None
            self.update()
            return
        if self._canvas is None or self._canvas.layout.grid.scan_shape != progress.scan_shape:
            ratio = self.devicePixelRatioF()
            shape, page = progress.scan_shape, self._pages.page
            self.setMaximumHeight(round(ml.natural_height(shape, max(60, self._room()[0]), page, round(STRIP_HEIGHT * ratio)) / ratio))
            self._canvas = MapCanvas(ml.map_layout(shape, *self._room(), page))
            self.view_changed.emit()
            self.update()
        if not self.isVisible():
            return
        first, stop = self._canvas.draw_some(progress.state_codes, BUDGET_S)
        ratio = self.devicePixelRatioF()
        if first < stop:
            self.update(QRect(0, int(first / ratio), self.width(), int((stop - first) / ratio) + 2))
        if not self._canvas.is_current:
            self._redraw.start(CATCH_UP_MS)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._move_ring()
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._canvas = MapCanvas(resized(self._canvas.layout, self._room())) if self.is_zoomed and self._canvas is not None else None
        self._draw()
        self.view_changed.emit()

    def paint_on(self, painter: QPainter) -> None:
        if self._canvas is None:
            if self._session.scan.progress is None and self._session.scan.request is not None:
                painter.setPen(QColor(tokens().muted))
                painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), NOTHING_YET)
            return
        painter.drawImage(QPointF(0, 0), canvas_image(self._canvas, self.devicePixelRatioF()))
        grid = self._canvas.layout.grid
        if self._ringed is not None and grid.holds(self._ringed):
            draw_shown(painter, self._cell_of(self._ringed), self.rect())
        if self._revealed is not None and grid.holds(self._revealed):
            draw_revealed(painter, self._cell_of(self._revealed), self.rect())
        if self.hasFocus():
            painter.setPen(QColor(tokens().accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _move_ring(self) -> None:
        """Ring the shown frame; where it was and where it is are painted, and nothing else of the map."""
        before, self._ringed = self._ringed, self._shown
        if before == self._ringed or not self.isVisible() or self._canvas is None:
            return
        for index in (before, self._ringed):
            if index is not None and self._canvas.layout.grid.holds(index):
                self.update(self._cell_of(index).toAlignedRect().adjusted(-RING_PX, -RING_PX, RING_PX, RING_PX))

    @property
    def _shown(self) -> int | None:
        """The frame that was asked for, or is shown."""
        scan = self._session.scan
        return scan.wanted_index if scan.wanted_index is not None else scan.shown.index if scan.shown is not None else None

    def _cell_of(self, index: int) -> QRectF:
        assert self._canvas is not None
        ratio = self.devicePixelRatioF()
        left, top, width, height = self._canvas.layout.rect_of(index)
        return QRectF(left / ratio, top / ratio, width / ratio, height / ratio)

    # ---- pointing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._canvas is not None:
            self._pressed, self._dragging = (event.position(), self._canvas.layout), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self._pan(event.position())
        index, progress = self.index_at(event.position()), self._session.scan.progress
        can_pin = index is not None and progress is not None and progress.is_complete(index)
        hand = Qt.CursorShape.ClosedHandCursor if self._dragging else Qt.CursorShape.PointingHandCursor
        self.setCursor(hand if can_pin or self._dragging else Qt.CursorShape.ArrowCursor)

    def _pan(self, at: QPointF) -> None:
        assert self._pressed is not None
        start, layout = self._pressed
        by = at - start
        if self._dragging or (by.manhattanLength() >= QApplication.startDragDistance() and not layout.is_whole):
            self._dragging = True
            width, height = layout.cell
            ratio = self.devicePixelRatioF()
            self._set_layout(moved_to(layout, layout.top - by.y() * ratio / height, layout.left - by.x() * ratio / width))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        index = self.index_at(event.position())
        if pressed is not None and not self._dragging and index is not None:
            self._choose(index)
        self._dragging = False

    def _choose(self, index: int) -> None:
        progress, description = self._session.scan.progress, self._session.scan.description
        if progress is None:
            return
        if not progress.is_complete(index):
            paths = description.key_paths if description is not None else ()
            self._session.note(missing_text(progress, index, paths, self._session.scan.is_over))
        self._session.pin(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.zoom(1 if event.angleDelta().y() > 0 else -1, event.position())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._ask_for_menu()
        else:
            self.menu_wanted.emit(self.index_at(QPointF(event.pos())), event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and shift):  # not every platform makes a request of them
            self._ask_for_menu()
        else:
            super().keyPressEvent(event)

    def _ask_for_menu(self) -> None:
        """Ask for the menu of the point that is ringed, or of the shown one."""
        index = self._revealed if self._revealed is not None else self._shown
        at = self.rect().center() if index is None or self._canvas is None else self.point_of(index).toPoint()
        inside = QPoint(min(max(at.x(), 0), self.width()), min(max(at.y(), 0), self.height()))
        self.menu_wanted.emit(index, self.mapToGlobal(inside))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self.text_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def text_at(self, at: QPointF) -> str:
        """Return what is known about the point at a place of this widget."""
        index, progress, description = self.index_at(at), self._session.scan.progress, self._session.scan.description
        if index is None or progress is None or index >= progress.total:
            return ""
        paths, fate = description.key_paths if description is not None else (), self._gaps.fate_text(index)
        return point_text(progress, index, paths, scan_axes(self._session), fate, self._session.scan.is_over)


def scan_axes(session: Session) -> tuple[ScanAxis, ...]:
    """Return what the file says about the scan's axes, or nothing."""
    data = session.scan.description.data if session.scan.description is not None else ()
    return data[0].facts.scan_axes if data else ()


def scan_axis_names(session: Session) -> tuple[str, ...]:
    """Return the names of the scan's axes, or nothing where the file tells none."""
    return tuple(axis.name for axis in scan_axes(session))
