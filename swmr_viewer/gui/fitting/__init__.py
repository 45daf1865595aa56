"""Fits of curves, for every plot that has one: asked for by key, made in a process of their own, drawn dashed, told with uncertainties."""

from swmr_viewer.gui.fitting.fitter import Fitter

__all__ = ["Fitter"]
