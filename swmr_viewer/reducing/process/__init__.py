"""A process that reduces, as a window or a command holds it."""

from swmr_viewer.reducing.process.reduction_process import ReductionProcess

__all__ = ["ReductionProcess"]
