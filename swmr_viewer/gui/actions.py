"""Every action once: its words, shortcut and tooltip; menus and buttons share them."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.look.menus import make_action, make_menu
from swmr_viewer.gui.session import Session

EXTERNAL_TEXT = "Read what links and virtual data sets bring from other files; without it they are refused, from the next file on"


@frozen
class Actions:
    """The window's actions; ``open``, ``snapshot`` and those of the picture are connected by the main window."""

    open: QAction
    external: QAction
    snapshot: QAction
    snapshot_settings: QAction
    burst: QAction
    save_curves: QAction
    copy_picture: QAction
    copy_numbers: QAction
    quit: QAction
    live: QAction
    hold: QAction
    first: QAction
    previous: QAction
    next: QAction
    last: QAction
    fit: QAction
    pixels: QAction
    picture_alone: QAction
    auto_levels: QAction
    stop: QAction
    resume: QAction
    retry: QAction
    replace_reader: QAction
    diagnostics: QAction
    copy_diagnostics: QAction
    shortcuts: QAction
    reset: QAction
    about: QAction


def make_actions(session: Session, owner: QWidget) -> Actions:
    """Make the actions and connect those that are intents of the session."""
    action = partial(make_action, owner)
    actions = Actions(
        open=action("&Open\u2026", "Ctrl+O", "Open a file to follow"),
        external=action("&Data of other files", "Ctrl+Shift+O", EXTERNAL_TEXT, checkable=True, checked=True),
        snapshot=action("&Snapshot", "Ctrl+S", "Write the shown frame: as it is seen, and with its exact values"),
        snapshot_settings=action("Snapshot se&ttings\u2026", "Ctrl+Shift+S", "Folder, names and formats of snapshots; bursts"),
        burst=action("&Burst", "Ctrl+Alt+S", "Snapshots of every frame from now on, until this is chosen again", checkable=True),
        save_curves=action("Save tabl&e", "Ctrl+Alt+C", "Write all that is known of every frame as a table (CSV, NeXus); again: stop"),
        copy_picture=action("&Copy the picture", "Ctrl+C", "Put the picture on the clipboard"),
        copy_numbers=action("Copy &values", "Ctrl+Shift+C", "Put the raw values that are seen on the clipboard, for a spreadsheet"),
        quit=action("&Quit", "Ctrl+Q", "Close the window", owner.close),
        live=action("&Live", "End", "Show the newest frame as it comes", session.follow_live),
        hold=action("&Hold or go on", "H", "Hold this frame while the scan goes on, or go back to live", session.toggle_hold),
        first=action("&First frame", "Home", "First complete frame", session.pin_first),
        previous=action("&Previous frame", "Left", "Previous complete frame", lambda: session.step(-1)),
        next=action("&Next frame", "Right", "Next complete frame", lambda: session.step(+1)),
        last=action("L&ast frame, held", "Shift+End", "Hold the last complete frame", session.pin_last),
        fit=action("&Fit", "F", "Show the whole frame"),
        pixels=action("&1:1", "1", "One frame pixel per screen pixel"),
        picture_alone=action("Picture a&lone", "F11", "Show the picture without panels and tools, or with them again", checkable=True),
        auto_levels=action("&Auto levels", "A", "Levels follow the percentiles of each frame", checkable=True, checked=True),
        stop=action("&Stop following", "Ctrl+.", "End following now; the scan is not touched", session.stop),
        resume=action("&Go on", "Ctrl+R", "Go on following where it was; the timeout starts anew", session.resume),
        retry=action("Open a&gain", "F5", "Open the same file again, and wait for what is not there yet", session.retry),
        replace_reader=action(
            "Repla&ce the reader", "Ctrl+F5", "Go on with another reader process where this one does not answer", session.replace_reader
        ),
        diagnostics=action("&Diagnostics", "Ctrl+Shift+D", "How long each stage of a frame takes, what was skipped, what memory is held"),
        copy_diagnostics=action(
            "Copy d&iagnostics",
            "Ctrl+Alt+Shift+D",
            "Put versions, the state of the file and the end of the log on the clipboard",
        ),
        shortcuts=action("&Keys and mouse\u2026", "F1", "Every action and its keys on one sheet"),
        reset=action("&Reset all settings", "Ctrl+Shift+F1", "Forget folders, panels and looks: everything as at the first start"),
        about=action("A&bout swmr_viewer\u2026", "Shift+F1", "Version, licence, libraries, and where the log is"),
    )
    _enable_by_state(actions, session)
    return actions


def _enable_by_state(actions: Actions, session: Session) -> None:
    def enable() -> None:
        has_frame = session.scan.shown is not None
        moves = (actions.hold, actions.first, actions.previous, actions.next, actions.last)
        for action in (
            actions.snapshot,
            actions.save_curves,
            actions.copy_picture,
            actions.copy_numbers,
            *moves,
            actions.fit,
            actions.pixels,
        ):
            action.setEnabled(has_frame)
        actions.live.setEnabled(session.scan.progress is not None)
        actions.burst.setEnabled(session.scan.request is not None)
        actions.retry.setEnabled(session.scan.request is not None)
        actions.replace_reader.setEnabled(session.scan.request is not None)
        actions.stop.setEnabled(session.scan.request is not None and not session.scan.is_over)
        actions.resume.setEnabled(session.scan.can_resume)

    for signal in (session.frame_settled, session.request_changed, session.state_changed, session.opened):
        signal.connect(enable)
    enable()


def make_window_menu(actions: Actions, parent: QWidget) -> QMenu:
    """Return the one menu, with a section per purpose."""
    a = actions
    groups = {
        "File": (a.open, a.retry, a.external, a.snapshot, a.snapshot_settings, a.burst, a.save_curves, a.copy_picture, a.copy_numbers),
        "Go": (a.live, a.hold, a.first, a.previous, a.next, a.last),
        "Picture": (a.fit, a.pixels, a.picture_alone, a.auto_levels),
        "Following": (a.stop, a.resume, a.replace_reader),
    }
    menu = make_menu("", parent)
    for title, members in groups.items():
        menu.addMenu(make_menu(title, menu, members))
    menu.addSeparator()
    menu.addAction(actions.quit)
    return menu
