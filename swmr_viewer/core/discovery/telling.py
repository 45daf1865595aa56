"""What people should know about a file before they follow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from swmr_viewer.core.discovery.choosing import misfits
from swmr_viewer.core.discovery.filters import MISSING
from swmr_viewer.core.discovery.found import Shape, Walk
from swmr_viewer.core.discovery.ranking import Ranked
from swmr_viewer.core.inspection import TreeNode

_MOST_NAMED = 5


def notes_on(
    found: Walk, keys: list[Ranked], chosen: list[Ranked], shown: list[Ranked], flag: Ranked | None, told: Shape | None, can_swmr: bool
) -> Iterator[str]:
    """Yield one sentence for each thing that would surprise."""
    if not can_swmr:
        yield (
            "The format of this file has no SWMR mode, so it cannot be followed live: it can be read once its writer has closed it, "
            "and nothing tells whether it has."
        )
    if not chosen:
        yield "No key dataset was found: nothing in this file tells for certain which frames are complete."
    if not chosen and shown:
        yield f"The length of {shown[0].found.path}, and which of its chunks exist, would stand in for keys."
    yield from _notes_on_keys(keys, chosen, told)
    if not shown:
        yield "No data set was found that has a frame for each scan point."
    yield from (f"{one.found.path} {one.found.node.note}." for one in shown if any(f.endswith(MISSING) for f in one.found.node.filters))
    yield from _notes_on_virtual(shown)
    if flag is not None and flag.found.is_late:
        yield (
            f"{flag.found.path} is laid out so that a reader of an open file cannot see it change (HDFGroup/hdf5 issue 5251): "
            "add another termination condition."
        )
    yield from _notes_on_links(found, chosen)
    yield from unreadable_text(one.node for one in found.objects)


def _notes_on_keys(keys: list[Ranked], chosen: list[Ranked], told: Shape | None) -> Iterator[str]:
    for one in misfits(keys, chosen):
        yield f"{one.found.path} {one.found.node.shape} is left out: it does not fit the other keys."
    for one in chosen:
        if one.found.node.kind == "unreadable":
            yield f"The key dataset {one.found.path} cannot be read ({one.found.node.note}): no frame counts as complete before it can."
        elif one.found.node.kind == "broken link":
            yield f"The key dataset {one.found.path} is not there yet ({one.found.node.note}): no frame counts as complete before it is."
    if chosen and not told and any(most is None for one in chosen for most in one.found.node.maxshape):
        yield "The file does not tell the extent of its scan: the scan shape is what the keys have reached so far."


def _notes_on_virtual(shown: list[Ranked]) -> Iterator[str]:
    for one in shown:
        if "not there yet" in one.found.node.note:
            yield f"{one.found.path} is {one.found.node.note}: what is missing would read as fill."


def _notes_on_links(found: Walk, chosen: list[Ranked]) -> Iterator[str]:
    told = {one.found.path for one in chosen}
    broken = [one.path for one in found.objects if one.node.kind == "broken link" and one.path not in told]
    if broken:
        more = f" and {len(broken) - _MOST_NAMED} more" if len(broken) > _MOST_NAMED else ""
        yield f"Links that lead nowhere (yet): {', '.join(broken[:_MOST_NAMED])}{more}."


def unreadable_text(nodes: Iterable[TreeNode]) -> Iterator[str]:
    """Yield a sentence that names what is damaged, if anything is."""
    damaged = [f"{one.path} ({one.note})" for one in nodes if one.kind == "unreadable"]
    if damaged:
        more = f" and {len(damaged) - _MOST_NAMED} more" if len(damaged) > _MOST_NAMED else ""
        yield f"A part of the file cannot be read: {', '.join(damaged[:_MOST_NAMED])}{more}."


def notes_on_numbers(no_keys: Iterable[Ranked]) -> Iterator[str]:
    """Yield a sentence for each dataset with the name of a key that is none."""
    for one in no_keys:
        yield f"{one.found.path} {one.found.node.shape} is no key: there are more frames than it can ever number."


def notes_on_entries(entries: Sequence[str], entry: str | None) -> Iterator[str]:
    """Yield a sentence that names the other scans of the file."""
    if entry is not None and len(entries) > 1:
        others = [one for one in entries if one != entry]
        more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
        yield f"This file holds several scans. {entry} would be followed; name paths for {', '.join(others[-_MOST_NAMED:])}{more}."
