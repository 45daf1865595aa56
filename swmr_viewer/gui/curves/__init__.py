"""Curves and waterfalls: spectra, and anything against the frame index."""

from swmr_viewer.gui.curves.curve_axes import ChannelAxis, Values
from swmr_viewer.gui.curves.curve_view import CurveView
from swmr_viewer.gui.curves.index_curve import MOST_POINTS, IndexCurve, curve_points, stretches
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.value_picture import ValuePicture
from swmr_viewer.gui.curves.waterfall_plot import WaterfallPlot, WaterfallRows

__all__ = [
    "MOST_POINTS",
    "ChannelAxis",
    "CurveView",
    "IndexCurve",
    "PlotPane",
    "ValuePicture",
    "Values",
    "WaterfallPlot",
    "WaterfallRows",
    "curve_points",
    "stretches",
]
