"""The live edge and history put together: playing, every frame, combining, going to a frame, being told of the end."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget

from swmr_viewer.gui.controls.combine_editor import CombineEditor
from swmr_viewer.gui.controls.edge_actions import add_to_menu, make_edge_actions
from swmr_viewer.gui.controls.go_to import GoTo
from swmr_viewer.gui.controls.notify import Notifier
from swmr_viewer.gui.controls.play_button import PlayButton
from swmr_viewer.gui.session.live_mode import LiveMode
from swmr_viewer.gui.session.playback import Playback
from swmr_viewer.gui.session.session import Session


class LiveEdge:
    """Companions of a session, their actions and their pop-ups."""

    def __init__(self, session: Session, owner: QWidget) -> None:
        self._session = session
        self.playback = Playback(session, owner)
        self.mode = LiveMode(session, owner)
        self.notifier = Notifier(session, parent=owner)
        self.actions = make_edge_actions(session, self.playback, self.mode, self.notifier, owner)

    def compose(self, menu: QMenu, header: QWidget, play: PlayButton) -> None:
        """Put the actions into the menu and into the play button's, and the pop-ups where they belong."""
        actions = self.actions
        add_to_menu(actions, menu)
        play.offer((actions.play_back, actions.every_frame, actions.combine))
        self.go_to = GoTo(self._session, header)
        self.combine_editor = CombineEditor(self.mode, play)
        actions.go_to.triggered.connect(self.go_to.open)
        actions.combine.triggered.connect(self.combine_editor.open)
