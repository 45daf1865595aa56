"""The rings over a picture that is seen beside the shown one: those that were chosen for its data set."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from swmr_viewer.analysis import Ring, RingChoice, rings_of
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.gui.image import FrameOverlay
from swmr_viewer.gui.rings.rings import Rings


class RingsBeside(QObject):
    """As `Rings`, of one data set in any case.

    Parameters
    ----------
    overlay : FrameOverlay
        Of its picture.
    rings : Rings
        Know what is chosen.
    place : str
        Of the data set.
    facts : DataFacts
        What the file says of it.
    """

    changed = Signal()

    def __init__(self, overlay: FrameOverlay, rings: Rings, place: str, facts: DataFacts) -> None:
        super().__init__(overlay)
        self._overlay, self._rings, self._place = overlay, rings, place
        self._facts = facts
        self.rings: tuple[Ring, ...] = ()
        self._known: object = None
        for signal in (rings.changed, overlay.moved):
            signal.connect(self._find)
        self._find()

    @property
    def geometry(self) -> PixelGeometry:
        """Of the data set, as the user gave it, or as the file says."""
        return self._rings.geometry_of(self._place, self._facts)

    @property
    def frame_shape(self) -> tuple[int, int]:
        """Rows and columns of the picture."""
        return self._overlay.frame_shape

    def _find(self) -> None:
        choice, geometry, shape = self._rings.kept.get(self._place, RingChoice()), self.geometry, self.frame_shape
        if (choice, geometry, shape) != self._known:
            self._known = choice, geometry, shape
            self.rings = rings_of(choice, geometry, shape) if shape[0] else ()
            self.changed.emit()
