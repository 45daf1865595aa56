"""Everything that measures, put together: regions, curves, profile, waterfall, and what is compared with."""

from swmr_viewer.gui.measuring.measuring import Measuring

__all__ = ["Measuring"]
