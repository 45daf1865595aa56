"""The look of the picture, put together: actions, menus, and the header's buttons with their pop-ups."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from swmr_viewer.gui.display.color_editor import ColorEditor
from swmr_viewer.gui.display.correction_editor import CorrectionEditor
from swmr_viewer.gui.display.display_actions import display_menus, make_display_actions
from swmr_viewer.gui.display.display_settings import Display
from swmr_viewer.gui.display.levels_column import LevelsColumn
from swmr_viewer.gui.display.levels_editor import LevelsEditor
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.display.levels_text import AS_STORED, OWN_COLORS, mode_text
from swmr_viewer.gui.look.menus import PopupButton
from swmr_viewer.gui.session import Session


class DisplayTools(QObject):
    """What changes ``Display``: the main window gives it places.

    Parameters
    ----------
    session : Session
        Whose frames.
    display : Display
        What is changed.
    auto_levels : QAction
        The window's own: checked while each frame sets the levels.
    window : QWidget
        Owner of the actions.
    """

    def __init__(self, session: Session, display: Display, auto_levels: QAction, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._display = display
        self._auto_levels = auto_levels
        self.actions = make_display_actions(display, window)
        self.menus = display_menus(self.actions, window)
        self.scale_buttons = ScaleButtons(self.actions.scales)
        self.levels_button, self.color_button = PopupButton(), PopupButton()
        self.levels_button.setToolTip("Where the levels come from, and which pixels are left out (Shift+A)")
        self.color_button.setToolTip("Colour map, masked and saturated pixels (M)")
        self.levels_editor, self.color_editor = LevelsEditor(display, window), ColorEditor(display, window)
        self.correction_editor = CorrectionEditor(session, display, window)
        self.levels_button.offer(self.levels_editor)
        self.color_button.offer(self.color_editor)
        self.actions.edit_levels.triggered.connect(self.levels_button.open)
        self.actions.edit_colors.triggered.connect(self.color_button.open)
        self.actions.edit_correction.triggered.connect(self._edit_correction)
        auto_levels.triggered.connect(display.toggle_auto)
        self._needless: set[QWidget] = set()
        """Those that do nothing for the kind of data that is shown: they are not there."""
        for signal in (display.changed, display.kind_changed):
            signal.connect(self._show)
        self._show()

    def compose(self, menu: QMenu, before: QAction) -> tuple[QWidget, ...]:
        """Add the menus; return the buttons for the header, from left to right."""
        for one in self.menus:
            menu.insertMenu(before, one)
        return self.scale_buttons, self.levels_button, self.color_button

    def stand_beside(self, column: LevelsColumn) -> None:
        """Open the pop-ups beside the colour bar, not over the picture, and let levels be typed there."""
        self._column = column
        for button in (self.levels_button, self.color_button):
            button.beside = column
        column.editor_wanted.connect(self.levels_button.open)
        self.actions.type_levels.triggered.connect(self._type_levels)

    def _edit_correction(self) -> None:
        if self._column.isVisible():
            self.correction_editor.open_beside(self._column)
        else:
            self.correction_editor.open_below(self.levels_button if self.levels_button.isVisible() else self._window)

    def _type_levels(self) -> None:
        """Let them be typed where the picture's stand; of what has none, in the pop-up."""
        if self._column.isVisible():
            self._column.edit()
        else:
            self.levels_button.open()
            self.levels_editor.edit()

    def _show(self) -> None:
        settings = self._display.settings
        self.levels_button.set_caption(AS_STORED if self._display.shows_as_stored else mode_text(settings))
        self.color_button.set_caption(OWN_COLORS if self._display.has_own_colors else settings.color_map)
        self._auto_levels.setChecked(settings.is_auto)
        for button in (self.levels_button, self.color_button, self._auto_levels):
            button.setEnabled(self._display.has_colors)
        self._show_needed(self.levels_button, self._display.has_colors)
        self._show_needed(self.color_button, self._display.has_colors and not self._display.has_own_colors)

    def _show_needed(self, button: QWidget, is_needed: bool) -> None:
        """Take a button away, or give it back; not more: where the row has no room for it, that is the row's matter."""
        if is_needed == (button in self._needless):
            button.setVisible(is_needed)
            self._needless ^= {button}


class ScaleButtons(QWidget):
    """One button per scale; its action is the one of the menu and the keys."""

    def __init__(self, actions: dict[Scale, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[Scale, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for scale, action in actions.items():
            button = self.buttons[scale] = QToolButton()
            place = "first" if not self.buttons.keys() - {scale} else "last" if len(self.buttons) == len(actions) else "middle"
            button.setProperty("segment", place)
            button.setDefaultAction(action)
            button.setAccessibleName(f"Scale: {scale}")
            row.addWidget(button)
