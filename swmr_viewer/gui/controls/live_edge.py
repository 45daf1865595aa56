"""The live edge and history put together: playing, every frame, combining, going to a frame, notices of the end."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.controls.combine_button import CombineButton, CombineEditor
from swmr_viewer.gui.controls.control_bar import ControlBar
from swmr_viewer.gui.controls.go_to import GoTo, step_row
from swmr_viewer.gui.controls.notify import Notifier
from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.look.settings import read_setting, write_setting
from swmr_viewer.gui.session import Playback, Session


class LiveEdge:
    """Companions of a session, their actions and their pop-ups."""

    def __init__(self, session: Session, owner: QWidget) -> None:
        self._session = session
        self.playback = Playback(session, owner)
        self.notifier = Notifier(session, parent=owner)
        self.actions = make_edge_actions(session, self.playback, self.notifier, owner)
        self.combine_button = CombineButton(session, owner)
        """To be put where there is room for it; the key of its action opens it as well."""
        assert isinstance(self.combine_button.popup, CombineEditor)
        self.combine_editor = self.combine_button.popup

    def compose(self, menu: QMenu, header: QWidget, bar: ControlBar) -> None:
        """Put the actions into the menu and into the play button's, and the pop-ups where they belong."""
        actions = self.actions
        add_to_menu(actions, menu)
        bar.play.offer((actions.play_back, actions.every_frame))
        self.go_to = GoTo(self._session, header)
        actions.go_to.triggered.connect(self.go_to.open)
        actions.combine.triggered.connect(self.combine_editor.open)
        actions.ends.triggered.connect(bar.termination.conditions.open)


FASTER = 1.5
IN_ORDER_KEY = "go/in_order"


@frozen
class EdgeActions:
    """``go_to``, ``combine`` and ``ends`` open pop-ups, and are connected to them by `LiveEdge`."""

    go_to: QAction
    row_back: QAction
    row_on: QAction
    in_order: QAction
    play: QAction
    play_back: QAction
    faster: QAction
    slower: QAction
    every_frame: QAction
    combine: QAction
    ends: QAction
    beep: QAction
    notify: QAction


def make_edge_actions(session: Session, playback: Playback, notifier: Notifier, owner: QWidget) -> EdgeActions:
    """Make the actions and connect them."""
    action = partial(make_action, owner)
    actions = EdgeActions(
        go_to=action("&Go to\u2026", "Ctrl+G", "Type a frame number or a position"),
        row_back=action("Row &back", "PgUp", "The complete frame a row before", lambda: step_row(session, -1)),
        row_on=action("Row &on", "PgDown", "The complete frame a row further", lambda: step_row(session, +1)),
        in_order=action(
            "In the order of &acquisition",
            "Ctrl+E",
            "Go from frame to frame, and play, in the order in which they were taken, not by index: snakes and random scans",
            checkable=True,
        ),
        play=action("&Play", "P", "Play the complete frames forwards, up to the live edge", lambda: playback.toggle(+1)),
        play_back=action(
            "Play &backwards", "Shift+P", "Play the complete frames backwards, down to the first", lambda: playback.toggle(-1)
        ),
        faster=action("&Faster", "Alt+Up", "Play faster", lambda: playback.set_rate(playback.rate * FASTER)),
        slower=action("&Slower", "Alt+Down", "Play slower", lambda: playback.set_rate(playback.rate / FASTER)),
        every_frame=action("&Every frame", "E", "Show each complete frame in order, even where the picture then falls behind the scan"),
        combine=action("&Combine frames\u2026", "C", "Show the sum, mean or maximum of the last frames, or of all"),
        ends=action("&What ends it\u2026", "Ctrl+T", "Choose what ends following, and whether a timeout does"),
        beep=action("&Beep", "Ctrl+B", "Beep when the scan ends or an alarm is raised"),
        notify=action("&Desktop notification", "Ctrl+Shift+B", "Use the desktop's notification when the scan ends or an alarm is raised"),
    )
    _connect_switches(actions, session, notifier)
    _enable_by_state(actions, session)
    return actions


def _connect_switches(actions: EdgeActions, session: Session, notifier: Notifier) -> None:
    session.set_walk_in_order(read_setting(IN_ORDER_KEY, False))
    actions.in_order.triggered.connect(lambda on: _walk_in_order(session, on))
    for switch in (actions.every_frame, actions.beep, actions.notify):
        switch.setCheckable(True)
    actions.every_frame.triggered.connect(session.set_every_frame)
    actions.beep.triggered.connect(notifier.set_beeps)
    actions.notify.triggered.connect(notifier.set_notifies)

    def show() -> None:
        actions.every_frame.setChecked(session.scan.every_frame)
        actions.beep.setChecked(notifier.beeps)
        actions.notify.setChecked(notifier.notifies)

    session.live_mode_changed.connect(show)
    session.order_changed.connect(partial(_show_order, actions.in_order, session))
    actions.in_order.setChecked(session.scan.walks_in_order)
    notifier.changed.connect(show)
    show()


def _walk_in_order(session: Session, on: bool) -> None:
    write_setting(IN_ORDER_KEY, on)
    session.set_walk_in_order(on)


def _show_order(switch: QAction, session: Session) -> None:
    """Check the switch, and say once for each file if the file does not tell the order."""
    scan, was_on = session.scan, switch.isChecked()
    switch.setChecked(scan.walks_in_order)
    is_unknown = scan.walks_in_order and scan.order.is_answered and not scan.order.is_in_file
    generation = scan.generation if is_unknown else None
    if is_unknown and (generation != switch.data() or not was_on):
        session.note(f"The file does not tell in which order frames were taken: {scan.order.source.value} counts instead")
    switch.setData(generation)


def _enable_by_state(actions: EdgeActions, session: Session) -> None:
    def enable() -> None:
        has_frame = session.scan.shown is not None
        for action in (actions.row_back, actions.row_on, actions.play, actions.play_back):
            action.setEnabled(has_frame)
        actions.go_to.setEnabled(session.scan.progress is not None)
        actions.combine.setEnabled(session.scan.progress is not None)

    for signal in (session.frame_settled, session.request_changed, session.opened):
        signal.connect(enable)
    enable()


def add_to_menu(actions: EdgeActions, menu: QMenu) -> None:
    """Put the actions where they belong in the window's menu."""
    groups = (
        ("Go", (actions.go_to, actions.row_back, actions.row_on, actions.in_order)),
        ("Play", (actions.play, actions.play_back, actions.faster, actions.slower, actions.every_frame, actions.combine)),
        ("Following", (actions.ends, actions.beep, actions.notify)),
    )
    submenus = {action.text(): action for action in menu.actions() if action.menu() is not None}
    for title, members in groups:
        if title not in submenus:
            submenus[title] = menu.insertMenu(submenus["Picture"], make_menu(title, menu))
        submenu = submenus[title].menu()
        assert isinstance(submenu, QMenu)
        submenu.addActions(members)
