"""Files opened before, with the paths that were chosen in them; what was found is found again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.look.labels import button_text, tip
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.session.session import Session
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
        try:
            stored = json.loads(str(settings().value(KEY, "") or "[]"))
        except ValueError:
            return ()
        return tuple(filter(None, map(_request, stored if isinstance(stored, list) else [])))

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
        others = [one for one in self.requests() if one.path != request.path]
        settings().setValue(KEY, json.dumps([_entry(one) for one in (request, *others)[:KEPT]]))


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
        words = button_text(os.path.basename(request.path))
        words = f"{words}  ({GONE})" if is_gone(request.path) else words
        action = menu.addAction(f"&{number % 10}  {words}" if number <= 10 else words)
        action.setToolTip(tip(paths_text(request)))
        action.triggered.connect(lambda _=False, one=request: choose(one))
    if menu.isEmpty():
        menu.addAction("Nothing was opened yet").setEnabled(False)


def paths_text(request: FollowRequest) -> str:
    """Return the file and the paths in it, a line each."""
    return "\n".join(map(plain, filter(None, (request.path, *request.key_paths, *request.data_paths))))


def _entry(request: FollowRequest) -> dict[str, Any]:
    return {
        "file": request.path,
        "keys": request.key_paths,
        "length": request.length_paths,
        "data": request.data_paths,
        "finished": request.finished_path,
    }


def _request(entry: Any) -> FollowRequest | None:
    """Return what an entry stands for; None where it is not one (settings may be edited by hand)."""
    try:
        paths = {name: tuple(map(str, entry.get(name) or ())) for name in ("keys", "length", "data")}
        finished = entry.get("finished")
        return FollowRequest(
            str(entry["file"]),
            paths["keys"],
            paths["data"],
            str(finished) if finished else None,
            length_paths=paths["length"],
        )
    except (AttributeError, KeyError, TypeError):
        return None
