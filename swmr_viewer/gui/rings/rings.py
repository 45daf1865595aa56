"""Which rings are wanted over each data set, and where they are on the shown frame."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from swmr_viewer.analysis import Ring, RingChoice, missing_for, rings_of
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.pixel_geometry import NOTHING_TOLD, PixelGeometry
from swmr_viewer.gui.session import PlaceMemory, PlaceStore, Session

STORE = PlaceStore("rings/places", RingChoice(), lambda choice: choice)
_Known = tuple[RingChoice, PixelGeometry, tuple[int, int]]


class Rings(QObject):
    """The one truth of rings; they are found anew only where something else is chosen, or the geometry is another."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._kept: dict[str, RingChoice] = {}
        self._known: _Known | None = None
        self.rings: tuple[Ring, ...] = ()
        """Those that reach the shown frame, the innermost first."""
        for signal in (session.frame_changed, session.data_changed, session.opened, session.geometry_changed):
            signal.connect(self._find)

    @property
    def choice(self) -> RingChoice:
        """What is wanted over the shown data set."""
        return self._kept.get(self._session.scan.place, RingChoice())

    @property
    def kept(self) -> Mapping[str, RingChoice]:
        """What is wanted over each data set, by the names of places."""
        return self._kept

    @property
    def geometry(self) -> PixelGeometry:
        """Of the shown data set, as the user gave it, or as the file says."""
        return self._session.scan.geometry

    def geometry_of(self, place: str, facts: DataFacts) -> PixelGeometry:
        """Return the geometry of the data set in a place: as the user gave it, for the rest as these facts say."""
        return self._session.scan.own_geometry.get(place, NOTHING_TOLD).over(facts.geometry)

    @property
    def frame_shape(self) -> tuple[int, int]:
        """Rows and columns of the shown image; none of other frames."""
        frame = self._session.scan.shown
        return (0, 0) if frame is None or frame.raw.ndim != 2 else (int(frame.raw.shape[0]), int(frame.raw.shape[1]))

    @property
    def why_not(self) -> str:
        """Why there are no rings though they are wanted; nothing where there are some, or none are wanted."""
        if self.choice.is_empty or self.rings or not self.frame_shape[0]:
            return ""
        missing = missing_for(self.choice, self.geometry)
        if not missing:
            return "None of these rings reaches the picture."
        named = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        return f"The file does not tell the {named}: type it, or load a PONI file (Geometry)."

    def choose(self, choice: RingChoice) -> None:
        """Have these rings over the shown data set, and over what stands in its place."""
        self._kept[self._session.scan.place] = choice
        self._find()

    def recall(self, place: str, choice: RingChoice) -> None:
        """Have these rings over the data set that stands in a place, once it is shown."""
        self._kept[place] = choice

    def forget(self) -> None:
        """Have rings over nothing, as at the first start."""
        self._kept.clear()
        self._find()

    def _find(self) -> None:
        known = (self.choice, self.geometry, self.frame_shape)
        if known != self._known:
            self._known = known
            self.rings = rings_of(*known) if known[2][0] else ()
            self.changed.emit()


class RingMemory(PlaceMemory[RingChoice]):
    """Keeps the choices of ``rings``."""

    def __init__(self, session: Session, rings: Rings) -> None:
        super().__init__(session, STORE, rings.recall, lambda: rings.kept, rings.changed, rings)
