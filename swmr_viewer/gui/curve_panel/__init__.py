"""The panel of curves: any quantities against any other, fits, the table of regions, the profile."""

from swmr_viewer.gui.curve_panel.curve_panel import CurvePanel
from swmr_viewer.gui.curve_panel.curves_file import NOTHING_MEASURED, columns_of, is_calculated, signal_of
from swmr_viewer.gui.curve_panel.plot_fits import PlotFits
from swmr_viewer.gui.curve_panel.plot_menus import PlotMenus
from swmr_viewer.gui.curve_panel.profile_lines import ProfileOf
from swmr_viewer.gui.curve_panel.profile_panel import ProfilePanel
from swmr_viewer.gui.curve_panel.regions_model import region_text
from swmr_viewer.gui.curve_panel.regions_panel import RegionsPanel
from swmr_viewer.gui.curve_panel.scalars import Scalars

__all__ = [
    "NOTHING_MEASURED",
    "CurvePanel",
    "PlotFits",
    "PlotMenus",
    "ProfileOf",
    "ProfilePanel",
    "RegionsPanel",
    "Scalars",
    "columns_of",
    "is_calculated",
    "region_text",
    "signal_of",
]
