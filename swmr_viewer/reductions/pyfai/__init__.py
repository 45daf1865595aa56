"""Azimuthal integration by pyFAI: patterns, cakes, and the areas of peaks. pyFAI is loaded when one of them is prepared."""

from swmr_viewer.reductions.pyfai.pyfai1d import Pyfai1d
from swmr_viewer.reductions.pyfai.pyfai2d import Pyfai2d

__all__ = ["Pyfai1d", "Pyfai2d"]
