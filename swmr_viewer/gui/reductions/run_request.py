"""What the process is asked to do, as the window has it by now: file, keys, masks, geometry (pure, no Qt)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import inf

from swmr_viewer.core.conditions import Condition, Timeout
from swmr_viewer.core.pixel_geometry import NOTHING_TOLD
from swmr_viewer.engines import EngineChoice, EngineKind
from swmr_viewer.gui.reductions.reduction_choice import ChosenReduction
from swmr_viewer.reducing.messages import ReduceRequest, ReductionChoice
from swmr_viewer.scan_model import ScanFacts

NICE = 10
"""The live picture never waits for what is reduced."""
HERE = EngineChoice(EngineKind.THREADS, 1)
"""Where single frames are reduced: no cluster is asked for them."""
NEVER: tuple[Condition, ...] = (Timeout(inf),)
"""It goes on until it is stopped."""


def request_of(scan: ScanFacts, chosen: ChosenReduction, *, output: str = "", shows_only: bool = False) -> ReduceRequest | None:
    """Return what is to be reduced of the shown data set, and how; None while there is none, or nothing is chosen.

    Parameters
    ----------
    scan : ScanFacts
        What is followed.
    chosen : ChosenReduction
        Of the shown data set.
    output : str
        The file for results; "": none.
    shows_only : bool
        Whether nothing but shown frames is reduced.
    """
    request, opened = scan.request, scan.description
    if request is None or opened is None or not scan.data_path or not chosen.name:
        return None
    return ReduceRequest(
        request.path,
        ReductionChoice(chosen.name, chosen.texts),
        os.path.expanduser(output),
        data_path=scan.data_path,
        key_paths=opened.key_paths,
        length_paths=() if opened.key_paths else request.length_paths,
        finished_path=opened.finished_path,
        conditions=NEVER if shows_only else _conditions(scan),
        wait_s=None,
        engine=HERE if shows_only else chosen.where,
        rules=scan.preparation.of(scan.data_path).mask,
        uses_file_mask=False,  # the window's rules name it, unless somebody switched it off
        geometry=scan.own_geometry.get(scan.place, NOTHING_TOLD),
        sends_values=True,
        shows_only=shows_only,
        nice=NICE,
        stamp=opened.stamp,
        external=request.external,
    )


def _conditions(scan: ScanFacts) -> tuple[Condition, ...]:
    """Return what ends following here; where that goes on looking after a timeout, so does the reduction."""
    kept = tuple(one for one in scan.conditions if not (isinstance(one, Timeout) and scan.looks_on))
    return kept or NEVER


def is_same_reduction(one: ReduceRequest, other: ReduceRequest) -> bool:
    """Return whether two requests make the same numbers of the same frames, wherever they run."""
    return _meaning(one) == _meaning(other)


def _meaning(request: ReduceRequest) -> tuple[str, str, str, Mapping[str, object], object, object]:
    what = request.reduction
    return request.path, request.data_path, what.name, dict(what.values), request.rules, request.geometry
