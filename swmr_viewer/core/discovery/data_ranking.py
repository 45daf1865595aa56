"""Candidates for what is shown, best first, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log2, prod

from swmr_viewer.core.data_facts import frame_rank_of, is_one_image
from swmr_viewer.core.discovery.objects import MISSING, FileContents, FileObject
from swmr_viewer.core.discovery.ranking import DATA_RULES, FINISHED_RULES, FRAME_SCORES, FRAME_WORDS, Ranked, best_of_each
from swmr_viewer.core.fitting import DataShape, DoesNotFit, Shape, fit_data
from swmr_viewer.core.nexus import Attributes, axis_names_of, default_chain, signal_of

_MISFIT_SCORE = -200
_SINGLE_SCORE = -25
"""A stack is likelier to be what somebody follows than an image that stands beside it."""
_DEFAULT_SCORE, _SIGNAL_SCORE, _DETECTOR_SCORE, _AXIS_SCORE, _DECLARED_SCORE = 100, 45, 20, -60, 20


class DataJudge:
    """Ranks data sets: numbers with a frame per scan point, the likeliest to be looked at first.

    Without a scan shape, which comes from the keys, only what grows or has three axes can be a scan's. Keys are not shown.
    """

    def __init__(self, contents: FileContents, scan: Shape | None, keys: Iterable[Ranked]) -> None:
        self._scan = scan
        self._keys = {key.found.identity for key in keys}
        self._groups = _groups_of(contents)
        self._defaults = default_signals(contents)

    def rank(self, objects: Iterable[FileObject], attributes: Mapping[str, Attributes] | None = None) -> list[Ranked]:
        """Return those objects that can be data sets, best first; those that do not fit the scan only if none does.

        The attributes are NeXus' of data sets, by path, as far as they were read.
        """
        ranked = [self._judged(found, (attributes or {}).get(found.path, {})) for found in objects if self._may_be_data(found)]
        return best_of_each([candidate for candidate in ranked if candidate.fits] or ranked)

    def late(self, objects: Iterable[FileObject], most: int) -> tuple[str, ...]:
        """Return the links that lead nowhere yet to what will be a detector's signal, one path for each target (GDA makes them so)."""
        late: dict[str, str] = {}
        for found in objects:
            if found.node.cannot_be_opened and found.node.kind != "refused" and self._will_be_signal(found):
                late.setdefault(found.node.note or found.path, found.path)
        return tuple(late.values())[:most]

    def _will_be_signal(self, found: FileObject) -> bool:
        is_named = found.path in self._defaults or _is_signal(found, self._groups.get(found.parent))
        return is_named and found.identity not in self._keys and sum(rule.score for rule in DATA_RULES.all(found.path)) >= 0

    def _may_be_data(self, found: FileObject) -> bool:
        shape = found.node.shape
        if not shape or found.kind not in ("i", "u", "f", "b", "c") or found.identity in self._keys:
            return False
        if prod(shape) <= 1 and FINISHED_RULES.first(found.path):
            return False
        return self._scan is not None or len(shape) >= 3 or found.node.maxshape[0] is None or _has_two_fixed_axes(found)

    def _judged(self, found: FileObject, attributes: Attributes) -> Ranked:
        parent = self._groups.get(found.parent)
        is_signal = found.path in self._defaults or _is_signal(found, parent) or attributes.get("signal", [])[:1] in (["1"], ["1.0"])
        frame_shape, words = self._frames(found, next(iter(attributes.get("interpretation", ())), ""))
        reasons = [
            *self._nexus_reasons(found, parent, is_signal),
            words,
            *((rule.score, rule.why) for rule in DATA_RULES.all(found.path)),
            *((0.0, "compressed with a filter that is missing here") for name in found.node.filters if name.endswith(MISSING)),
        ]
        why = "; ".join(dict.fromkeys(text for _, text in reasons))
        is_single = self._scan is None and frame_shape == found.node.shape
        score = sum(score for score, _ in reasons) + log2(1 + prod(frame_shape or ())) / 10 + _SINGLE_SCORE * is_single
        return Ranked(found, round(score, 2), f"It is {why}.", fits=frame_shape is not None, is_signal=is_signal, is_single=is_single)

    def _nexus_reasons(self, found: FileObject, parent: FileObject | None, is_signal: bool) -> list[tuple[float, str]]:
        reasons: list[tuple[float, str]] = []
        if found.path in self._defaults:
            reasons.append((_DEFAULT_SCORE - 5 * self._defaults.index(found.path), "the file's default signal (NeXus)"))
        elif is_signal:
            reasons.append((_SIGNAL_SCORE, f"the signal of {found.parent or '/'}"))
        if parent is not None and parent.attribute("NX_class") == "NXdetector":
            reasons.append((_DETECTOR_SCORE, "in an NXdetector"))
        if _is_axis(found, parent):
            reasons.append((_AXIS_SCORE, "an axis of its group"))
        return reasons

    def _frames(self, found: FileObject, interpretation: str) -> tuple[Shape | None, tuple[float, str]]:
        """The shape of its frames, and what they are."""
        frame_shape = self._frame_shape(found, interpretation)
        if frame_shape is None:
            return None, (_MISFIT_SCORE, f"of shape {found.node.shape}, which does not fit the scan")
        real = tuple(n for n in frame_shape if n != 1)
        rank = min(len(real), 2)
        kind = "one image" if self._scan is None and frame_shape == found.node.shape else FRAME_WORDS[rank]
        words = f"{kind} of {' x '.join(map(str, frame_shape))}" if real else FRAME_WORDS[0]
        is_declared = bool(interpretation) and _declared_rank(found, interpretation) == len(frame_shape)
        return frame_shape, (FRAME_SCORES[rank] + _DECLARED_SCORE * is_declared, words)

    def _frame_shape(self, found: FileObject, interpretation: str) -> Shape | None:
        shape, declared = found.node.shape, _declared_rank(found, interpretation)
        if self._scan is not None:
            fit = fit_data(DataShape(shape, found.node.maxshape, declared), self._scan)
            return None if isinstance(fit, DoesNotFit) else shape[fit.scan_rank :]
        if is_one_image(shape, found.node.maxshape, _is_by_rows(found), interpretation):
            return shape
        rank = declared if declared is not None else 2 if len(shape) > 2 else len(shape) - 1
        return shape[max(len(shape) - rank, 0) :]


def _has_two_fixed_axes(found: FileObject) -> bool:
    return is_one_image(found.node.shape, found.node.maxshape, False, "")


def _is_by_rows(found: FileObject) -> bool:
    return found.is_virtual or (found.node.chunks is not None and found.node.chunks[0] == 1)


def _declared_rank(found: FileObject, interpretation: str) -> int | None:
    """How many axes a frame has by the file's declaration, or by what leaves no doubt."""
    return frame_rank_of(found.node.shape, found.node.dtype, interpretation) if found.kind in "iufbc" else None


def default_signals(contents: FileContents) -> tuple[str, ...]:
    """Return the paths of the data sets that the file's ``default`` attributes lead to (several entries may each have one)."""
    groups = {"": contents.root, **_groups_of(contents)}
    starts = ["", *(path for path, group in groups.items() if group.attribute("NX_class") == "NXentry")]
    signals: dict[str, None] = {}
    for start in starts:
        *_, end = (start, *default_chain(lambda path: groups[path].attributes if path in groups else None, start))
        if end != start and end in groups and groups[end].attribute("signal"):
            signals[f"{end}/{signal_of(groups[end].attributes)}"] = None
    return tuple(signals)


def _groups_of(contents: FileContents) -> Mapping[str, FileObject]:
    return {found.path: found for found in contents.objects if found.node.kind == "group"}


def _is_signal(found: FileObject, parent: FileObject | None) -> bool:
    """Whether the group that holds a data set names it as what to plot."""
    if parent is None or parent.attribute("NX_class") not in ("NXdata", "NXdetector"):
        return False
    return found.name == signal_of(parent.attributes)


def _is_axis(found: FileObject, parent: FileObject | None) -> bool:
    """Whether the group that holds a data set names it as an axis."""
    return parent is not None and found.name in axis_names_of(parent.attributes)
