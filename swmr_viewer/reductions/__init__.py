"""Reductions: what a frame becomes by a plug-in, numbers, a pattern or a picture; the built-in ones, and how others are found."""

from swmr_viewer.reductions.contract import (
    Frame,
    FrameDescription,
    Mask,
    NoParameters,
    Output,
    OutputAxis,
    Outputs,
    Reduction,
    ReductionError,
)

__all__ = [
    "Frame",
    "FrameDescription",
    "Mask",
    "NoParameters",
    "Output",
    "OutputAxis",
    "Outputs",
    "Reduction",
    "ReductionError",
]
