"""Fits of curves, for every plot that has one: asked for by key, made in a process of their own, drawn dashed, told with uncertainties."""

from swmr_viewer.gui.fitting.fit_words import DOUBTFUL, everything, fit_offers, fit_words, statistics_words
from swmr_viewer.gui.fitting.fitter import Fitter
from swmr_viewer.gui.fitting.plot_fit import PlotFit

__all__ = ["DOUBTFUL", "Fitter", "PlotFit", "everything", "fit_offers", "fit_words", "statistics_words"]
