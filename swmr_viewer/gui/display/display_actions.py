"""The actions of the picture's look: scales, levels, colours, turning; words, keys and tooltips."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.display.color_maps import ALL_MAPS
from swmr_viewer.gui.display.display_settings import Display, LevelMode
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.display.levels_text import OWN_COLORS_TIP, SCALE_TIPS, SCALE_WORDS
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.look.menus import make_action, make_menu


@frozen
class DisplayActions:
    """What a key can do to the look of the picture."""

    scales: dict[Scale, QAction]
    edit_levels: QAction
    type_levels: QAction
    extremes: QAction
    edit_colors: QAction
    edit_correction: QAction
    next_map: QAction
    inverted: QAction
    saturated: QAction
    turn_right: QAction
    turn_left: QAction
    mirror: QAction
    flip: QAction
    upward: QAction
    aspect: QAction
    as_stored: QAction


def make_display_actions(display: Display, owner: QWidget) -> DisplayActions:
    """Make the actions; those that open a pop-up are connected by the composition."""
    action = partial(make_action, owner)

    def change(name: str) -> Callable[[], None]:
        return lambda: display.change(**{name: not getattr(display.settings, name)})

    def scale(kind: Scale, keys: str) -> QAction:
        return action(f"&{kind.capitalize()}", keys, SCALE_TIPS[kind], lambda: display.change(scale=kind), checkable=True)

    def next_map() -> None:
        display.change(color_map=ALL_MAPS[(ALL_MAPS.index(display.settings.color_map) + 1) % len(ALL_MAPS)])

    group = QActionGroup(owner)
    scales = {kind: scale(kind, f"Ctrl+{number}") for number, kind in enumerate(Scale, 1)}
    for kind, one in scales.items():
        one.setIconText(SCALE_WORDS[kind])
        group.addAction(one)
    made = DisplayActions(
        scales=scales,
        edit_levels=action("Levels and &masks\u2026", "Shift+A", "Where the levels come from, and which pixels are left out"),
        type_levels=action("&Type levels", "L", "Type the low level, then, after Tab, the high one, beside the colour bar"),
        extremes=action(
            "Mi&nimum to maximum", "Ctrl+A", "Levels follow the extremes of each frame", lambda: display.set_mode(LevelMode.EXTREMES)
        ),
        edit_colors=action("&Colours\u2026", "M", "Colour map, masked and saturated pixels"),
        edit_correction=action(
            "&Dark and flat frames\u2026", "D", "Take a dark frame out of each frame, and divide by a flat one: picture and measurements"
        ),
        next_map=action("Next colour ma&p", "Shift+M", "Try the next colour map", next_map),
        inverted=action("&Inverted", "I", "Turn the colour map round", change("inverted"), checkable=True),
        saturated=action(
            "Mark s&aturated pixels", "S", "Show saturated pixels in a colour of their own", change("marks_saturated"), checkable=True
        ),
        turn_right=action("Turn &right", "]", "Turn the picture by 90\u00b0, clockwise", lambda: display.turn(Orientation.turned_right)),
        turn_left=action(
            "Turn &left", "[", "Turn the picture by 90\u00b0, counter-clockwise", lambda: display.turn(Orientation.turned_left)
        ),
        mirror=action("&Mirror left and right", "Ctrl+M", "Swap left and right", lambda: display.turn(Orientation.mirrored_sideways)),
        flip=action(
            "Mirror top and &bottom", "Ctrl+Shift+M", "Swap top and bottom", lambda: display.turn(Orientation.mirrored_upside_down)
        ),
        upward=action(
            "&Origin at the bottom",
            "O",
            "Let the numbers grow upwards",
            lambda: display.turn(Orientation.mirrored_upside_down),
            checkable=True,
        ),
        aspect=action(
            "&Square pixels", "Shift+F", "As wide as high, or stretched to fill the view", change("aspect_locked"), checkable=True
        ),
        as_stored=action(
            "As &stored", "Ctrl+0", "Neither turned nor mirrored: first row at the top", lambda: display.change(orientation=Orientation())
        ),
    )
    _keep_checked(made, display)
    return made


def _keep_checked(actions: DisplayActions, display: Display) -> None:
    tips_of_map = {action: action.toolTip() for action in (actions.next_map, actions.inverted)}

    def show() -> None:
        settings = display.settings
        for kind, one in actions.scales.items():
            one.setChecked(kind is settings.scale)
        actions.inverted.setChecked(settings.inverted)
        actions.saturated.setChecked(settings.marks_saturated)
        actions.upward.setChecked(settings.orientation.upward)
        actions.aspect.setChecked(settings.aspect_locked)
        for action in (actions.edit_levels, actions.type_levels, actions.extremes, actions.edit_colors):
            action.setEnabled(display.has_colors)
        for action, tip in tips_of_map.items():
            action.setEnabled(display.has_colors and not display.has_own_colors)
            action.setToolTip(OWN_COLORS_TIP if display.has_own_colors else tip)
        for action in (actions.saturated, *_turning(actions)):
            action.setEnabled(display.is_image)

    for signal in (display.changed, display.kind_changed):
        signal.connect(show)
    show()


def _turning(actions: DisplayActions) -> tuple[QAction, ...]:
    """What only a picture can do: be turned, and then be laid as it is stored."""
    turned = (actions.turn_right, actions.turn_left, actions.mirror, actions.flip)
    return (*turned, actions.upward, actions.aspect, actions.as_stored)


def display_menus(actions: DisplayActions, parent: QWidget) -> tuple[QMenu, QMenu]:
    """Return the menu of levels and colours, and the one of turning."""
    turning = _turning(actions)
    return (
        make_menu(
            "&Levels and colours",
            parent,
            tuple(actions.scales.values()),
            (actions.edit_levels, actions.type_levels, actions.extremes, actions.edit_correction),
            (actions.edit_colors, actions.next_map, actions.inverted, actions.saturated),
        ),
        make_menu("&Turn", parent, turning[:4], turning[4:]),
    )
