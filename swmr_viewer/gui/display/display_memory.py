"""How data sets are drawn, remembered from start to start: stored by place, in the user's settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from math import isfinite
from typing import Any

from PySide6.QtCore import QObject, QTimer

from swmr_viewer.analysis import MaskRules
from swmr_viewer.gui.display.color_maps import COLOR_MAPS
from swmr_viewer.gui.display.display_settings import Display, DisplaySettings, LevelMode, Levels
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.session.places import Place, same_places
from swmr_viewer.gui.session.session import Session

KEY = "display/places"
MOST = 100
"""So many places are remembered, those changed last; an entry has some 500 bytes."""
KEEP_MS = 1000
"""Levels that are dragged change with every move of the mouse."""

Entry = tuple[Place, DisplaySettings]


class DisplayMemory(QObject):
    """Recalls at the start what was stored, and stores what is changed from then on.

    Only what was changed here is stored, so that two windows do not undo one another.
    """

    def __init__(self, session: Session, display: Display) -> None:
        super().__init__(display)
        self._session = session
        self._display = display
        self._stored: dict[str, DisplaySettings] = {}
        for place, chosen in reversed(stored()):
            name = session.places.know(place)
            self._stored[name] = chosen
            display.recall(name, chosen)
        self._timer = QTimer(self, interval=KEEP_MS, singleShot=True)
        self._timer.timeout.connect(self.keep)
        display.changed.connect(self._timer.start)

    def keep(self) -> None:
        """Store what was changed since the last time; what is as usual again is forgotten."""
        self._timer.stop()
        now = {name: self._worth_keeping(name) for name in {**self._stored, **self._display.kept}}
        changed = {name: chosen for name, chosen in now.items() if chosen != self._stored.get(name, DisplaySettings())}
        places = {name: place for name in changed if (place := self._session.places.place(name)) is not None}
        if places:
            store([(place, changed[name]) for name, place in places.items()])
            self._stored.update({name: changed[name] for name in places})

    def _worth_keeping(self, name: str) -> DisplaySettings:
        """Return the settings; levels that were set for a sum of frames fit no single frame, and sums are not remembered."""
        chosen = self._display.kept.get(name, DisplaySettings())
        if chosen.is_auto or self._session.wishes.of(self._session.places.path_of(name) or name).combine.is_plain:
            return chosen
        before = self._stored.get(name, DisplaySettings())
        return replace(chosen, mode=before.mode, levels=before.levels)


def stored() -> tuple[Entry, ...]:
    """Return what is stored, changed last first; entries that are damaged, or of another version, are left out."""
    try:
        entries = json.loads(str(settings().value(KEY, "") or "[]"))
    except (ValueError, RecursionError):
        return ()
    return tuple(filter(None, map(decoded, entries if isinstance(entries, list) else [])))


def store(changed: Iterable[Entry]) -> None:
    """Put these before what is stored, instead of what is stored for their places; those that are as usual are forgotten."""
    changed, before = tuple(changed), stored()
    there = [place for place, _ in before]
    replaced = {other for place, _ in changed for other in same_places([place], there).values()}
    kept = [one for one in changed if one[1] != DisplaySettings()] + [one for one in before if one[0] not in replaced]
    if kept:
        settings().setValue(KEY, json.dumps([encoded(place, chosen) for place, chosen in kept[:MOST]]))
    else:
        settings().remove(KEY)


def encoded(place: Place, chosen: DisplaySettings) -> dict[str, Any]:
    """Return an entry, ready for JSON."""
    levels = chosen.levels and list(map(float, chosen.levels))  # json knows no numbers of numpy's
    return {**asdict(chosen), "levels": levels, "place": asdict(place)}


def decoded(entry: Any) -> Entry | None:
    """Return what an entry stands for, or None if it is damaged; what it does not name is as usual."""
    try:
        return _place(entry["place"]), _settings(entry)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return None


def _place(entry: dict[str, Any]) -> Place:
    shape = entry["frame_shape"]
    if not all(isinstance(n, int) and n >= 0 for n in shape):
        raise ValueError(shape)
    return Place(_text(entry["path"]), tuple(shape), _text(entry["dtype"]), _text(entry.get("pattern", "")))


def _settings(entry: dict[str, Any]) -> DisplaySettings:
    usual, mask = DisplaySettings(), {**asdict(MaskRules()), **entry.get("mask", {})}
    given = {**asdict(usual), **entry}
    mode = LevelMode(given["mode"])
    levels = None if given["levels"] is None else _levels(given["levels"])
    low, high = percentiles = _levels(given["percentiles"])
    if not 0 <= low < high <= 100 or given["color_map"] not in COLOR_MAPS or (levels is None) != (mode in _AUTO):
        raise ValueError(entry)
    if not re.fullmatch(r"(#[0-9a-fA-F]{6})?", given["masked_color"]):
        raise ValueError(given["masked_color"])
    return DisplaySettings(
        scale=Scale(given["scale"]),
        mode=mode,
        percentiles=percentiles,
        levels=levels,
        color_map=given["color_map"],
        inverted=_flag(given["inverted"]),
        masked_color=given["masked_color"],
        marks_saturated=_flag(given["marks_saturated"]),
        mask=MaskRules(
            _flag(mask["sentinel"]),
            None if mask["mask_path"] is None else _text(mask["mask_path"]),
            None if mask["above"] is None else _number(mask["above"]),
        ),
        orientation=Orientation(**{name: _flag(value) for name, value in given["orientation"].items()}),
        aspect_locked=_flag(given["aspect_locked"]),
    )


_AUTO = (LevelMode.PERCENTILES, LevelMode.EXTREMES)


def _levels(value: Any) -> Levels:
    low, high = map(_number, value)
    if low > high:
        raise ValueError(value)
    return low, high


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(value)
    return float(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value
