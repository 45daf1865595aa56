"""Finding out what plays which part in a file: keys, data sets, finished flag, scan shape, and why."""

from __future__ import annotations

import os
from collections.abc import Iterable
from math import prod

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
from swmr_viewer.core.discovery.data_ranking import DataJudge
from swmr_viewer.core.discovery.datasets import read_dataset_attributes
from swmr_viewer.core.discovery.entries import entries_of, entry_to_follow, in_entry, last_that_grows
from swmr_viewer.core.discovery.found import Found, Shape, Walk
from swmr_viewer.core.discovery.nexus import default_signals
from swmr_viewer.core.discovery.ranking import Ranked, rank_finished, rank_keys, rank_masks
from swmr_viewer.core.discovery.rules import SCAN_SHAPE_NAME
from swmr_viewer.core.discovery.telling import notes_on, notes_on_entries, notes_on_numbers
from swmr_viewer.core.discovery.walk import walk
from swmr_viewer.core.files.attributes import BROKEN
from swmr_viewer.core.files.opening import open_swmr
from swmr_viewer.core.files.superblock import can_swmr, read_file_state
from swmr_viewer.core.fitting import is_absurd
from swmr_viewer.core.inspection import FileState, Inspection

__all__ = ["inspect_file", "inspect_open"]

_MOST_SCAN_AXES = 16


def inspect_file(path: str | os.PathLike[str]) -> Inspection:
    """Find out what is in a file, opening it for that and closing it again.

    Parameters
    ----------
    path : str or path
        The file; it may be written at this moment.

    Returns
    -------
    Inspection
        What was found, and what would be followed and shown if the user names nothing.

    Raises
    ------
    SwmrViewerError
        As :func:`swmr_viewer.core.files.opening.open_swmr` does, without waiting.
    """
    with open_swmr(path) as h5file:
        return inspect_open(h5file)


def inspect_open(h5file: h5py.File, near: Iterable[str] = ()) -> Inspection:
    """Find out what is in an open file; no pixel is read and nothing stays open.

    Parameters
    ----------
    h5file : h5py.File
        The open file. Do this before key datasets or data sets are opened: a second handle on one breaks its refreshing.
    near : iterable of str
        Paths that the user named: where the file holds several scans, the rest is looked for in their entry.
    """
    path = str(h5file.filename)
    found, state = walk(h5file), read_file_state(path)
    keys, no_keys = without_numbers_that_are_no_keys(rank_keys(found), found)
    entries = entries_of(found)
    default = next(iter(default_signals(found)), None)
    is_written = state in (FileState.SWMR, FileState.WRITING)
    entry = entry_to_follow(h5file, entries, keys, default, is_written, near)
    here = [one for one in keys if in_entry(one.found, entry, entries)]
    told = _told_scan_shape(h5file, found, here, entry, entries)
    chosen = choose_keys(here, told)
    scan, misfit = scan_shape_of(chosen, told)
    judge = DataJudge(found, scan, keys)
    data = _ranked_data(h5file, found, judge)
    if not chosen and entry is None and is_written:
        entry = last_that_grows(data, entries)
    finished = rank_finished(found, _neighbourhood(chosen))
    late = judge.late([one for one in found.objects if in_entry(one, entry, entries)], MOST_DATA)
    shown = choose_data([one for one in data if in_entry(one.found, entry, entries)], entries, signals_only=bool(late))
    flag = choose_finished([one for one in finished if in_entry(one.found, entry, entries)])
    data_paths = tuple(dict.fromkeys(path_of(one, found.objects) for one in shown))
    return Inspection(
        path=path,
        state=state,
        tree=tuple(one.node for one in found.objects),
        keys=tuple(one.candidate for one in sorted(keys, key=lambda one: one not in here)),
        data=tuple(one.candidate for one in sorted(data, key=lambda one: not in_entry(one.found, entry, entries))),
        finished=tuple(one.candidate for one in finished),
        masks=tuple(one.candidate for one in rank_masks(found, shown)),
        scan_shape=scan,
        declared_scan_shape=told,
        key_paths=tuple(one.found.path for one in chosen),
        length_paths=() if chosen else data_paths[:1],
        data_paths=data_paths,
        late_paths=late[: MOST_DATA - len(data_paths)],
        finished_path=flag.found.path if flag else None,
        entries=tuple(sorted(entries, key=lambda one: one != entry)),
        notes=(
            *found.notes,
            *notes_on(found, here, chosen, shown, flag, told, can_swmr(path)),
            *misfit,
            *notes_on_numbers(no_keys),
            *notes_on_entries(entries, entry),
        ),
    )


def _ranked_data(h5file: h5py.File, found: Walk, judge: DataJudge) -> list[Ranked]:
    """Rank by what is known of all, then look at the attributes of the best and rank again."""
    best = [one.found for one in judge.rank(found.objects)]
    return judge.rank(best, {one.path: read_dataset_attributes(h5file, one.path) for one in best})


def _neighbourhood(chosen: list[Ranked]) -> tuple[str, ...]:
    """The groups that hold the keys, and the groups that hold these."""
    parents = [one.found.parent for one in chosen]
    return (*parents, *(parent.rpartition("/")[0] for parent in parents))


def _told_scan_shape(h5file: h5py.File, found: Walk, keys: list[Ranked], entry: str | None, entries: tuple[str, ...]) -> Shape | None:
    """The value of the ``scan_shape`` that lies nearest to the keys."""
    near = _neighbourhood(keys)
    alike = [one for one in found.objects if one.name == SCAN_SHAPE_NAME and in_entry(one, entry, entries)]
    named = [one for one in alike if one.kind in ("i", "u") and len(one.node.shape) == 1]
    for one in sorted(named, key=lambda one: one.parent not in near):
        shape = _small_integers(h5file, one)
        if shape and not is_absurd(shape):
            return shape
    return None


def _small_integers(h5file: h5py.File, found: Found) -> Shape:
    if not 0 < prod(found.node.shape) <= _MOST_SCAN_AXES:
        return ()
    try:
        return tuple(int(n) for n in np.asarray(h5file[found.path][()]).reshape(-1))
    except BROKEN:
        return ()
