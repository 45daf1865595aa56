"""What is asked of a reduction that runs in another process, and what it tells. Plain values, without h5py."""

from swmr_viewer.reducing.messages.events import (
    Alive,
    Described,
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
    ended_at,
    failure_of,
)
from swmr_viewer.reducing.messages.orders import Describe, Quit, ReductionOrder, Show, Start, Stop, Taken
from swmr_viewer.reducing.messages.request import ReduceRequest, ReductionChoice

__all__ = [
    "Alive",
    "Describe",
    "Described",
    "FrameFailed",
    "Noted",
    "Prepared",
    "Quit",
    "ReduceRequest",
    "Reduced",
    "ReductionChoice",
    "ReductionEnded",
    "ReductionEvent",
    "ReductionFailed",
    "ReductionOrder",
    "ReductionProgress",
    "Show",
    "ShownReduced",
    "Start",
    "Stop",
    "Taken",
    "Waiting",
    "ended_at",
    "failure_of",
]
