"""The rows of the table below the curves: the regions, and what else is drawn."""

from __future__ import annotations

import re
from enum import Enum, auto

from swmr_viewer.analysis import Region
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.number_text import MINUS, exact_text, narrow_text, uncertain_text
from swmr_viewer.gui.curve_panel.curve_choice import CurveChoice, ShownCurve
from swmr_viewer.gui.curve_panel.curve_fits import CurveFits
from swmr_viewer.gui.curve_panel.curve_settings import EVERY
from swmr_viewer.gui.fitting import DOUBTFUL, everything
from swmr_viewer.gui.regions import Measurements, region_color
from swmr_viewer.quantities import FitModel, FitResult, FitValue

FOUND = ("centre", "FWHM", "height", "max at", "centre of mass", "edge")
"""What is told of a curve, in the words of the table."""
FITTED = ("centre", "FWHM", "height")
"""Those that a fit has as well."""
FOUND_BY = "found by"
NO_FIT = "no fit"
MOST_CHARACTERS = 9
"""Of a cell; the tooltip has all digits of what is longer with its uncertainty."""


class Trust(Enum):
    """What the numbers of a row are worth."""

    OF_POINTS = auto()
    """No fit was asked for."""
    FITTED = auto()
    DOUBTFUL = auto()
    """The fit does not describe the points."""
    FAILED = auto()
    """There is no fit: numbers are those of the points."""


@frozen
class CurveRow:
    """A region, or another quantity that is drawn."""

    title: str
    color: str
    region: Region | None = None
    curve: ShownCurve | None = None


class CurveRows:
    """Says what the rows are, and what was found in their curves.

    Parameters
    ----------
    measurements : Measurements
        Whose regions.
    choice : CurveChoice
        What is drawn.
    fits : CurveFits
        What was found.
    """

    def __init__(self, measurements: Measurements, choice: CurveChoice, fits: CurveFits) -> None:
        self._measurements, self._choice, self._fits = measurements, choice, fits

    @property
    def rows(self) -> tuple[CurveRow, ...]:
        regions, curves = self._measurements.marks.regions, self._choice.curves
        of_region = {curve.region: curve for curve in reversed(curves) if curve.chosen.startswith(EVERY)}
        rows = [CurveRow(region.name, region_color(number), region, of_region.get(region.name)) for number, region in enumerate(regions)]
        colors = {row.title: row.color for row in rows}
        for curve in curves:
            if not curve.chosen.startswith(EVERY):
                color = colors.get(curve.region) or region_color(len(rows))
                rows.append(CurveRow(self._choice.title(curve.chosen), color, curve=curve))
        return tuple(rows)

    def look_of(self, curve: ShownCurve) -> tuple[str, bool]:
        """Return the colour of a curve, and whether it is drawn as the selected one."""
        selected = self._measurements.selected
        own = next((row for row in self.rows if row.curve == curve), None)
        region = next((row for row in self.rows if row.region is not None and row.title == curve.region), None)
        row = own or region
        is_selected = selected is None or curve.region == selected.name or not curve.region
        return (row.color if row is not None else ""), is_selected

    def value(self, row: CurveRow, index: int | None) -> float | None:
        """Return what a curve says of a frame."""
        return None if row.curve is None or index is None else self._choice.table.at(row.curve.name, index)

    def found(self, row: CurveRow, what: str) -> FitValue | None:
        """Return a number that was found in the curve of a row, fitted where it can be; None where it has none."""
        result = None if row.curve is None else self._fits.of(row.curve.name)
        return None if result is None else number_of(result, what)

    def words(self, row: CurveRow, what: str) -> str:
        """Return such a number for a cell with the uncertainty of its last digit; ``?``: doubtful; ``~``: of the points, without a fit."""
        found, trust = self.found(row, what), self.trust(row)
        if trust is Trust.FAILED and what == FOUND[0]:
            return NO_FIT
        if found is None:
            return "" if row.curve is None else "\u2013" if self._fits.of(row.curve.name) is not None else "\u2026"
        mark = {Trust.DOUBTFUL: "?"}.get(trust, "") if what in FITTED else ""
        words = uncertain_text(found.value, found.uncertainty) if found.uncertainty is not None else ""
        if 0 < len(words) <= MOST_CHARACTERS - len(mark):
            return words + mark
        return f"{'~' if trust is Trust.FAILED and what in FITTED else ''}{re.sub('^-', MINUS, narrow_text(found.value))}{mark}"

    def trust(self, row: CurveRow) -> Trust:
        """Return what the numbers of a row are worth."""
        result = None if row.curve is None else self._fits.of(row.curve.name)
        if result is None or result.model is FitModel.NONE:
            return Trust.OF_POINTS
        if not result.is_fitted:
            return Trust.FAILED
        return Trust.DOUBTFUL if result.doubt else Trust.FITTED

    def all_words(self, row: CurveRow) -> str:
        """Return all that was found, in lines."""
        result = None if row.curve is None else self._fits.of(row.curve.name)
        x = self._choice.table.quantity(self._choice.against)
        return "" if result is None else everything(result, x.unit if x is not None else "")

    def cells(self, row: CurveRow) -> tuple[str, ...]:
        """Return all numbers of a row with their uncertainties, for a spreadsheet."""
        found = [self.found(row, what) for what in FOUND]
        numbers = [number for one in found for number in ((one.value, one.uncertainty) if one is not None else (None, None))]
        return (*("" if number is None else exact_text(number) for number in numbers), self._found_by(row))

    def _found_by(self, row: CurveRow) -> str:
        """Return the model, or that it is the points alone, with what to know of it."""
        result = None if row.curve is None else self._fits.of(row.curve.name)
        if result is None:
            return ""
        if not result.is_fitted:
            return "points" if result.model is FitModel.NONE else f"points; no {result.model} fit: {result.message}"
        doubt = f"{DOUBTFUL}: {result.doubt}" if result.doubt else ""
        return "; ".join(filter(None, (str(result.model), doubt, result.message)))


def number_of(result: FitResult, what: str) -> FitValue | None:
    """Return a number of a fit; where it has none of this name, that of the plain statistics."""
    fitted = result.value(what)
    if fitted is not None:
        return fitted
    told = result.statistics
    plain = {
        "centre": None if result.is_fitted else told.fwhm_centre if told.fwhm_centre is not None else told.edge_at,
        "FWHM": None if result.is_fitted else told.fwhm,
        "height": None if result.is_fitted or told.maximum is None or told.minimum is None else told.maximum - told.minimum,
        "max at": told.maximum_at,
        "centre of mass": told.centre_of_mass,
        "edge": told.edge_at,
    }[what]
    return None if plain is None else FitValue(what, plain)
