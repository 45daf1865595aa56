"""The context menu of the picture: the value at the place, the region that is there, and what else can be done with the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QHideEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from swmr_viewer.analysis import Region
from swmr_viewer.gui.curve_panel import region_text
from swmr_viewer.gui.curves import MenuEntry, PlotMenu
from swmr_viewer.gui.look.menus import Popup
from swmr_viewer.gui.measuring.pointed_value import PointedValue
from swmr_viewer.gui.picture import FramePane
from swmr_viewer.gui.regions import Measurements, RegionsLayer
from swmr_viewer.gui.session import Session


class PictureMenu(QObject):
    """Opens at a right click that is no drag, which zooms; and by the keyboard, at the pointer or in the middle.

    Parameters
    ----------
    session, measurements
        What is shown, and measured.
    view : FramePane
        Whose image.
    layer : RegionsLayer
        Knows which region is where.
    pointed : PointedValue
        What copies a value.
    numbers_of : callable
        Returns what was measured of a region in the shown frame, or None.
    """

    curve_wanted = Signal()
    """The curve of the selected region is to be seen."""
    map_wanted = Signal(str)
    """The map of this quantity is to be seen."""

    def __init__(
        self,
        session: Session,
        measurements: Measurements,
        view: FramePane,
        layer: RegionsLayer,
        pointed: PointedValue,
        numbers_of: Callable[[Region], tuple[float, ...] | None],
    ) -> None:
        super().__init__(layer)
        self._session, self._measurements = session, measurements
        self._image, self._layer, self._pointed, self._numbers_of = view.image, layer, pointed, numbers_of
        self.menu = PlotMenu(view.image)
        self.name = NameEditor(measurements, view.image.view.viewport())
        for watched in (view.image.view, view.image.view.viewport()):
            watched.installEventFilter(self)
        view.image.view.scene().sigMouseClicked.connect(self._on_click)

    def lend(self, *groups: Sequence[QAction]) -> None:
        """Offer these actions of the window below what belongs to the place."""
        self.menu.lend(*groups)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QContextMenuEvent):
            return False
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_by_keyboard()
        return True  # of the mouse a click is needed, of which a press is only the beginning

    def _on_click(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.RightButton and not event.isAccepted() and not self._layer.tool.kind:
            at = self._image.view.mapFromScene(event.scenePos())
            self._open(at, self._layer.region_at(QPointF(at)))

    def _open_by_keyboard(self) -> None:
        """Open at the pointer; where it is elsewhere, in the middle, for the selected region, if any."""
        view, selected = self._image.view, self._measurements.selected
        pointer = view.viewport().mapFromGlobal(view.cursor().pos())
        if self._pointed.at is not None and view.viewport().rect().contains(pointer):
            self._open(pointer, self._layer.region_at(QPointF(pointer)) or selected)
        else:
            middle = view.mapFromScene(self._image.box.sceneBoundingRect().center())
            self._open(middle, selected or self._layer.region_at(QPointF(middle)))

    def _open(self, at: QPoint, region: Region | None) -> None:
        """Open at a place of the view's viewport."""
        if region is not None:
            self._measurements.select(region.name)
        pixel = self._image.pixel_at(*self._image.box.frame_point(self._image.view.mapToScene(at)))
        self.menu.open(self._image.view.viewport().mapToGlobal(at), self._of_region(region), self._of_pixel(pixel))

    def _of_pixel(self, pixel: tuple[int, int] | None) -> Sequence[MenuEntry]:
        words = self._pointed.words_of(pixel) if pixel is not None else ""
        return (MenuEntry(f"Copy {words}", lambda: self._pointed.put(words), "Ctrl+Alt+V"),) if words else ()

    def _of_region(self, region: Region | None) -> Sequence[MenuEntry]:
        if region is None:
            return ()
        name = region.name
        return (
            MenuEntry(f"Rename {name}\u2026", lambda: self._edit_name(region)),
            MenuEntry(f"Copy the numbers of {name}", lambda: self._copy_numbers(region)),
            MenuEntry(f"Show the curve of {name}", self.curve_wanted.emit),
            MenuEntry(f"Show the map of {name}", lambda: self.map_wanted.emit(f"{name}.sum")),
            MenuEntry(f"Delete {name}", lambda: self._measurements.remove(name), "Del"),
        )

    def _edit_name(self, region: Region) -> None:
        self.name.edit(region.name, self._layer.label_place(region).toPoint())

    def _copy_numbers(self, region: Region) -> None:
        numbers = self._numbers_of(region)
        if numbers is None:
            self._session.note(f"Region {region.name} is being measured: its numbers are not known yet")
            return
        QGuiApplication.clipboard().setText(region_text(region.name, numbers))
        self._session.note(f"The numbers of {region.name} are on the clipboard")


class NameEditor(Popup):
    """The name of a region, edited where the region is; Return takes it, Esc gives up."""

    def __init__(self, measurements: Measurements, part: QWidget) -> None:
        super().__init__(part)
        self._part = part
        self._measurements = measurements
        self._name = ""
        self.field = QLineEdit()
        self.field.setAccessibleName("Name of the region")
        self.field.setToolTip("Return takes the name, Esc gives up")
        self.box.setContentsMargins(4, 4, 4, 4)
        self.box.addWidget(self.field)
        self.field.returnPressed.connect(self._take)

    def edit(self, name: str, at: QPoint) -> None:
        """Offer another name at a place of the part that it belongs to."""
        self._name = name
        self.field.setText(name)
        self.field.selectAll()
        self.open_over(self._part, at)
        self.field.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._part.window().activateWindow()  # else some desktops leave the keyboard here

    def _take(self) -> None:
        self.close()
        self._measurements.rename(self._name, self.field.text())
