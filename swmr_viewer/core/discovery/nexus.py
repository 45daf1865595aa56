"""What NeXus attributes tell: the default chain from the root to a signal, and the groups that say what they hold."""

from __future__ import annotations

from collections.abc import Mapping

from swmr_viewer.core.discovery.found import Found, Walk

_USUAL_SIGNAL = "data"
"""What NXdata and NXdetector call it where they do not say."""


def default_signals(walk: Walk) -> tuple[str, ...]:
    """Return the paths of the data sets that the file's ``default`` attributes lead to (several entries may each have one)."""
    groups = groups_of(walk)
    starts = [walk.root, *(one for one in groups.values() if one.attribute("NX_class") == "NXentry")]
    signals: dict[str, None] = {}
    for start in starts:
        group = _end_of_chain(start, groups)
        if group is not None and group.attribute("signal"):
            signals[f"{group.path}/{group.attribute('signal')}"] = None
    return tuple(signals)


def _end_of_chain(start: Found, groups: Mapping[str, Found]) -> Found | None:
    group, steps = start, 0
    while group.attribute("default") and steps < len(groups):
        target = group.attribute("default")
        following = groups.get(target if target.startswith("/") else f"{group.path}/{target}")
        if following is None:
            return None
        group, steps = following, steps + 1
    return group if group is not start else None


def groups_of(walk: Walk) -> Mapping[str, Found]:
    """Return the groups by path."""
    return {one.path: one for one in walk.objects if one.node.kind == "group"}


def is_signal(found: Found, parent: Found | None) -> bool:
    """Return whether the group that holds a data set names it as what to plot."""
    if parent is None or parent.attribute("NX_class") not in ("NXdata", "NXdetector"):
        return False
    told = parent.attribute("signal")
    return found.name == (told or _USUAL_SIGNAL)


def is_axis(found: Found, parent: Found | None) -> bool:
    """Return whether the group that holds a data set names it as an axis."""
    return parent is not None and found.name in parent.attributes.get("axes", ())
