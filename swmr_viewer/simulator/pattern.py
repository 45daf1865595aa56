"""Frames that look like data: any frame of a plan from its index alone, the same in every process.

Cost, on one core: the first image of a plan builds the banks (see ``bank.py``: about 0.1 s for 512x512 and
2 s for 2167x2070); every further one takes two passes over its pixels (0.5 ms; 4 ms). A spectrum of 1024
channels takes 0.1 ms; many scalars at once take 0.1 us each (see ``specimen.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from swmr_viewer.simulator.bank import N_THICKNESSES, bank_of
from swmr_viewer.simulator.beam import intensities
from swmr_viewer.simulator.defects import spoil
from swmr_viewer.simulator.orders import IndexArray
from swmr_viewer.simulator.plan import ScanPlan, further_plan, further_plans, kind_of
from swmr_viewer.simulator.response import as_detected, image_keys, rounded
from swmr_viewer.simulator.specimen import draw_spectrum, fractions, index_of_scalar, make_diode, make_scalars, peak_at, sample_at
from swmr_viewer.simulator.strip import Frame, NoIndexError, read_index, write_index

__all__ = [
    "Frame",
    "NoIndexError",
    "block_maker",
    "index_in",
    "make_channel_frame",
    "make_frame",
    "make_side_frame",
    "side_dtype",
    "side_shape",
    "warm_up",
    "write_index",
]

SPECTRUM_LENGTH: Final = 256


def make_frame(plan: ScanPlan, index: int) -> Frame:
    """Return the frame that the plan stores at this index.

    Parameters
    ----------
    plan : ScanPlan
        The scan.
    index : int
        Flat C-order index on ``plan.stored_shape``.

    Returns
    -------
    ndarray
        Shape ``plan.frame_shape``, dtype ``plan.dtype``, counts. The first ten pixels of images and spectra carry the
        index, the last digits of scalars do: see ``index_in``.

    Raises
    ------
    IndexError
        If the index is outside the scan.
    """
    if not 0 <= index < plan.n_points:
        raise IndexError(f"Index {index} is outside the scan of {plan.n_points} points.")
    if not plan.frame_shape:
        return make_scalars(plan, np.array([index], np.int64))[0, ...]
    rng, beam = np.random.default_rng([plan.seed, 3, index]), _beam(plan, index)
    frame = draw_spectrum(plan, fractions(plan, index), rng, beam) if len(plan.frame_shape) == 1 else _draw_image(plan, index, beam, rng)
    spoil(frame, plan, index)
    write_index(frame, index)
    return frame


def index_in(frame: Frame, plan: ScanPlan | None = None) -> int:
    """Return the index that a frame carries: in its first ten pixels (C order), or in a scalar's last digits.

    Parameters
    ----------
    frame : ndarray
        The frame.
    plan : ScanPlan, optional
        Needed for scalars alone: the number of digits is the plan's.

    Raises
    ------
    NoIndexError
        If it carries none: fill, half a frame, another detector, or a scalar whose dtype has no room for it.
    """
    if np.ndim(frame) or plan is None:
        return read_index(frame)
    index = index_of_scalar(plan, float(frame) if frame.dtype.kind == "f" else int(frame))
    if index is None:
        raise NoIndexError("This value carries no frame index.", "Use a wider type, such as float64.")
    return index


def make_channel_frame(plan: ScanPlan, number: int, index: int) -> Frame:
    """Return what detector ``number`` (0 is the main one) stores at this index."""
    if kind_of(plan, number) == "side":
        return make_side_frame(plan, number, index)
    return make_frame(further_plan(plan, number) if number else plan, index)


def make_side_frame(plan: ScanPlan, number: int, index: int) -> Frame:
    """Return what detector ``number`` (1, 2, ...) gives beside the main one: a scalar if odd, a spectrum if even.

    Returns
    -------
    ndarray
        Shape () float64, or (256,) uint32; see ``side_shape`` and ``side_dtype``.
    """
    if side_shape(number) == ():
        return make_diode(plan, number, np.array([index], np.int64))[0, ...]
    rng = np.random.default_rng([plan.seed, 4, number, index])
    where = fractions(plan, index)
    channel = np.arange(SPECTRUM_LENGTH)
    lines = [(60, 4, 400 * sample_at(where)), (150 + 40 * where[-1], 6, 250)]
    expected = 8 + sum(height * np.exp(-0.5 * ((channel - centre) / width) ** 2) for centre, width, height in lines)
    return rng.poisson(_beam(plan, index) * expected).astype(np.uint32)


def side_shape(number: int) -> tuple[int, ...]:
    """Return the frame shape of detector ``number`` (1, 2, ...)."""
    return () if number % 2 else (SPECTRUM_LENGTH,)


def side_dtype(number: int) -> str:
    """Return the dtype of detector ``number`` (1, 2, ...)."""
    return "float64" if number % 2 else "uint32"


def block_maker(plan: ScanPlan, number: int) -> Callable[[IndexArray], Frame] | None:
    """Return what makes many frames of detector ``number`` at once, shape (n, *frame); None where one by one is as well."""
    kind = kind_of(plan, number)
    if kind == "side":
        return partial(make_diode, plan, number) if side_shape(number) == () else None
    if kind == "image" or len(plan.frame_shape) == 2:
        return None
    return partial(_make_spectra if plan.frame_shape else make_scalars, plan)


def _make_spectra(plan: ScanPlan, indices: IndexArray) -> Frame:
    return np.stack([make_frame(plan, index) for index in indices.tolist()])


def warm_up(plan: ScanPlan) -> None:
    """Build the banks now, so that the first frames come as fast as the others."""
    for seen in (plan, *further_plans(plan)):
        if len(seen.frame_shape) == 2:
            bank_of(seen).build()


def _draw_image(plan: ScanPlan, index: int, beam: float, rng: np.random.Generator) -> Frame:
    """Return an image: what the beam gives, scaled by its intensity, and then what the detector makes of it."""
    bank, where = bank_of(plan), fractions(plan, index)
    frame = bank.draw(where, _thickness(where), rng, peak=plan.peak)
    if plan.peak:
        bank.add_peak(frame, peak_at(where), rng)
    if beam != 1:
        frame = rounded(frame * np.float32(beam), plan.dtype, rng)
    if plan.imperfect:
        frame = as_detected(plan, frame, int(image_keys(plan, np.array([index], np.int64))[0]), rng)
    bank.finish(frame)
    return frame


def _beam(plan: ScanPlan, index: int) -> float:
    return float(intensities(plan, np.array([index], np.int64))[0])


def _thickness(where: tuple[float, ...]) -> int:
    return min(N_THICKNESSES - 1, int(sample_at(where) * N_THICKNESSES))
