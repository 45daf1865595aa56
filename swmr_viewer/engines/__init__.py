"""Engines: where reductions run, in threads, in processes, on a Dask cluster; who gets which frames, and what comes back."""

from swmr_viewer.engines.choice import THIS_MACHINE, EngineChoice, EngineKind
from swmr_viewer.engines.dispatch import Dispatcher, FramesDone
from swmr_viewer.engines.plan import Batch, BatchResult, Engine, EngineError, FrameFault, Plan, WorkerLostError
from swmr_viewer.engines.same_file import OpenedFile, opened_file
from swmr_viewer.engines.starting import start_engine

__all__ = [
    "THIS_MACHINE",
    "Batch",
    "BatchResult",
    "Dispatcher",
    "Engine",
    "EngineChoice",
    "EngineError",
    "EngineKind",
    "FrameFault",
    "FramesDone",
    "OpenedFile",
    "Plan",
    "WorkerLostError",
    "opened_file",
    "start_engine",
]
