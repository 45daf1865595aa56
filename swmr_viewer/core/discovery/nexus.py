"""What NeXus attributes tell: the default chain from the root to a signal, and the groups that say what they hold."""

from __future__ import annotations

from collections.abc import Mapping

from swmr_viewer.core.discovery.found import Found, Walk
from swmr_viewer.core.nexus import axis_names_of, default_chain, signal_of


def default_signals(walk: Walk) -> tuple[str, ...]:
    """Return the paths of the data sets that the file's ``default`` attributes lead to (several entries may each have one)."""
    groups = {"": walk.root, **groups_of(walk)}
    starts = ["", *(path for path, group in groups.items() if group.attribute("NX_class") == "NXentry")]
    signals: dict[str, None] = {}
    for start in starts:
        *_, end = (start, *default_chain(lambda path: groups[path].attributes if path in groups else None, start))
        if end != start and end in groups and groups[end].attribute("signal"):
            signals[f"{end}/{signal_of(groups[end].attributes)}"] = None
    return tuple(signals)


def groups_of(walk: Walk) -> Mapping[str, Found]:
    """Return the groups by path."""
    return {found.path: found for found in walk.objects if found.node.kind == "group"}


def is_signal(found: Found, parent: Found | None) -> bool:
    """Return whether the group that holds a data set names it as what to plot."""
    shown = parent is not None and parent.attribute("NX_class") in ("NXdata", "NXdetector")
    return shown and parent is not None and found.name == signal_of(parent.attributes)


def is_axis(found: Found, parent: Found | None) -> bool:
    """Return whether the group that holds a data set names it as an axis."""
    return parent is not None and found.name in axis_names_of(parent.attributes)
