"""Finding out what plays which part in a file: keys, data sets, finished flag, scan shape, and why."""

from __future__ import annotations

import os
from math import prod

import h5py
import numpy as np

from swmr_viewer.core.discovery.choosing import MOST_DATA, choose_data, choose_finished, choose_keys, path_of, scan_shape_of
from swmr_viewer.core.discovery.data_ranking import DataJudge
from swmr_viewer.core.discovery.datasets import SOFT_ERRORS, read_dataset_attributes
from swmr_viewer.core.discovery.found import Found, Shape, Walk
from swmr_viewer.core.discovery.ranking import Ranked, rank_finished, rank_keys, rank_masks
from swmr_viewer.core.discovery.rules import SCAN_SHAPE_NAME
from swmr_viewer.core.discovery.telling import notes_on
from swmr_viewer.core.discovery.walk import walk
from swmr_viewer.core.files.opening import open_swmr
from swmr_viewer.core.files.superblock import can_swmr, read_file_state
from swmr_viewer.core.inspection import Inspection

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


def inspect_open(h5file: h5py.File) -> Inspection:
    """Find out what is in an open file; no pixel is read and nothing stays open.

    Parameters
    ----------
    h5file : h5py.File
        The open file. Do this before key datasets or data sets are opened: a second handle on one breaks its refreshing.
    """
    path = str(h5file.filename)
    found = walk(h5file)
    keys = rank_keys(found)
    told = _told_scan_shape(h5file, found, keys)
    chosen = choose_keys(keys, told)
    scan = scan_shape_of(chosen, told)
    judge = DataJudge(found, scan, keys)
    data = _ranked_data(h5file, found, judge)
    finished = rank_finished(found, _neighbourhood(chosen))
    late = judge.late(found.objects, MOST_DATA)
    shown, flag = choose_data(data, signals_only=bool(late)), choose_finished(finished)
    data_paths = tuple(dict.fromkeys(path_of(one, found.objects) for one in shown))
    return Inspection(
        path=path,
        state=read_file_state(path),
        tree=tuple(one.node for one in found.objects),
        keys=tuple(one.candidate for one in keys),
        data=tuple(one.candidate for one in data),
        finished=tuple(one.candidate for one in finished),
        masks=tuple(one.candidate for one in rank_masks(found, shown)),
        scan_shape=scan,
        key_paths=tuple(one.found.path for one in chosen),
        length_paths=() if chosen else data_paths[:1],
        data_paths=data_paths,
        late_paths=late[: MOST_DATA - len(data_paths)],
        finished_path=flag.found.path if flag else None,
        notes=(*found.notes, *notes_on(found, keys, chosen, shown, flag, told, can_swmr(path))),
    )


def _ranked_data(h5file: h5py.File, found: Walk, judge: DataJudge) -> list[Ranked]:
    """Rank by what is known of all, then look at the attributes of the best and rank again."""
    best = [one.found for one in judge.rank(found.objects)]
    return judge.rank(best, {one.path: read_dataset_attributes(h5file, one.path) for one in best})


def _neighbourhood(chosen: list[Ranked]) -> tuple[str, ...]:
    """The groups that hold the keys, and the groups that hold these."""
    parents = [one.found.parent for one in chosen]
    return (*parents, *(parent.rpartition("/")[0] for parent in parents))


def _told_scan_shape(h5file: h5py.File, found: Walk, keys: list[Ranked]) -> Shape | None:
    """The value of the ``scan_shape`` that lies nearest to the keys."""
    near = _neighbourhood(keys)
    named = [one for one in found.objects if one.name == SCAN_SHAPE_NAME and one.kind in ("i", "u") and len(one.node.shape) == 1]
    for one in sorted(named, key=lambda one: one.parent not in near):
        shape = _small_integers(h5file, one)
        if shape and min(shape) > 0:
            return shape
    return None


def _small_integers(h5file: h5py.File, found: Found) -> Shape:
    if not 0 < prod(found.node.shape) <= _MOST_SCAN_AXES:
        return ()
    try:
        return tuple(int(n) for n in np.asarray(h5file[found.path][()]).reshape(-1))
    except SOFT_ERRORS:
        return ()
