"""What is to be reduced, to what, where and how; crosses process boundaries. No h5py here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from swmr_viewer.analysis import DEFAULT_RULES, MaskRules
from swmr_viewer.core.conditions import Condition, Situation
from swmr_viewer.core.file_state import FileStamp
from swmr_viewer.core.pixel_geometry import NOTHING_TOLD, PixelGeometry
from swmr_viewer.engines import THIS_MACHINE, EngineChoice


@dataclass(frozen=True)
class ReductionChoice:
    """A reduction by its name, and what is set of its parameters."""

    name: str
    """Of a built-in one, of one of an installed package, or ``path/to/file.py:Name``."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """By the parameters' names, as texts or as JSON has them; what is not set has its default."""


@dataclass(frozen=True)
class ReduceRequest:
    """What to reduce."""

    path: str
    reduction: ReductionChoice
    output: str = ""
    """The file for results; "": none is written."""
    data_path: str = ""
    """"": what the viewer would show first."""
    key_paths: tuple[str, ...] = ()
    """Empty: what the viewer would follow."""
    length_paths: tuple[str, ...] = ()
    scan_shape: tuple[int, ...] | None = None
    finished_path: str | None = None
    conditions: tuple[Condition | Callable[[Situation], bool], ...] = ()
    """What ends it, once all that is complete is reduced; empty: the usual ones."""
    wait_s: float | None = 0.0
    """Longest wait (s) for the file, its SWMR mode and its keys; None: for ever."""
    engine: EngineChoice = THIS_MACHINE
    rules: MaskRules = DEFAULT_RULES
    """Which pixels are masked, as the window has it; ``mask_path`` None: the one that the file's NeXus names."""
    uses_file_mask: bool = True
    """Whether the pixel mask that the file's NeXus names counts, where ``rules`` name none."""
    geometry: PixelGeometry = NOTHING_TOLD
    """What counts in place of the file's geometry."""
    sends_values: bool = False
    """Whether numbers and patterns are wanted as they come (``Reduced``): by a window."""
    shows_only: bool = False
    """Whether frames are reduced only as ``Show`` asks for them, until it is stopped: to look at, while nothing else is wanted."""
    nice: int = 0
    """How far (0 to 19) other programs come first."""
    stamp: FileStamp | None = None
    """Which file has that path: no other one is reduced. None: whichever is there."""
    external: bool = True
    """Whether data of other files are read, where links, virtual data sets or raw data outside of the file lead to such."""
