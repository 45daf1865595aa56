"""What the dialog says beside each field, and whether it opens: a pure function of what is known (no Qt here)."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlparse
from urllib.request import url2pathname

from swmr_viewer.core import errors
from swmr_viewer.core.inspection import Candidate, FileState, Inspection
from swmr_viewer.gui.opening.open_dialog.checking import Field, Problem, check_request
from swmr_viewer.reader.messages import FollowRequest, Inspected

SLOW_S = 5.0
"""After so many seconds of reading, say that it is the storage."""


AGAIN_S = 1.5
"""A second look at a file is mentioned only if it takes longer than this."""


WEAKER = "How many frames there are, and their chunks, stand in for keys: it is less sure that a frame is complete."


class Tone(StrEnum):
    """How a remark is meant."""

    PLAIN = "plain"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said beside one field."""

    text: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that the dialog says at one moment."""

    file: Remark
    keys: Remark = Remark()
    length: Remark = Remark()
    data: Remark = Remark()
    finished: Remark = Remark()
    can_open: bool = False
    waits: bool = False
    """Opening means waiting for something that is not there yet."""


def judge(request: FollowRequest, answer: Inspected | None, reading_s: float | None = None) -> Verdict:
    """Decide what to say.

    Parameters
    ----------
    request : FollowRequest
        As the fields stand.
    answer : Inspected or None
        The latest inspection of this path, if there is one.
    reading_s : float or None
        For how long (s) the file has been read; None when it is not.
    """
    if not request.path:
        return Verdict(Remark("Choose a file, type its path, or drop it here."))
    if answer is None:
        return Verdict(_reading(reading_s or 0.0), can_open=True)
    known = _failed(answer) if answer.inspection is None else _found(answer.inspection, request)
    return known if (reading_s or 0.0) < AGAIN_S else replace(known, file=_reading(reading_s or 0.0))


def path_from(text: str) -> str:
    """Return the file that was meant: quotation marks, ``file://`` and ``~`` are understood."""
    path = text.strip()
    if len(path) > 1 and path[0] == path[-1] and path[0] in "'\"":
        path = path[1:-1]
    if path.startswith("file:"):
        path = url2pathname(urlparse(path).path)
    return os.path.expanduser(path)


def may_come(answer: Inspected | None) -> bool:
    """Whether it makes sense to look again: the file, its SWMR mode or its keys may still appear."""
    if answer is None:
        return False
    if answer.inspection is None:
        return is_retryable(answer.kind)
    if answer.inspection.state in (FileState.MISSING, FileState.EMPTY, FileState.WRITING):
        return True
    return answer.inspection.state is FileState.SWMR and not (_followed(answer.inspection) and answer.inspection.data_paths)


def is_retryable(kind: str) -> bool:
    """Whether waiting may help against an error of this class of ``swmr_viewer.core.errors``."""
    return bool(getattr(getattr(errors, kind, None), "retryable", False))


def _followed(inspection: Inspection) -> tuple[str, ...]:
    return inspection.key_paths or inspection.length_paths


def _about_length(inspection: Inspection, request: FollowRequest) -> str:
    """Say what following by length means, where it is done or could be."""
    if request.length_paths or not (request.key_paths or inspection.key_paths):
        return WEAKER if request.length_paths or inspection.length_paths else ""
    return "None: the keys say which frames are complete."


def _reading(seconds: float) -> Remark:
    if seconds < SLOW_S:
        return Remark(f"Reading \N{HORIZONTAL ELLIPSIS} {seconds:.0f} s")
    hint = "The storage is slow to answer, or the file is damaged; another path can be typed."
    return Remark(f"Reading \N{HORIZONTAL ELLIPSIS} {seconds:.0f} s. {hint}", Tone.WARNING)


def _failed(answer: Inspected) -> Verdict:
    if may_come(answer):
        offer = "\N{LEFT DOUBLE QUOTATION MARK}Wait for it\N{RIGHT DOUBLE QUOTATION MARK} opens it as soon as it can be read."
        return Verdict(Remark(f"{answer.message} {offer}", Tone.WARNING), can_open=True, waits=True)
    return Verdict(Remark(f"{answer.message} {answer.remedy}".strip(), Tone.PROBLEM))


def _found(inspection: Inspection, request: FollowRequest) -> Verdict:
    waits = may_come(Inspected(0, inspection))
    if not inspection.tree and inspection.state is not FileState.SWMR:
        tone = Tone.PLAIN if waits else Tone.PROBLEM
        return Verdict(replace(_about_file(inspection), tone=tone), can_open=waits, waits=waits)
    problems = check_request(inspection, request)
    return Verdict(
        file=_about_file(inspection),
        keys=_beside("keys", problems, _why(inspection.keys, request.key_paths)),
        length=_beside("length", problems, _about_length(inspection, request)),
        data=_beside("data", problems, _why(inspection.data, request.data_paths)),
        finished=_beside("finished", problems, _why_flag(inspection, request)),
        can_open=not any(one.weight == "stops" for one in problems),
        waits=waits or any(one.weight == "waits" for one in problems),
    )


def _about_file(inspection: Inspection) -> Remark:
    words = [f"{str(inspection.state)[:1].upper()}{str(inspection.state)[1:]}."]
    if inspection.scan_shape:
        points = " \N{MULTIPLICATION SIGN} ".join(map(str, inspection.scan_shape))
        words.append(f"Scan of {points}.")
    words += inspection.notes[:2]
    live = inspection.state in (FileState.SWMR, FileState.CLOSED)
    return Remark(" ".join(words), Tone.PLAIN if live else Tone.WARNING)


def _beside(field: Field, problems: tuple[Problem, ...], otherwise: str) -> Remark:
    mine = sorted((one for one in problems if one.field == field), key=lambda one: one.weight != "stops")
    if not mine:
        return Remark(otherwise)
    more = f" (and {len(mine) - 1} more)" if len(mine) > 1 else ""
    return Remark(mine[0].text + more, Tone.PROBLEM if mine[0].weight == "stops" else Tone.WARNING)


def _why(candidates: tuple[Candidate, ...], paths: tuple[str, ...]) -> str:
    reasons = {one.node.path: one.why for one in candidates}
    chosen = paths or tuple(reasons)[:1]
    return next((reasons[path] for path in chosen if path in reasons), "")


def _why_flag(inspection: Inspection, request: FollowRequest) -> str:
    if not request.finished_path:
        return "None: following ends by its other conditions."
    return _why(inspection.finished, (request.finished_path,))
