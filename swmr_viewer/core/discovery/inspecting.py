"""The inspection of a file: which parts its objects play, and what people should know before they follow it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

import h5py
import numpy as np

from swmr_viewer.core.discovery.choosing import (
    MOST_DATA,
    choose_data,
    choose_finished,
    choose_keys,
    path_of,
    scan_shape_of,
    without_numbers_that_are_no_keys,
)
from swmr_viewer.core.discovery.data_ranking import DataJudge, default_signals
from swmr_viewer.core.discovery.entries import entries_of, entry_to_follow, in_entry, last_that_grows
from swmr_viewer.core.discovery.objects import MISSING, FileContents, read_dataset_attributes
from swmr_viewer.core.discovery.ranking import Ranked, rank_finished, rank_keys, rank_masks
from swmr_viewer.core.discovery.walk import walk
from swmr_viewer.core.file_state import can_swmr, read_file_state
from swmr_viewer.core.files import BROKEN, open_swmr
from swmr_viewer.core.fitting import Shape, is_absurd
from swmr_viewer.core.inspection import FileState, Inspection, TreeNode
from swmr_viewer.core.keys import SCAN_SHAPE_NAME

_MOST_SCAN_AXES = 16
_NO_SWMR = (
    "The format of this file has no SWMR mode, so it cannot be followed live: it can be read once its writer has closed it, "
    "and nothing tells whether it has."
)
_MOST_NAMED = 5
"""Names in one sentence."""


def inspect_file(path: str | os.PathLike[str], *, external: bool = True, at_each: Callable[[], object] = lambda: None) -> Inspection:
    """Find out what is in a file, opening it for that and closing it again.

    Parameters
    ----------
    path : str or path
        The file; it may be written at this moment.
    external : bool
        False: nothing that lies in other files is looked at.
    at_each : callable
        Called at each object that is looked at.

    Returns
    -------
    Inspection
        What was found, and what would be followed and shown if the user names nothing.

    Raises
    ------
    SwmrViewerError
        As ``swmr_viewer.core.files.opening.open_swmr`` does, without waiting.
    """
    with open_swmr(path, external=external) as h5file:
        return inspect_open(h5file, at_each=at_each)


def inspect_open(h5file: h5py.File, near: Iterable[str] = (), *, at_each: Callable[[], object] = lambda: None) -> Inspection:
    """Find out what is in an open file; no pixel is read and nothing stays open.

    Parameters
    ----------
    h5file : h5py.File
        The open file. Do this before key datasets or data sets are opened: a second handle on one breaks its refreshing.
    near : iterable of str
        Paths that the user named: where the file holds several scans, the rest is looked for in their entry.
    at_each : callable
        Called at each object that is looked at.
    """
    path = str(h5file.filename)
    contents, state = walk(h5file, at_each), read_file_state(path)
    keys, no_keys = without_numbers_that_are_no_keys(rank_keys(contents), contents)
    entries = entries_of(contents)
    default = next(iter(default_signals(contents)), None)
    is_written = state in (FileState.SWMR, FileState.WRITING)
    entry = entry_to_follow(h5file, entries, keys, default, is_written, near)
    here = [key for key in keys if in_entry(key.path, entry, entries)]
    declared = _declared_scan_shape(h5file, contents, here, entry, entries)
    chosen = choose_keys(here, declared)
    scan, misfit = scan_shape_of(chosen, declared)
    judge = DataJudge(contents, scan, keys)
    data = _ranked_data(h5file, contents, judge)
    if not chosen and entry is None and is_written:
        entry = last_that_grows(data, entries)
    finished = rank_finished(contents, _neighbourhood(chosen))
    late = judge.late([found for found in contents.objects if in_entry(found.path, entry, entries)], MOST_DATA)
    shown = choose_data([ranked for ranked in data if in_entry(ranked.path, entry, entries)], entries, signals_only=bool(late))
    flag = choose_finished([ranked for ranked in finished if in_entry(ranked.path, entry, entries)])
    data_paths = tuple(dict.fromkeys(path_of(ranked, contents.objects) for ranked in shown))
    return Inspection(
        path=path,
        state=state,
        tree=tuple(found.node for found in contents.objects),
        keys=tuple(key.candidate for key in sorted(keys, key=lambda key: key not in here)),
        data=tuple(ranked.candidate for ranked in sorted(data, key=lambda ranked: not in_entry(ranked.path, entry, entries))),
        finished=tuple(ranked.candidate for ranked in finished),
        masks=tuple(ranked.candidate for ranked in rank_masks(contents, shown)),
        scan_shape=scan,
        declared_scan_shape=declared,
        key_paths=tuple(key.path for key in chosen),
        length_paths=() if chosen else data_paths[:1],
        data_paths=data_paths,
        late_paths=late[: MOST_DATA - len(data_paths)],
        finished_path=flag.path if flag else None,
        entries=tuple(sorted(entries, key=lambda name: name != entry)),
        notes=(
            *contents.notes,
            *([] if can_swmr(path) else [_NO_SWMR]),
            *_notes_on_keys(here, chosen, shown, declared),
            *_notes_on_data(contents, chosen, shown, flag),
            *misfit,
            *(f"{key.path} {key.found.node.shape} is no key: there are more frames than it can ever number." for key in no_keys),
            *_notes_on_entries(entries, entry),
        ),
    )


def _ranked_data(h5file: h5py.File, contents: FileContents, judge: DataJudge) -> list[Ranked]:
    """Rank by what is known of all, then read the attributes of the best and rank again."""
    best = [ranked.found for ranked in judge.rank(contents.objects)]
    return judge.rank(best, {found.path: read_dataset_attributes(h5file, found.path) for found in best})


def _neighbourhood(chosen: list[Ranked]) -> tuple[str, ...]:
    """The groups that hold the keys, and the groups that hold these."""
    parents = [key.found.parent for key in chosen]
    return (*parents, *(parent.rpartition("/")[0] for parent in parents))


def _declared_scan_shape(
    h5file: h5py.File, contents: FileContents, keys: list[Ranked], entry: str | None, entries: tuple[str, ...]
) -> Shape | None:
    """The value of the ``scan_shape`` beside the keys or one group further out, where the follower looks for it; else of any."""
    near = _neighbourhood([key for key in keys if key.rule is keys[0].rule])
    named = [found for found in contents.objects if found.name == SCAN_SHAPE_NAME and in_entry(found.path, entry, entries)]
    for found in [found for found in named if found.parent in near] if keys else named:
        if found.kind in ("i", "u") and len(found.node.shape) == 1 and 0 < found.node.shape[0] <= _MOST_SCAN_AXES:
            with suppress(*BROKEN):
                shape = tuple(int(n) for n in np.asarray(h5file[found.path][()]))
                if not is_absurd(shape):
                    return shape
    return None


def _notes_on_data(contents: FileContents, chosen: list[Ranked], shown: list[Ranked], flag: Ranked | None) -> Iterator[str]:
    if not shown:
        yield "No data set was found that has a frame for each scan point."
    yield from (f"{data.path} {data.found.node.note}." for data in shown if any(name.endswith(MISSING) for name in data.found.node.filters))
    for data in shown:
        if "not there yet" in data.found.node.note:
            yield f"{data.path} is {data.found.node.note}: what is missing would read as fill."
    if flag is not None and flag.found.is_late:
        yield (
            f"{flag.path} is laid out so that a reader of an open file cannot see it change (HDFGroup/hdf5 issue 5251): "
            "add another termination condition."
        )
    keys = {key.path for key in chosen}
    broken = [found.path for found in contents.objects if found.node.kind == "broken link" and found.path not in keys]
    if broken:
        yield f"Links that lead nowhere (yet): {_first_names(broken)}."
    yield from refused_text(found.node for found in contents.objects)
    yield from unreadable_text(found.node for found in contents.objects)


def _notes_on_keys(keys: list[Ranked], chosen: list[Ranked], shown: list[Ranked], declared: Shape | None) -> Iterator[str]:
    if not chosen:
        yield "No key dataset was found: nothing in this file tells for certain which frames are complete."
    if not chosen and shown:
        yield f"The length of {shown[0].path}, and which of its chunks exist, would stand in for keys."
    for key in keys:
        if chosen and key.rule is chosen[0].rule and key not in chosen:
            yield f"{key.path} {key.found.node.shape} is left out: it does not fit the other keys."
    for key in chosen:
        node = key.found.node
        if node.kind == "unreadable":
            yield f"The key dataset {key.path} cannot be read ({node.note}): no frame counts as complete before it can."
        elif node.kind == "broken link":
            yield f"The key dataset {key.path} is not there yet ({node.note}): no frame counts as complete before it is."
    if chosen and not declared and any(most is None for key in chosen for most in key.found.node.maxshape):
        yield "The file does not tell the extent of its scan: the scan shape is what the keys have reached so far."


def _notes_on_entries(entries: Sequence[str], entry: str | None) -> Iterator[str]:
    if entry is not None and len(entries) > 1:
        others = [name for name in entries if name != entry]
        named = f"{', '.join(others[-_MOST_NAMED:])}{_more_text(others)}"
        yield f"This file holds several scans. {entry} would be followed; name paths for {named}."


def refused_text(nodes: Iterable[TreeNode]) -> Iterator[str]:
    """Yield a sentence that names what is not read because it is in other files, if anything is."""
    refused = [f"{node.path} ({node.note})" for node in nodes if node.kind == "refused"]
    if refused:
        yield f"Data of other files are not read here, which leaves out {_first_names(refused)}."


def unreadable_text(nodes: Iterable[TreeNode]) -> Iterator[str]:
    """Yield a sentence that names what is damaged, if anything is."""
    damaged = [f"{node.path} ({node.note})" for node in nodes if node.kind == "unreadable"]
    if damaged:
        yield f"A part of the file cannot be read: {_first_names(damaged)}."


def _first_names(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + _more_text(names)


def _more_text(names: Sequence[str]) -> str:
    return f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
