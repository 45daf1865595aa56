"""Quantities: one number per scan point, with a name and a unit. Without Qt and HDF5."""

from swmr_viewer.quantities.column import BLOCK, Column
from swmr_viewer.quantities.computed_column import ComputedColumn
from swmr_viewer.quantities.decimation import MOST_POINTS, Values, curve_points, stretches
from swmr_viewer.quantities.expression_text import ExpressionError, quoted
from swmr_viewer.quantities.expressions import Expression, expression
from swmr_viewer.quantities.fits import (
    NEEDS_LMFIT,
    CurveStatistics,
    FitModel,
    FitRequest,
    FitResult,
    FitValue,
    Pieces,
    curve_statistics,
    fit_curve,
    fit_description,
    fit_table,
    send_fit,
    serve_fits,
)
from swmr_viewer.quantities.map_drawing import MapDrawing, MapNames, MapPicture
from swmr_viewer.quantities.map_picture import Fate, Fates, FatesOf
from swmr_viewer.quantities.measured_values import MeasuredValues
from swmr_viewer.quantities.moving_motors import motors_of_line
from swmr_viewer.quantities.nearest_points import View
from swmr_viewer.quantities.placing import GridPlacing, Page, Placing, PointPlacing, page_of
from swmr_viewer.quantities.quantity import INDEX, OF_FRAME, OF_REGION, ORDER, TIME, Kind, Quantity, of_frame, of_region
from swmr_viewer.quantities.scan_columns import FileQuantity, ScanColumns
from swmr_viewer.quantities.stored_column import StoredColumn
from swmr_viewer.quantities.table import QuantityTable

__all__ = [
    "BLOCK",
    "INDEX",
    "MOST_POINTS",
    "NEEDS_LMFIT",
    "OF_FRAME",
    "OF_REGION",
    "ORDER",
    "TIME",
    "Column",
    "ComputedColumn",
    "CurveStatistics",
    "Expression",
    "ExpressionError",
    "Fate",
    "Fates",
    "FatesOf",
    "FileQuantity",
    "FitModel",
    "FitRequest",
    "FitResult",
    "FitValue",
    "GridPlacing",
    "Kind",
    "MapDrawing",
    "MapNames",
    "MapPicture",
    "MeasuredValues",
    "Page",
    "Pieces",
    "Placing",
    "PointPlacing",
    "Quantity",
    "QuantityTable",
    "ScanColumns",
    "StoredColumn",
    "Values",
    "View",
    "curve_points",
    "curve_statistics",
    "expression",
    "fit_curve",
    "fit_description",
    "fit_table",
    "motors_of_line",
    "of_frame",
    "of_region",
    "page_of",
    "quoted",
    "send_fit",
    "serve_fits",
    "stretches",
]
