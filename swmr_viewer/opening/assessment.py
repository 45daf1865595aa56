"""What stands beside each field of the open dialog, and whether it opens: a pure function of the request and the inspection."""

from __future__ import annotations

import os
from dataclasses import replace
from enum import StrEnum

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.inspection import Candidate, FileState, Inspection
from swmr_viewer.opening.checking import Field, PathProblem, check_request
from swmr_viewer.reader.messages import FollowRequest, Inspected

SLOW_S = 5.0
"""After so many seconds of reading, the storage is named."""
AGAIN_S = 1.5
"""A second inspection is mentioned only if it takes longer than this."""
WEAKER = "How many frames there are, and their chunks, stand in for keys: it is less sure that a frame is complete."


class Tone(StrEnum):
    """How a remark is meant."""

    PLAIN = "plain"
    WARNING = "warning"
    PROBLEM = "problem"


@frozen
class Remark:
    """The text beside one field."""

    text: str = ""
    tone: Tone = Tone.PLAIN


@frozen
class Assessment:
    """Everything that the dialog shows of a request at one moment."""

    file: Remark
    keys: Remark = Remark()
    length: Remark = Remark()
    data: Remark = Remark()
    finished: Remark = Remark()
    can_open: bool = False
    waits: bool = False
    """Opening means waiting for something that is not there yet."""


def assess(request: FollowRequest, answer: Inspected | None, reading_s: float | None = None) -> Assessment:
    """Return what to show of a request.

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
        return Assessment(Remark("Choose a file, type its path, or drop it here."))
    if answer is None:
        return Assessment(_reading_remark(reading_s or 0.0), can_open=True)
    known = _failed(answer) if answer.inspection is None else _found(answer.inspection, request)
    return known if (reading_s or 0.0) < AGAIN_S else replace(known, file=_reading_remark(reading_s or 0.0))


def path_from(text: str) -> str:
    """Return the file that was meant: quotation marks, ``file://`` and ``~`` are understood."""
    path = text.strip()
    if len(path) > 1 and path[0] == path[-1] and path[0] in "'\"":
        path = path[1:-1]
    if path.startswith("file:"):
        from urllib.parse import urlparse  # these load http and ssl, which nothing else here needs
        from urllib.request import url2pathname

        path = url2pathname(urlparse(path).path)
    return os.path.expanduser(path)


def may_come(answer: Inspected | None) -> bool:
    """Whether it makes sense to inspect again: the file, its SWMR mode or its keys may still appear."""
    if answer is None:
        return False
    if answer.inspection is None:
        return answer.kind is not None and answer.kind.can_be_retried
    if answer.inspection.state in (FileState.MISSING, FileState.EMPTY, FileState.WRITING):
        return True
    return answer.inspection.state is FileState.SWMR and not (_followed(answer.inspection) and answer.inspection.data_paths)


def _followed(inspection: Inspection) -> tuple[str, ...]:
    return inspection.key_paths or inspection.length_paths


def _length_text(inspection: Inspection, request: FollowRequest) -> str:
    """What following by length means, where it is done or could be."""
    if request.length_paths or not (request.key_paths or inspection.key_paths):
        return WEAKER if request.length_paths or inspection.length_paths else ""
    return "None: the keys say which frames are complete."


def _reading_remark(seconds: float) -> Remark:
    if seconds < SLOW_S:
        return Remark(f"Reading \N{HORIZONTAL ELLIPSIS} {seconds:.0f} s")
    hint = "The storage is slow to answer, or the file is damaged; another path can be typed."
    return Remark(f"Reading \N{HORIZONTAL ELLIPSIS} {seconds:.0f} s. {hint}", Tone.WARNING)


def _failed(answer: Inspected) -> Assessment:
    if may_come(answer):
        offer = "\N{LEFT DOUBLE QUOTATION MARK}Wait for it\N{RIGHT DOUBLE QUOTATION MARK} opens it as soon as it can be read."
        return Assessment(Remark(f"{answer.message} {offer}", Tone.WARNING), can_open=True, waits=True)
    return Assessment(Remark(f"{answer.message} {answer.remedy}".strip(), Tone.PROBLEM))


def _found(inspection: Inspection, request: FollowRequest) -> Assessment:
    waits = may_come(Inspected(0, inspection))
    if not inspection.tree and inspection.state is not FileState.SWMR:
        tone = Tone.PLAIN if waits else Tone.PROBLEM
        return Assessment(replace(_file_remark(inspection), tone=tone), can_open=waits, waits=waits)
    problems = check_request(inspection, request)
    return Assessment(
        file=_file_remark(inspection),
        keys=_remark("keys", problems, _reason(inspection.keys, request.key_paths)),
        length=_remark("length", problems, _length_text(inspection, request)),
        data=_remark("data", problems, _reason(inspection.data, request.data_paths)),
        finished=_remark("finished", problems, _flag_text(inspection, request)),
        can_open=not any(problem.severity == "stops" for problem in problems),
        waits=waits or any(problem.severity == "waits" for problem in problems),
    )


def _file_remark(inspection: Inspection) -> Remark:
    texts = [f"{str(inspection.state)[:1].upper()}{str(inspection.state)[1:]}."]
    if inspection.scan_shape:
        points = " \N{MULTIPLICATION SIGN} ".join(map(str, inspection.scan_shape))
        texts.append(f"Scan of {points}.")
    texts += inspection.notes[:2]
    live = inspection.state in (FileState.SWMR, FileState.CLOSED)
    return Remark(" ".join(texts), Tone.PLAIN if live else Tone.WARNING)


def _remark(field: Field, problems: tuple[PathProblem, ...], otherwise: str) -> Remark:
    mine = sorted((problem for problem in problems if problem.field == field), key=lambda problem: problem.severity != "stops")
    if not mine:
        return Remark(otherwise)
    more = f" (and {len(mine) - 1} more)" if len(mine) > 1 else ""
    return Remark(mine[0].text + more, Tone.PROBLEM if mine[0].severity == "stops" else Tone.WARNING)


def _reason(candidates: tuple[Candidate, ...], paths: tuple[str, ...]) -> str:
    reasons = {candidate.node.path: candidate.why for candidate in candidates}
    chosen = paths or tuple(reasons)[:1]
    return next((reasons[path] for path in chosen if path in reasons), "")


def _flag_text(inspection: Inspection, request: FollowRequest) -> str:
    if not request.finished_path:
        return "None: following ends by its other conditions."
    return _reason(inspection.finished, (request.finished_path,))
