"""The actions of measuring: words, shortcuts and tooltips, and the header's button that holds them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.look.menus import make_action, make_menu


@frozen
class MeasuringActions:
    """What can be done on the picture besides looking at it."""

    rectangle: QAction
    ellipse: QAction
    polygon: QAction
    line: QAction
    crosshair: QAction
    numbers: QAction
    waterfall: QAction
    undo: QAction
    redo: QAction
    delete: QAction
    copy_value: QAction
    save_regions: QAction
    load_regions: QAction


def make_measuring_actions(owner: QWidget) -> MeasuringActions:
    """Make them; the composition connects them."""
    action = partial(make_action, owner)
    return MeasuringActions(
        rectangle=action(
            "&Rectangle or span", "Shift+R", "Draw a rectangular region, on a spectrum a span of channels: drag over it", checkable=True
        ),
        ellipse=action("&Ellipse", "Shift+E", "Draw an elliptic region: drag over the picture", checkable=True),
        polygon=action("Poly&gon", "Shift+G", "Draw a polygon: click its corners, Return or a double click closes it", checkable=True),
        line=action("&Line profile", "Shift+L", "Draw the line of the profile: drag over the picture", checkable=True),
        crosshair=action("&Cross-hair", "X", "Show a cross-hair through the pixel under the pointer", checkable=True),
        numbers=action(
            "Pixel &values as numbers", "Shift+N", "Write the raw values on the pixels when zoomed in", checkable=True, checked=True
        ),
        waterfall=action(
            "&Waterfall of spectra",
            "Shift+W",
            "Show every complete spectrum as a row, or read none but the shown one",
            checkable=True,
            checked=True,
        ),
        undo=action("&Undo", "Ctrl+Z", "Undo the last change of regions, line or mask"),
        redo=action("Re&do", "Ctrl+Shift+Z", "Do it again"),
        delete=action("D&elete region", "Del", "Delete the selected region"),
        copy_value=action("C&opy the value under the pointer", "Ctrl+Alt+V", "Copy where the pixel is and its exact value"),
        save_regions=action("&Save regions\u2026", "Ctrl+Alt+W", "Write regions and line to a file, for another scan, place or person"),
        load_regions=action("&Load regions\u2026", "Ctrl+Alt+O", "Draw the regions of a file instead of these; it can be undone"),
    )


def make_measuring_menu(actions: MeasuringActions, more: tuple[QAction, ...], parent: QWidget) -> QMenu:
    """Return the menu with everything that measures; ``more`` shows the panels."""
    return make_menu(
        "&Measure",
        parent,
        (actions.rectangle, actions.ellipse, actions.polygon, actions.line),
        (actions.crosshair, actions.numbers, actions.copy_value, actions.waterfall),
        (actions.undo, actions.redo, actions.delete),
        (actions.save_regions, actions.load_regions),
        more,
    )


class MeasureButton(QToolButton):
    """The header's button with that menu."""

    def __init__(self, menu: QMenu, about_to_show: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.setProperty("slim", "true")
        self.setText("Measure \u25be")
        self.setToolTip("Regions, line profile, cross-hair, alarms")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(menu)
        if about_to_show is not None:
            menu.aboutToShow.connect(about_to_show)
