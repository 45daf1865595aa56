"""Follow SWMR files by their keys: the public, Qt-free face of the library.

Everything here is loaded on first use, so that importing ``swmr_viewer`` in the window's process
does not bring HDF5 in (the window never touches it: one slow open would freeze every thread).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swmr_viewer.core.conditions import AllKeys, AlwaysTrue, FileClosed, FinishedFlag, FrameCount, Timeout
    from swmr_viewer.core.errors import SwmrViewerError
    from swmr_viewer.core.follower import Follower
    from swmr_viewer.core.frames import FrameGrabber
    from swmr_viewer.core.opening import open_swmr

__version__ = "0.1.0"

__all__ = [
    "AllKeys",
    "AlwaysTrue",
    "FileClosed",
    "FinishedFlag",
    "Follower",
    "FrameCount",
    "FrameGrabber",
    "SwmrViewerError",
    "Timeout",
    "open_swmr",
]

_HOME = {
    "AllKeys": "conditions",
    "AlwaysTrue": "conditions",
    "FileClosed": "conditions",
    "FinishedFlag": "conditions",
    "Follower": "follower",
    "FrameCount": "conditions",
    "FrameGrabber": "frames",
    "SwmrViewerError": "errors",
    "Timeout": "conditions",
    "open_swmr": "opening",
}
_WITHOUT_HDF5 = ("conditions", "errors")


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if _HOME[name] not in _WITHOUT_HDF5:
        import_module("swmr_viewer.core.locking").load_hdf5()
    return getattr(import_module(f"swmr_viewer.core.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
