"""What to follow and how; patterns in it are replaced by the paths that fit them once the file is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from swmr_viewer.core.conditions import Condition
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.core.path_patterns import expanded, is_pattern


@frozen
class FollowRequest:
    """What to follow, and how."""

    path: str
    key_paths: tuple[str, ...] = ()
    """Groups or datasets; empty: what inspection finds."""
    data_paths: tuple[str, ...] = ()
    """The first one is shown; empty: what inspection finds."""
    finished_path: str | None = None
    conditions: tuple[Condition, ...] = ()
    order: Literal["scan", "arrival"] = "scan"
    """In which order ``every_frame`` delivers."""
    every_frame: bool = False
    """False: conflate to the newest complete frame (pixels in slots). True: measure each complete frame, pixels stay in the reader."""
    wait_s: float | None = None
    """Longest wait (s) for the file, its SWMR mode and its keys to appear; None: for ever; 0: do not wait."""
    length_paths: tuple[str, ...] = ()
    """Data sets whose length and chunks stand in for keys; empty, and no keys found: what inspection finds."""
    scan_shape: tuple[int, ...] | None = None
    """The scan's extent, where the file does not tell it."""
    looks_on: bool = True
    """For a window: whether keys are still looked for after a timeout, and followed when they come. With ``every_frame`` it ends there."""
    gap_patience_s: float | None = None
    """With ``every_frame`` in scan order: seconds after which a gap is given up; None: it is waited for."""
    preset: str = ""
    """For a window: the preset that it is of, where that says more than paths."""
    external: bool = True
    """Whether data of other files are read, where links, virtual data sets or raw data outside of the file lead to such."""


def has_patterns(request: FollowRequest) -> bool:
    """Whether any of its paths may stand for several."""
    finished = (request.finished_path,) if request.finished_path else ()
    return any(map(is_pattern, (*request.key_paths, *request.length_paths, *request.data_paths, *finished)))


def with_patterns_expanded(request: FollowRequest, found: Inspection) -> FollowRequest:
    """Return the request with the paths that fit its patterns in this file; of several finished flags the first."""
    if not has_patterns(request):
        return request
    finished = expanded((request.finished_path,), found, datasets_only=True) if request.finished_path else (None,)
    return replace(
        request,
        key_paths=expanded(request.key_paths, found),
        length_paths=expanded(request.length_paths, found, datasets_only=True),
        data_paths=expanded(request.data_paths, found, datasets_only=True),
        finished_path=finished[0],
    )
