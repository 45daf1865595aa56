"""What is asked of a reduction that runs in another process, and what it tells. Plain values, without h5py."""

from swmr_viewer.reducing.messages.events import (
    FrameFailed,
    Noted,
    Prepared,
    Reduced,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ReductionProgress,
    ShownReduced,
    Waiting,
)
from swmr_viewer.reducing.messages.request import ReduceRequest, ReductionChoice

__all__ = [
    "FrameFailed",
    "Noted",
    "Prepared",
    "ReduceRequest",
    "Reduced",
    "ReductionChoice",
    "ReductionEnded",
    "ReductionEvent",
    "ReductionFailed",
    "ReductionProgress",
    "ShownReduced",
    "Waiting",
]
