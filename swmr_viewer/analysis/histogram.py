"""The histogram beside the level handles: of a subsample, quick enough for every frame. Pure numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from swmr_viewer.analysis.levels import MAX_SAMPLES, subsample
from swmr_viewer.analysis.masks import Pixels, valid_mask

Edges = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def histogram(
    pixels: Pixels, n_bins: int = 256, *, low: float | None = None, high: float | None = None, log: bool = False
) -> tuple[Edges, Counts]:
    """Count the unmasked pixels of a regular subsample (about 200,000) by their value.

    Parameters
    ----------
    pixels : ndarray
        A frame or a preview, masked pixels told by their value (complex numbers: their magnitude).
    n_bins : int
        At most so many bins; integers never get bins narrower than 1.
    low, high : float, optional
        Range of the bins; without it: that of the sample.
    log : bool
        Bins evenly spaced in the logarithm: values of 0 and below are in the first bin, which begins at the lowest value.

    Returns
    -------
    edges : float64 array (n + 1,)
        Rising; integers have them half-way between values.
    counts : int64 array (n,)
        Pixels of the sample in [edge, next edge); the last bin includes its end. Empty arrays where every pixel is masked.
    """
    sample = subsample(pixels, MAX_SAMPLES)
    sample = np.abs(sample) if sample.dtype.kind == "c" else sample
    sample = sample[valid_mask(sample)].astype(np.float64)
    if not sample.size:
        return np.empty(0), np.empty(0, np.int64)
    lowest = float(sample.min()) if low is None else low
    highest = float(sample.max()) if high is None else high
    edges = (_log_edges if log else _even_edges)(lowest, max(lowest, highest), n_bins, pixels.dtype.kind in "iub", sample)
    counts, _ = np.histogram(sample, edges)
    return edges, counts.astype(np.int64)


def _even_edges(low: float, high: float, n_bins: int, whole: bool, sample: Edges) -> Edges:
    if whole:
        low, high = np.floor(low), np.floor(high) + 1
        step = max(1.0, np.ceil((high - low) / n_bins))
        return np.asarray(low - 0.5 + step * np.arange(np.ceil((high - low) / step) + 1))
    return np.unique(np.linspace(low, _further(low, high), n_bins + 1))


def _further(low: float, high: float) -> float:
    """Return the upper end, far enough away for bins to be told apart."""
    least = max(1e-9 * max(abs(low), abs(high)), 1e-280)
    return high if high - low > least else low + (1e-6 * abs(low) if abs(low) > 1e-270 else 1.0)


def _log_edges(low: float, high: float, n_bins: int, whole: bool, sample: Edges) -> Edges:
    positive = sample[sample > 0]
    if high <= 0 or not positive.size:
        return _even_edges(low, high, n_bins, whole, sample)
    first = low if low > 0 else float(positive.min())
    first, last = (max(first, 1.0) - 0.5, np.floor(high) + 0.5) if whole else (first, high)
    last = _further(first, last)
    edges = np.geomspace(first, last, n_bins + 1)
    edges[0], edges[-1] = first, last
    edges = np.unique(np.floor(edges) + 0.5) if whole else np.unique(edges)
    return np.asarray(edges if low > 0 else np.concatenate(([min(low, 0.0) - (0.5 if whole else 0.0)], edges)))
