"""What a curve has: maximum, centre, width and edge by plain numbers; peaks and steps by fits, which need lmfit."""

from swmr_viewer.quantities.fits.curve_fit import NEEDS_LMFIT, fit_curve
from swmr_viewer.quantities.fits.fit_values import FitModel, FitRequest, FitResult, FitValue, fit_description, fit_table
from swmr_viewer.quantities.fits.plain_statistics import CurveStatistics, curve_statistics
from swmr_viewer.quantities.fits.serving import serve_fits

__all__ = [
    "NEEDS_LMFIT",
    "CurveStatistics",
    "FitModel",
    "FitRequest",
    "FitResult",
    "FitValue",
    "curve_statistics",
    "fit_curve",
    "fit_description",
    "fit_table",
    "serve_fits",
]
