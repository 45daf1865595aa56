"""What is said of a curve and of its fit (pure functions)."""

from __future__ import annotations

from swmr_viewer.core.number_text import steady_text, uncertain_text, value_text
from swmr_viewer.quantities import CurveStatistics, FitModel, FitResult

APART = "   "
DOUBTFUL = "doubtful"
IN_LINE = ("centre", "FWHM", "height")
"""Told in one line; the tooltip and the table have the others."""


def fit_offers() -> dict[str, str]:
    """Return what can be fitted: keys for settings, and words."""
    return {str(model): model.words for model in FitModel}


def statistics_words(found: CurveStatistics, unit: str = "") -> str:
    """Return what can be told of a curve without a fit, in one line; what it does not have is left out."""
    parts = []
    if found.maximum is not None and found.maximum_at is not None:
        parts.append(f"max {value_text(found.maximum)} at {_place(found.maximum_at, unit)}")
    if found.fwhm is not None and found.fwhm_centre is not None:
        dip = " of the dip" if found.is_dip else ""
        parts.append(f"FWHM{dip} {_place(found.fwhm, unit)} at {_place(found.fwhm_centre, unit)}")
    if found.edge_at is not None:
        parts.append(f"edge {found.edge_direction} at {_place(found.edge_at, unit)}")
    if found.centre_of_mass is not None:
        parts.append(f"centre of mass {_place(found.centre_of_mass, unit)}")
    return APART.join(parts)


def fit_words(result: FitResult, names: tuple[str, ...] = IN_LINE) -> str:
    """Return what was fitted in one line, and whether it is to be doubted; or why not."""
    told = APART.join(filter(None, (_value(result, name) for name in names)))
    return f"{DOUBTFUL}: {told}" if result.doubt else told or (f"no fit: {result.message}" if result.message else "")


def everything(result: FitResult, unit: str = "") -> str:
    """Return all that is known of a curve, in lines, for a tooltip."""
    lines = [result.doubt, result.model.words] if result.values else []
    lines += [_value(result, one.name) for one in result.values]
    lines += [result.message, *statistics_words(result.statistics, unit).split(APART)]
    return "\n".join(filter(None, lines))


def _value(result: FitResult, name: str) -> str:
    found = result.value(name)
    return "" if found is None else f"{name} {uncertain_text(found.value, found.uncertainty)} {found.unit}".rstrip()


def _place(value: float, unit: str) -> str:
    return f"{steady_text(value).strip()} {unit}".rstrip()
