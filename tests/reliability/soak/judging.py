"""Whether anything grew: the last tenth of the samples beside the tenth after the warm-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median_low
from typing import Any

import numpy as np

from swmr_viewer.decoding.crew import _n_helpers
from tests.reliability.soak.sampling import ROLES, Sample

WARM_UP = 0.2
"""This share of the samples is not looked at: what is made once is made by then."""
FEWEST = 10
"""So many samples are needed to judge."""
LEAST_MEMORY, MEMORY_SHARE = 10e6, 0.05
"""Memory may grow by 10 MB or 5 %, whichever is more, beyond the values that are kept: what is free inside is not given back."""
HDF5_CACHE = 32e6
"""HDF5 keeps so many bytes of a file's metadata at most, by default: where each chunk is, of a scan that goes on (measured: 80 a chunk)."""
PER_VALUE = 8.0
"""Bytes of each value of a scan point that the window keeps, at most."""
DECODING_THREADS = _n_helpers()
"""So many help a reader to decode at most; they are started when there is work for them first, and stay."""
QT_OBJECTS = 5
"""Some come for a moment: a tip, what moves a scroll bar."""
LEAST_OBJECTS, OBJECTS_SHARE = 1000.0, 0.05
"""Python's objects come and go with what is shown."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    unit: str
    early: float
    late: float
    allowed: float | None
    """How much it may grow; None: it is told, and not judged."""

    @property
    def is_growth(self) -> bool:
        return self.allowed is not None and self.late - self.early > self.allowed

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_growth": self.is_growth}


def tenths(n: int) -> tuple[slice, slice]:
    """Return which of so many samples are those after the warm-up, and the last ones.

    Raises
    ------
    ValueError
        If there are too few.
    """
    if n < FEWEST:
        raise ValueError(f"{n} samples are too few to judge: {FEWEST} are needed.")
    begin, length = max(2, round(n * WARM_UP)), max(4, n // 10)
    return slice(begin, begin + length), slice(n - length, n)


def grown(samples: Sequence[Sample], *, hdf5_cache: float = 0.0, window_threads: int = 0) -> list[Row]:
    """Return what was held early and late, of each kind: the middle one of the samples, since things come for a moment and go.

    Parameters
    ----------
    samples : sequence of Sample
        As they were taken.
    hdf5_cache : float
        Bytes that HDF5 may still come to keep in the processes that have the file open.
    window_threads : int
        How many threads of the window are there in some samples and not in others.
    """
    early, late = tenths(len(samples))

    def row(what: str, unit: str, values: Sequence[float], allowed: float | None) -> Row:
        return Row(what, unit, median_low(values[early]), median_low(values[late]), allowed)

    may_come = {"window": window_threads, "reader": DECODING_THREADS}
    rows = []
    for role in ROLES:
        held = [one.held[role] for one in samples]
        rows.append(_memory_row(role, samples, early, late, hdf5_cache if role in ("reader", "reduction") else 0.0))
        rows.append(row(f"handles, {role}", "", [one.handles for one in held], 0))
        rows.append(row(f"threads, {role}", "", [one.threads for one in held], may_come.get(role, 0)))
    rows.append(row("processes", "", [one.n_processes for one in samples], 0))
    rows.append(row("blocks of shared memory", "", [len(one.shared) or one.told["n_slots"] for one in samples], 0))
    rows.append(row("Qt objects", "", [one.told["n_qt_objects"] for one in samples], QT_OBJECTS))
    objects = [one.told["n_objects"] for one in samples]
    rows.append(row("Python objects that are collected", "", objects, max(LEAST_OBJECTS, OBJECTS_SHARE * median_low(objects[early]))))
    return rows


def _memory_row(role: str, samples: Sequence[Sample], early: slice, late: slice, more: float) -> Row:
    """Return the memory of one role, in MB; what the window must keep of each scan point is allowed for."""
    values = [one.held[role].memory for one in samples]
    kept = [PER_VALUE * one.told["n_values"] if role == "window" else 0.0 for one in samples]
    allowed = max(LEAST_MEMORY, MEMORY_SHARE * median_low(values[early])) + max(0.0, median_low(kept[late]) - median_low(kept[early]))
    return Row(f"memory, {role}", "MB", median_low(values[early]) / 1e6, median_low(values[late]) / 1e6, (allowed + more) / 1e6)


def lasted(samples: Sequence[Sample], times_ms: Sequence[Sequence[float]], what: str) -> list[Row]:
    """Return how long something took early and late, from the times in each sample; they are told, a busy machine makes them."""
    if len(samples) < FEWEST:
        return []
    first, last = tenths(len(samples))
    early, late = ([one for times in times_ms[part] for one in times] for part in (first, last))
    if not (early and late):
        return []
    measures: dict[str, Callable[[list[float]], float]] = {
        "median": lambda times: float(np.median(times)),
        "p95": lambda times: float(np.quantile(times, 0.95, method="higher")),
    }
    turns = [one.told["longest_turn_ms"] for one in samples]
    return [
        *(Row(f"{what}, {name}", "ms", measure(early), measure(late), None) for name, measure in measures.items()),
        Row("longest turn of the event loop", "ms", max(turns[first]), max(turns[last]), None),
    ]
