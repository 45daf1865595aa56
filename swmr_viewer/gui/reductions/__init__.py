"""Reductions in the window: chosen, set, run in a process of their own, and seen."""

from swmr_viewer.gui.reductions.reduction_parts import ReductionParts

__all__ = ["ReductionParts"]
