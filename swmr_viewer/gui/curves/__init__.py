"""Curves and waterfalls: spectra, and anything against the frame index."""

from swmr_viewer.gui.curves.curve_axes import ChannelAxis
from swmr_viewer.gui.curves.curve_line import CROSS_PX, CurveLine, LineLook
from swmr_viewer.gui.curves.curve_view import CurveView
from swmr_viewer.gui.curves.earlier_look import earlier_pen
from swmr_viewer.gui.curves.index_curve import IndexCurve, canvas_color
from swmr_viewer.gui.curves.plot_menu import MenuEntry, PlotMenu
from swmr_viewer.gui.curves.plot_pane import PlotPane
from swmr_viewer.gui.curves.shared_axis import SharedAxis
from swmr_viewer.gui.curves.value_picture import ValuePicture
from swmr_viewer.gui.curves.waterfall_plot import WaterfallPlot
from swmr_viewer.gui.curves.waterfall_rows import WaterfallRows
from swmr_viewer.gui.curves.waterfall_words import caption, row_text
from swmr_viewer.quantities import Values

__all__ = [
    "CROSS_PX",
    "ChannelAxis",
    "CurveLine",
    "CurveView",
    "IndexCurve",
    "LineLook",
    "MenuEntry",
    "PlotMenu",
    "PlotPane",
    "SharedAxis",
    "ValuePicture",
    "Values",
    "WaterfallPlot",
    "WaterfallRows",
    "canvas_color",
    "caption",
    "earlier_pen",
    "row_text",
]
