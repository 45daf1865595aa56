"""How data sets are drawn, remembered from start to start: stored by place, in the user's settings."""

from __future__ import annotations

import re
from dataclasses import replace

from swmr_viewer.gui.display.color_maps import ALL_MAPS
from swmr_viewer.gui.display.display_settings import Display, DisplaySettings
from swmr_viewer.gui.session import PlaceMemory, PlaceStore, Session

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


def _checked(chosen: DisplaySettings) -> DisplaySettings:
    low, high = chosen.percentiles
    is_sound = (
        0 <= low < high <= 100
        and (chosen.levels is None) == chosen.is_auto
        and (chosen.levels is None or chosen.levels[0] <= chosen.levels[1])
        and chosen.color_map in ALL_MAPS
        and re.fullmatch(r"(#[0-9a-fA-F]{6})?", chosen.masked_color)
        and min(chosen.view.places, default=0) >= 0
    )
    if not is_sound:
        raise ValueError(chosen)
    return replace(chosen, mask=replace(chosen.mask, gaps=()))  # they are the file's own


_STORE = PlaceStore(KEY, DisplaySettings(), _checked)
stored, store, encoded, decoded = _STORE.stored, _STORE.store, _STORE.encoded, _STORE.decoded
