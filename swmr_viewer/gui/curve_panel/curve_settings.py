"""What the curves of a data set show, as it is kept by place from scan to scan and from start to start."""

from __future__ import annotations

from dataclasses import replace

from swmr_viewer.core.frozen import frozen
from swmr_viewer.gui.curve_panel.curve_plan import Part
from swmr_viewer.gui.session import PlaceStore
from swmr_viewer.quantities import FitModel

EVERY = "*."
"""Before what is measured of regions: of each of them."""
MOST_SHOWN = 8
KEY = "curves/places"


@frozen
class CurveSettings:
    """Every change gives another value."""

    shown: tuple[str, ...] = (f"{EVERY}sum",)
    """Names of quantities, expressions, or what is measured of every region."""
    right: tuple[str, ...] = ()
    """Those of them whose values are those of the axis on the right."""
    over: str = ""
    """Each is divided by this quantity."""
    against: str = ""
    """The quantity to the right; "": what fits the scan."""
    part: str = ""
    """A ``Part``; "": what fits."""
    as_taken: bool = False
    points_alone: bool = False
    """Without lines from point to point: those of spirals and of scans at random lead anywhere."""
    log_x: bool = False
    log_y: bool = False
    fit: FitModel = FitModel.NONE
    leaves_out_hot: bool = False
    """Single hot points do not count in fits."""

    def showing(self, name: str) -> CurveSettings:
        """Return them with this quantity alone."""
        return replace(self, shown=(name,), right=())

    def toggled(self, name: str) -> CurveSettings:
        """Return them with one quantity more, or less where it is shown; one stays in any case."""
        if name not in self.shown:
            return replace(self, shown=(*self.shown, name)[-MOST_SHOWN:])
        left = tuple(one for one in self.shown if one != name)
        return replace(self, shown=left, right=tuple(one for one in self.right if one != name)) if left else self

    def on_other_side(self, name: str) -> CurveSettings:
        """Return them with a quantity on the right that is on the left, or the other way round."""
        right = tuple(one for one in self.right if one != name) if name in self.right else (*self.right, name)
        return replace(self, right=right)


def checked(settings: CurveSettings) -> CurveSettings:
    """Return settings as they can be used, whatever was stored.

    Raises
    ------
    ValueError
        If there is nothing to show in them, or a part that is none.
    """
    if not settings.shown or not all(settings.shown):
        raise ValueError("nothing is shown")
    if settings.part:
        Part(settings.part)
    return replace(settings, shown=settings.shown[:MOST_SHOWN])


STORE = PlaceStore(KEY, CurveSettings(), checked)
