"""Which detectors a plan has: the main one (0), diodes and spectra beside it, then further ones with images."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from swmr_viewer.simulator.plan import ScanPlan

FURTHER_IMAGES: Final = (((256, 128), "uint32"), ((96, 160), "uint16"), ((64, 80), "float32"))
"""Shape and dtype of each further detector with images."""

Kind = Literal["main", "side", "image"]


def kind_of(plan: ScanPlan, number: int) -> Kind:
    """Return what detector ``number`` is."""
    return "main" if number == 0 else "side" if number < plan.n_keys else "image"


def further_plan(plan: ScanPlan, number: int) -> ScanPlan:
    """Return the same scan as the further detector ``number`` (``n_keys`` and up) sees it: ``make_frame`` takes it."""
    frame_shape, dtype = FURTHER_IMAGES[number - plan.n_keys]
    if frame_shape == plan.frame_shape:
        frame_shape = (frame_shape[1], frame_shape[0])  # two of a size would have the same frames
    return replace(plan, frame_shape=frame_shape, dtype=dtype, n_detectors=1, n_keys=1)


def further_plans(plan: ScanPlan) -> tuple[ScanPlan, ...]:
    """Return the plan of every further detector with images."""
    return tuple(further_plan(plan, number) for number in range(plan.n_keys, plan.n_channels))


def detector_name(plan: ScanPlan, number: int) -> str:
    """Return the name of the main detector, or of a further one with images."""
    return "detector" if number == 0 else f"detector{number - plan.n_keys + 2}"
