"""What is wrong with a detector's pixels, and what the mask says of it; pixels that saturate; counts that rise."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.bank import bank_of
from swmr_viewer.simulator.orders import IndexArray
from swmr_viewer.simulator.plan import ScanPlan, saturation_value
from swmr_viewer.simulator.strip import STRIP_LENGTH, Frame

GAP: Final = 1 << 0
"""No sensor. Bits as in NeXus' NXdetector/pixel_mask."""
DEAD: Final = 1 << 1
OVER_RESPONDING: Final = 1 << 3
"""A hot pixel: bright in every frame, and only the mask tells that it means nothing."""
MOST_DEAD: Final = 8
ALARM_GAIN: Final = 16
"""By how much all counts rise: more than the specimen ever makes them rise."""


def pixel_mask(plan: ScanPlan) -> npt.NDArray[np.uint32]:
    """Return what is wrong with each pixel, uint32 of the frame's shape: 0 good, else the bits above."""
    mask = np.zeros(plan.frame_shape, np.uint32)
    bank = bank_of(plan)
    mask.reshape(-1)[bank.hot_pixels] = OVER_RESPONDING
    mask.reshape(-1)[dead_pixels(plan)] = DEAD
    for gap in bank.gaps:
        mask[gap] = GAP
    mask.reshape(-1)[:STRIP_LENGTH] = 0  # these carry the index, whatever lies below them
    return mask


def dead_pixels(plan: ScanPlan) -> IndexArray:
    """Return the flat indices of pixels that read 0 in every frame; some may lie in gaps."""
    return _dead(plan.frame_shape, plan.seed)


def spoil(frame: Frame, plan: ScanPlan, index: int) -> None:
    """Give a fresh image or spectrum what the plan asks for beyond counts."""
    if plan.alarm is not None and index >= plan.alarm:
        _raise_counts(frame, plan)
    if plan.mask and frame.ndim == 2:
        _kill(frame, plan)
    if plan.saturate:
        _saturate(frame, plan, index)


def _raise_counts(frame: Frame, plan: ScanPlan) -> None:
    gaps = frame == plan.sentinel  # NaN stays NaN by itself
    np.minimum(frame, (int(saturation_value(plan.dtype)) - 1) // ALARM_GAIN, out=frame)
    frame *= ALARM_GAIN
    frame[gaps] = plan.sentinel


def _kill(frame: Frame, plan: ScanPlan) -> None:
    flat, dead = frame.reshape(-1), dead_pixels(plan)
    flat[dead[_has_sensor(flat[dead], plan)]] = 0


def _saturate(frame: Frame, plan: ScanPlan, index: int) -> None:
    """Let as many pixels saturate as the plan says: others in each frame, never masked ones."""
    rng = np.random.default_rng([plan.seed, 8, index])
    flat = frame.reshape(-1)
    drawn = rng.permutation(np.unique(rng.integers(STRIP_LENGTH, flat.size, 8 * plan.saturate + 64)))
    good = drawn[_has_sensor(flat[drawn], plan)]
    if frame.ndim == 2:
        good = good[~np.isin(good, np.concatenate((dead_pixels(plan), bank_of(plan).hot_pixels)))]
    flat[good[: plan.saturate]] = saturation_value(plan.dtype)


def _has_sensor(values: Frame, plan: ScanPlan) -> npt.NDArray[np.bool_]:
    return np.isfinite(values) if values.dtype.kind == "f" else values != plan.sentinel


@lru_cache(maxsize=8)
def _dead(frame_shape: tuple[int, ...], seed: int) -> IndexArray:
    n_pixels = int(np.prod(frame_shape))
    drawn = np.random.default_rng([seed, 7]).integers(STRIP_LENGTH, n_pixels, min(MOST_DEAD, max(1, n_pixels // 100)))
    return np.unique(drawn).astype(np.int64)
