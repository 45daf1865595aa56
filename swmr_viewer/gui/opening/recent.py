"""Files opened before, with the paths that were chosen in them; what was found is found again."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from swmr_viewer.gui.look.labels import button_text, tip
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.session.session import Session
from swmr_viewer.opening.recent import from_json, paths_text, to_json
from swmr_viewer.reader.messages import FollowRequest

KEY = "recent/files"
KEPT = 12
GONE = "not there"
"""Said of a file that is not where it was; it may come back."""


class Recent(QObject):
    """Remembers what was opened, newest first; only what really opened."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.opened.connect(self._remember)

    def requests(self) -> tuple[FollowRequest, ...]:
        """Return what was opened, the newest first, as it can be opened again."""
        return from_json(str(settings().value(KEY, "") or "[]"))

    def forget(self) -> None:
        """Forget all of them."""
        settings().remove(KEY)

    def fill(self, menu: QMenu) -> None:
        """Put one action per file into a menu, and one that forgets them."""
        put_into(menu, self.requests(), self._open)
        if self.requests():
            menu.addSeparator()
            menu.addAction("&Forget these").triggered.connect(self.forget)

    def _open(self, request: FollowRequest) -> None:
        self._session.open(replace(request, conditions=self._session.scan.conditions))

    def _remember(self) -> None:
        request = self._session.scan.request
        if request is None:
            return
        before = [earlier for earlier in self.requests() if earlier.path != request.path]
        settings().setValue(KEY, to_json((request, *before)[:KEPT]))


def put_into(
    menu: QMenu,
    requests: Sequence[FollowRequest],
    choose: Callable[[FollowRequest], None],
    is_gone: Callable[[str], bool] = lambda path: False,
) -> None:
    """Put one action per file into a menu; those that are gone are called so."""
    menu.clear()
    menu.setToolTipsVisible(True)
    for number, request in enumerate(requests, 1):
        text = button_text(os.path.basename(request.path))
        text = f"{text}  ({GONE})" if is_gone(request.path) else text
        action = menu.addAction(f"&{number % 10}  {text}" if number <= 10 else text)
        action.setToolTip(tip(paths_text(request)))
        action.triggered.connect(lambda _=False, request=request: choose(request))
    if menu.isEmpty():
        menu.addAction("Nothing was opened yet").setEnabled(False)
