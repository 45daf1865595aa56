"""How data sets are drawn, remembered from start to start: stored by place, in the user's settings."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from math import isfinite
from typing import Any

from swmr_viewer.analysis import MaskRules, ViewChoice
from swmr_viewer.gui.display.color_maps import COLOR_MAPS
from swmr_viewer.gui.display.display_settings import Display, DisplaySettings, LevelMode, Levels
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.session.place_memory import PlaceMemory, PlaceStore, text_in
from swmr_viewer.gui.session.session import Session

KEY = "display/places"


class DisplayMemory(PlaceMemory[DisplaySettings]):
    """Keeps the settings of ``display``."""

    def __init__(self, session: Session, display: Display) -> None:
        super().__init__(session, _STORE, display.recall, lambda: display.kept, display.changed, display)

    def worth_keeping(self, name: str) -> DisplaySettings:
        """Return the settings; levels that were set for a sum of frames fit no single frame, and sums are not remembered."""
        chosen, places = super().worth_keeping(name), self._session.scan.places
        if chosen.is_auto or self._session.scan.preparation.of(places.path_of(name) or name).combine.is_plain:
            return chosen
        return replace(chosen, mode=self.before(name).mode, levels=self.before(name).levels)


def _encoded(chosen: DisplaySettings) -> dict[str, Any]:
    levels = chosen.levels and list(map(float, chosen.levels))  # json knows no numbers of numpy's
    return {**asdict(chosen), "levels": levels}


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
            None if mask["mask_path"] is None else text_in(mask["mask_path"]),
            None if mask["above"] is None else _number(mask["above"]),
        ),
        orientation=Orientation(**{name: _flag(value) for name, value in given["orientation"].items()}),
        aspect_locked=_flag(given["aspect_locked"]),
        uses_file_mask=_flag(given["uses_file_mask"]),
        view=ViewChoice(tuple(map(_place_on_axis, given["view"]["places"])), text_in(given["view"]["part"])),
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


def _place_on_axis(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(value)
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


_STORE = PlaceStore(KEY, _encoded, _settings, DisplaySettings())
stored, store, encoded, decoded = _STORE.stored, _STORE.store, _STORE.encoded, _STORE.decoded
