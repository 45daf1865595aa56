"""Candidates for what is shown, best first, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log2, prod

from swmr_viewer.core.data.frame_kinds import frame_rank_of, is_one_image
from swmr_viewer.core.discovery.filters import MISSING
from swmr_viewer.core.discovery.found import Found, Shape, Walk
from swmr_viewer.core.discovery.nexus import default_signals, groups_of, is_axis, is_signal
from swmr_viewer.core.discovery.ranking import Ranked, best_of_each
from swmr_viewer.core.discovery.rules import DATA_RULES, FINISHED_RULES, FRAME_SCORES, FRAME_WORDS
from swmr_viewer.core.fitting import DataShape, DoesNotFit, fit_data
from swmr_viewer.core.nexus import Attributes

_MISFIT_SCORE = -200
_SINGLE_SCORE = -25
"""A stack is likelier to be what somebody follows than an image that stands beside it."""
_DEFAULT_SCORE, _SIGNAL_SCORE, _DETECTOR_SCORE, _AXIS_SCORE, _TOLD_SCORE = 100, 45, 20, -60, 20


class DataJudge:
    """Ranks data sets: numbers with a frame per scan point, the likeliest to be looked at first.

    Parameters
    ----------
    walk : Walk
        What was found.
    scan : tuple of int or None
        The scan shape; None if there are no keys, and then only what grows or has three axes can be a scan's.
    keys : iterable of Ranked
        Key datasets: they are not shown.
    """

    def __init__(self, walk: Walk, scan: Shape | None, keys: Iterable[Ranked]) -> None:
        self._scan = scan
        self._keys = {one.found.identity for one in keys}
        self._groups = groups_of(walk)
        self._defaults = default_signals(walk)

    def rank(self, objects: Iterable[Found], told: Mapping[str, Attributes] | None = None) -> list[Ranked]:
        """Return those objects that can be data sets, best first; those that do not fit the scan only if none does.

        Parameters
        ----------
        objects : iterable of Found
            The objects to choose from.
        told : mapping, optional
            NeXus attributes of data sets, by path.
        """
        ranked = [self._judged(one, (told or {}).get(one.path, {})) for one in objects if self._may_be_data(one)]
        return best_of_each([one for one in ranked if one.fits] or ranked)

    def late(self, objects: Iterable[Found], most: int) -> tuple[str, ...]:
        """Return the links that lead nowhere yet to what will be a detector's signal, one path for each target (GDA makes them so)."""
        late: dict[str, str] = {}
        for one in objects:
            if one.node.cannot_be_opened and self._will_be_signal(one):
                late.setdefault(one.node.note or one.path, one.path)
        return tuple(late.values())[:most]

    def _will_be_signal(self, found: Found) -> bool:
        is_named = found.path in self._defaults or is_signal(found, self._groups.get(found.parent))
        return is_named and found.identity not in self._keys and sum(rule.score for rule in DATA_RULES.all(found.path)) >= 0

    def _may_be_data(self, found: Found) -> bool:
        shape = found.node.shape
        if not shape or found.kind not in ("i", "u", "f", "b", "c") or found.identity in self._keys:
            return False
        if prod(shape) <= 1 and FINISHED_RULES.first(found.path):
            return False
        return self._scan is not None or len(shape) >= 3 or found.node.maxshape[0] is None or _has_two_fixed_axes(found)

    def _judged(self, found: Found, told: Attributes) -> Ranked:
        parent = self._groups.get(found.parent)
        signals = found.path in self._defaults or is_signal(found, parent) or told.get("signal", [])[:1] in (["1"], ["1.0"])
        frame_shape, words = self._frames(found, next(iter(told.get("interpretation", ())), ""))
        reasons = [
            *self._nexus_reasons(found, parent, signals),
            words,
            *((rule.score, rule.why) for rule in DATA_RULES.all(found.path)),
            *((0.0, "compressed with a filter that is missing here") for name in found.node.filters if name.endswith(MISSING)),
        ]
        why = "; ".join(dict.fromkeys(text for _, text in reasons))
        is_single = self._scan is None and frame_shape == found.node.shape
        score = sum(score for score, _ in reasons) + log2(1 + prod(frame_shape or ())) / 10 + _SINGLE_SCORE * is_single
        return Ranked(found, round(score, 2), f"It is {why}.", fits=frame_shape is not None, is_signal=signals, is_single=is_single)

    def _nexus_reasons(self, found: Found, parent: Found | None, signals: bool) -> list[tuple[float, str]]:
        reasons: list[tuple[float, str]] = []
        if found.path in self._defaults:
            reasons.append((_DEFAULT_SCORE - 5 * self._defaults.index(found.path), "the file's default signal (NeXus)"))
        elif signals:
            reasons.append((_SIGNAL_SCORE, f"the signal of {found.parent or '/'}"))
        if parent is not None and parent.attribute("NX_class") == "NXdetector":
            reasons.append((_DETECTOR_SCORE, "in an NXdetector"))
        if is_axis(found, parent):
            reasons.append((_AXIS_SCORE, "an axis of its group"))
        return reasons

    def _frames(self, found: Found, interpretation: str) -> tuple[Shape | None, tuple[float, str]]:
        """The shape of its frames, and what they are."""
        frame_shape = self._frame_shape(found, interpretation)
        if frame_shape is None:
            return None, (_MISFIT_SCORE, f"of shape {found.node.shape}, which does not fit the scan")
        real = tuple(n for n in frame_shape if n != 1)
        rank = min(len(real), 2)
        kind = "one image" if self._scan is None and frame_shape == found.node.shape else FRAME_WORDS[rank]
        words = f"{kind} of {' x '.join(map(str, frame_shape))}" if real else FRAME_WORDS[0]
        as_told = bool(interpretation) and _rank_told(found, interpretation) == len(frame_shape)
        return frame_shape, (FRAME_SCORES[rank] + _TOLD_SCORE * as_told, words)

    def _frame_shape(self, found: Found, interpretation: str) -> Shape | None:
        shape, told = found.node.shape, _rank_told(found, interpretation)
        if self._scan is not None:
            fit = fit_data(DataShape(shape, found.node.maxshape, told), self._scan)
            return None if isinstance(fit, DoesNotFit) else shape[fit.scan_rank :]
        if is_one_image(shape, found.node.maxshape, _is_by_rows(found), interpretation):
            return shape
        rank = told if told is not None else 2 if len(shape) > 2 else len(shape) - 1
        return shape[max(len(shape) - rank, 0) :]


def _has_two_fixed_axes(found: Found) -> bool:
    return is_one_image(found.node.shape, found.node.maxshape, False, "")


def _is_by_rows(found: Found) -> bool:
    return found.is_virtual or (found.node.chunks is not None and found.node.chunks[0] == 1)


def _rank_told(found: Found, interpretation: str) -> int | None:
    """How many axes a frame has by the file's word, or by what leaves no doubt."""
    return frame_rank_of(found.node.shape, found.node.dtype, interpretation) if found.kind in "iufbc" else None
