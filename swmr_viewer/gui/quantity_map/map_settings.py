"""What a person chooses about the map of a quantity; kept by place, from start to start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.display.color_maps import COLOR_MAPS, DEFAULT_COLOR_MAP
from swmr_viewer.gui.display.display_settings import LevelMode, Levels
from swmr_viewer.gui.display.levels_scale import Scale
from swmr_viewer.gui.session import PlaceMemory, PlaceStore, Session

Combined = Literal["mean", "sum", "maximum"]
KEY = "quantity_map/places"
MOST_EXPRESSIONS = 8
"""So many expressions are offered again."""


@frozen
class MapSettings:
    """How a map is drawn."""

    quantity: str = "total"
    """A name, or an expression."""
    x: str = ""
    """The quantity to the right; "": what the file says of the fastest axis."""
    y: str = ""
    """Upwards; as ``x``, of the slower axis."""
    scale: Scale = Scale.LINEAR
    mode: LevelMode = LevelMode.PERCENTILES
    percentiles: Levels = (0.5, 99.5)
    """Of the values that are seen, 0 to 100."""
    levels: Levels | None = None
    """What was typed or dragged, where they are fixed."""
    color_map: str = DEFAULT_COLOR_MAP
    inverted: bool = False
    same_scale: bool = True
    """A step is as long upwards as to the right, where both are in one unit."""
    combine: Combined = "mean"
    """How frames of selected points are shown as one."""
    expressions: tuple[str, ...] = ()
    """Those that were shown, the last one first."""

    @property
    def is_auto(self) -> bool:
        """Whether the values set the levels."""
        return self.levels is None


class MapSettingsOwner(QObject):
    """Says how a map is drawn now."""

    changed = Signal()
    """Other settings count now."""

    @property
    def settings(self) -> MapSettings:
        """Those that count."""
        raise NotImplementedError


class MapChoices(MapSettingsOwner):
    """The one truth of how maps are drawn, by the names of places."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kept: dict[str, MapSettings] = {}
        self._place = ""
        for signal in (session.opened, session.data_changed, session.request_changed):
            signal.connect(self._note_place)
        self.memory = PlaceMemory(session, _STORE, self._recall, lambda: self._kept, self.changed, self)

    @property
    def settings(self) -> MapSettings:
        """Those of the data set that is shown."""
        return self._kept.get(self._session.scan.place, MapSettings())

    @property
    def kept(self) -> Mapping[str, MapSettings]:
        """What was chosen so far, by the names of places."""
        return self._kept

    def change(self, **changes: Any) -> None:
        """Replace some fields of the settings of the data set that is shown."""
        after = replace(self.settings, **changes)
        if after != self.settings:
            self._kept[self._session.scan.place] = after
            self.changed.emit()

    def show_quantity(self, name: str, *, is_expression: bool = False) -> None:
        """Draw another quantity, between levels of its own."""
        known = self.settings.expressions
        if is_expression:
            known = (name, *(other for other in known if other != name))[:MOST_EXPRESSIONS]
        if name != self.settings.quantity and not self.settings.is_auto:
            self.change(quantity=name, expressions=known, levels=None, mode=LevelMode.PERCENTILES)
        else:
            self.change(quantity=name, expressions=known)

    def set_mode(self, mode: LevelMode, in_use: Levels) -> None:
        """Take the levels from elsewhere; fixed ones begin with those in use."""
        self.change(mode=mode, levels=in_use if mode is LevelMode.FIXED else None)

    def forget(self) -> None:
        """Draw every map as at the very first start."""
        self._kept.clear()
        self.changed.emit()

    def _recall(self, place: str, settings: MapSettings) -> None:
        self._kept[place] = settings

    def _note_place(self) -> None:
        if self._session.scan.place != self._place:
            self._place = self._session.scan.place
            self.changed.emit()


def _checked(chosen: MapSettings) -> MapSettings:
    low, high = chosen.percentiles
    is_sound = (
        0 <= low < high <= 100
        and chosen.mode is not LevelMode.HELD
        and (chosen.levels is None) == (chosen.mode is not LevelMode.FIXED)
        and (chosen.levels is None or chosen.levels[0] < chosen.levels[1])
        and chosen.color_map in COLOR_MAPS
    )
    if not is_sound:
        raise ValueError(chosen)
    return chosen


_STORE = PlaceStore(KEY, MapSettings(), _checked)
