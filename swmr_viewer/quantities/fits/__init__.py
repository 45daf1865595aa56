"""What a curve has: maximum, centre, width and edge by plain numbers; peaks and steps by fits, which need lmfit."""

from swmr_viewer.quantities.fits.curve_fit import fit_curve
from swmr_viewer.quantities.fits.fit_values import FitModel, FitRequest, FitResult, FitValue, fit_description, fit_table
from swmr_viewer.quantities.fits.model_fits import NEEDS_LMFIT
from swmr_viewer.quantities.fits.plain_statistics import CurveStatistics, curve_statistics
from swmr_viewer.quantities.fits.serving import Pieces, send_fit, serve_fits

__all__ = [
    "NEEDS_LMFIT",
    "CurveStatistics",
    "FitModel",
    "FitRequest",
    "FitResult",
    "FitValue",
    "Pieces",
    "curve_statistics",
    "fit_curve",
    "fit_description",
    "fit_table",
    "send_fit",
    "serve_fits",
]
