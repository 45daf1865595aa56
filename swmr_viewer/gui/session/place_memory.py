"""What is kept by place from start to start, in the user's settings: a list of entries, those changed last first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, SignalInstance

from swmr_viewer.gui.look.settings import DAMAGED, from_plain, settings, to_plain
from swmr_viewer.gui.session.session import Session
from swmr_viewer.scan_model import Place, same_places

Value = TypeVar("Value")
MOST = 100
"""So many places are remembered, those changed last; an entry has some 500 bytes."""
KEEP_MS = 1000
"""What is dragged changes with every move of the mouse."""


class PlaceStore(Generic[Value]):
    """Values by place under one key of the settings.

    Parameters
    ----------
    key : str
        Where in the settings.
    usual : Value
        A dataclass: what is not worth keeping.
    checked : callable
        Returns what was read as it is to be used, or raises a ValueError.
    """

    def __init__(self, key: str, usual: Value, checked: Callable[[Value], Value]) -> None:
        self._key = key
        self.usual = usual
        self._checked = checked

    def stored(self) -> tuple[tuple[Place, Value], ...]:
        """Return what is stored, changed last first; entries that are damaged, or of another version, are left out."""
        try:
            entries = json.loads(str(settings().value(self._key, "") or "[]"))
        except (ValueError, RecursionError):
            return ()
        return tuple(filter(None, map(self.decoded, entries if isinstance(entries, list) else [])))

    def store(self, changed: Iterable[tuple[Place, Value]]) -> None:
        """Put these before what is stored, instead of what is stored for their places; those that are as usual are forgotten."""
        changed, before = tuple(changed), self.stored()
        there = [place for place, _ in before]
        replaced = {other for place, _ in changed for other in same_places([place], there).values()}
        kept = [entry for entry in changed if entry[1] != self.usual] + [entry for entry in before if entry[0] not in replaced]
        if kept:
            settings().setValue(self._key, json.dumps([self.encoded(place, value) for place, value in kept[:MOST]]))
        else:
            settings().remove(self._key)

    def encoded(self, place: Place, value: Value) -> dict[str, Any]:
        """Return an entry, ready for JSON."""
        return {**to_plain(value), "place": to_plain(place)}

    def decoded(self, entry: Any) -> tuple[Place, Value] | None:
        """Return what an entry stands for, or None if it is damaged."""
        try:
            place = from_plain(Place, entry["place"])
            if min(place.frame_shape, default=0) < 0:
                raise ValueError(place)
            known = {name: entry[name] for name in to_plain(self.usual) if name in entry}  # a later version may write more
            return place, self._checked(from_plain(type(self.usual), known))
        except (KeyError, *DAMAGED):
            return None


class PlaceMemory(QObject, Generic[Value]):
    """Recalls at the start what was stored, and stores what is changed from then on.

    Only what was changed here is stored, so that two windows do not undo one another.

    Parameters
    ----------
    session : Session
        Whose places.
    store : PlaceStore
        Where it is stored.
    recall : callable
        Takes the name of a place and what was stored for it, once for each place.
    kept : callable
        Returns what there is now, by the names of places.
    changed : signal
        There may be something else.
    """

    def __init__(
        self,
        session: Session,
        store: PlaceStore[Value],
        recall: Callable[[str, Value], None],
        kept: Callable[[], Mapping[str, Value]],
        changed: SignalInstance,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._store = store
        self._kept = kept
        self._stored: dict[str, Value] = {}
        for place, value in reversed(store.stored()):
            name = session.scan.places.name_for(place)
            self._stored[name] = value
            recall(name, value)
        self._timer = QTimer(self, interval=KEEP_MS, singleShot=True)
        self._timer.timeout.connect(self.keep)
        changed.connect(self._timer.start)

    def keep(self) -> None:
        """Store what was changed since the last time; what is as usual again is forgotten."""
        self._timer.stop()
        now = {name: self.worth_keeping(name) for name in {**self._stored, **self._kept()}}
        changed = {name: value for name, value in now.items() if value != self.before(name)}
        places = {name: place for name in changed if (place := self._session.scan.places.place(name)) is not None}
        if places:
            self._store.store([(place, changed[name]) for name, place in places.items()])
            self._stored.update({name: changed[name] for name in places})

    def before(self, name: str) -> Value:
        """Return what is stored for a place."""
        return self._stored.get(name, self._store.usual)

    def worth_keeping(self, name: str) -> Value:
        """Return what is to be stored for a place."""
        return self._kept().get(name, self._store.usual)
