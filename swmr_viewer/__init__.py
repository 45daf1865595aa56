"""Follow SWMR files by their keys: the public, Qt-free face of the library.

Everything here is loaded on first use, so that importing ``swmr_viewer`` in the window's process
does not bring HDF5 in (the window never touches it: one slow open would freeze every thread).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swmr_viewer.core.conditions import AllKeys, AlwaysTrue, FileClosed, FinishedFlag, FrameCount, Timeout
    from swmr_viewer.core.data_source import DataSource
    from swmr_viewer.core.errors import SwmrViewerError
    from swmr_viewer.core.files.opening import open_swmr
    from swmr_viewer.core.follower import Follower
    from swmr_viewer.core.frame_sets import FrameSet
    from swmr_viewer.core.frames import FrameGrabber
    from swmr_viewer.core.result_file import ResultFile
    from swmr_viewer.core.scan import snake_index_of, snake_position_of, snake_visit_of

__version__ = "0.1.0"

__all__ = [
    "AllKeys",
    "AlwaysTrue",
    "DataSource",
    "FileClosed",
    "FinishedFlag",
    "Follower",
    "FrameCount",
    "FrameGrabber",
    "FrameSet",
    "ResultFile",
    "SwmrViewerError",
    "Timeout",
    "open_swmr",
    "snake_index_of",
    "snake_position_of",
    "snake_visit_of",
]

_HOME = {
    "AllKeys": "conditions",
    "AlwaysTrue": "conditions",
    "DataSource": "data_source",
    "FileClosed": "conditions",
    "FinishedFlag": "conditions",
    "Follower": "follower",
    "FrameCount": "conditions",
    "FrameGrabber": "frames",
    "FrameSet": "frame_sets",
    "ResultFile": "result_file",
    "SwmrViewerError": "errors",
    "Timeout": "conditions",
    "open_swmr": "files.opening",
    "snake_index_of": "scan",
    "snake_position_of": "scan",
    "snake_visit_of": "scan",
}
_WITHOUT_HDF5 = ("conditions", "errors")


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if _HOME[name] not in _WITHOUT_HDF5:
        import_module("swmr_viewer.core.files.locking").load_hdf5()
    return getattr(import_module(f"swmr_viewer.core.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
