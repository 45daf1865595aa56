"""Follow SWMR files by their keys: the public, Qt-free face of the library.

Everything here is loaded on first use, so that importing ``swmr_viewer`` in the window's process
does not bring HDF5 in (the window never touches it: one slow open would freeze every thread).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from swmr_viewer.analysis import Region
    from swmr_viewer.core.conditions import AllKeys, AlwaysTrue, ConditionError, FileClosed, FinishedFlag, FrameCount, Timeout
    from swmr_viewer.core.data_source import DataSource
    from swmr_viewer.core.errors import (
        ExportError,
        ExternalDataError,
        FileAccessError,
        FileBrokenError,
        FileDamagedError,
        FileNotThereError,
        FileReplacedError,
        FileVersionError,
        FilterMissingError,
        FrameDoubtfulError,
        FrameNotWrittenError,
        FrameUnreadableError,
        HeldTwiceError,
        InterruptedWriterError,
        NoKeysError,
        NotHdf5Error,
        NotSwmrError,
        NotSwmrYetError,
        PathError,
        PathNotThereError,
        ShapeError,
        SwmrViewerError,
    )
    from swmr_viewer.core.files import open_swmr
    from swmr_viewer.core.follower import Follower
    from swmr_viewer.core.frame_sets import FrameSet
    from swmr_viewer.core.frames import FrameGrabber
    from swmr_viewer.core.positions import MotorPositions
    from swmr_viewer.core.result_file import ResultFile
    from swmr_viewer.core.scan import snake_index_of, snake_position_of, snake_visit_of
    from swmr_viewer.quantities import ExpressionError
    from swmr_viewer.reducing.job import ReductionSummary, reduce
    from swmr_viewer.reductions import FrameDescription, Output, OutputAxis, Reduction, ReductionError, parameter
    from swmr_viewer.scripting import Quantities

__version__ = "0.1.0"

__all__ = [
    "AllKeys",
    "AlwaysTrue",
    "ConditionError",
    "DataSource",
    "ExportError",
    "ExpressionError",
    "ExternalDataError",
    "FileAccessError",
    "FileBrokenError",
    "FileClosed",
    "FileDamagedError",
    "FileNotThereError",
    "FileReplacedError",
    "FileVersionError",
    "FilterMissingError",
    "FinishedFlag",
    "Follower",
    "FrameCount",
    "FrameDescription",
    "FrameDoubtfulError",
    "FrameGrabber",
    "FrameNotWrittenError",
    "FrameSet",
    "FrameUnreadableError",
    "HeldTwiceError",
    "InterruptedWriterError",
    "MotorPositions",
    "NoKeysError",
    "NotHdf5Error",
    "NotSwmrError",
    "NotSwmrYetError",
    "Output",
    "OutputAxis",
    "PathError",
    "PathNotThereError",
    "Quantities",
    "Reduction",
    "ReductionError",
    "ReductionSummary",
    "Region",
    "ResultFile",
    "ShapeError",
    "SwmrViewerError",
    "Timeout",
    "open_swmr",
    "parameter",
    "reduce",
    "snake_index_of",
    "snake_position_of",
    "snake_visit_of",
]

_MODULES = {
    "AllKeys": "core.conditions",
    "AlwaysTrue": "core.conditions",
    "ConditionError": "core.conditions",
    "DataSource": "core.data_source",
    "ExportError": "core.errors",
    "ExpressionError": "quantities",
    "ExternalDataError": "core.errors",
    "FileAccessError": "core.errors",
    "FileBrokenError": "core.errors",
    "FileClosed": "core.conditions",
    "FileDamagedError": "core.errors",
    "FileNotThereError": "core.errors",
    "FileReplacedError": "core.errors",
    "FileVersionError": "core.errors",
    "FilterMissingError": "core.errors",
    "FinishedFlag": "core.conditions",
    "Follower": "core.follower",
    "FrameCount": "core.conditions",
    "FrameDescription": "reductions",
    "FrameDoubtfulError": "core.errors",
    "FrameGrabber": "core.frames",
    "FrameNotWrittenError": "core.errors",
    "FrameSet": "core.frame_sets",
    "FrameUnreadableError": "core.errors",
    "HeldTwiceError": "core.errors",
    "InterruptedWriterError": "core.errors",
    "MotorPositions": "core.positions",
    "NoKeysError": "core.errors",
    "NotHdf5Error": "core.errors",
    "NotSwmrError": "core.errors",
    "NotSwmrYetError": "core.errors",
    "Output": "reductions",
    "OutputAxis": "reductions",
    "PathError": "core.errors",
    "PathNotThereError": "core.errors",
    "Quantities": "scripting",
    "Reduction": "reductions",
    "ReductionError": "reductions",
    "ReductionSummary": "reducing.job",
    "Region": "analysis",
    "ResultFile": "core.result_file",
    "ShapeError": "core.errors",
    "SwmrViewerError": "core.errors",
    "Timeout": "core.conditions",
    "open_swmr": "core.files",
    "parameter": "reductions",
    "reduce": "reducing.job",
    "snake_index_of": "core.scan",
    "snake_position_of": "core.scan",
    "snake_visit_of": "core.scan",
}
_WITHOUT_HDF5 = ("analysis", "core.conditions", "core.errors", "quantities", "reductions")


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if _MODULES[name] not in _WITHOUT_HDF5:
        import_module("swmr_viewer.core.locking").load_hdf5()
    return getattr(import_module(f"swmr_viewer.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
