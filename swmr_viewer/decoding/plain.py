"""Chunks without filters, or whose filters were all left out: they stand in the file as they are."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import partial

from swmr_viewer.decoding.parts import Part, Raw, damaged_chunk, piece_bytes


class Plain:
    """Copies."""

    needs_scratch = False
    splits = True

    def parts(self, raw: Raw, n_bytes: int, first: int, last: int) -> Iterator[Part]:
        if raw.size != n_bytes:
            raise damaged_chunk(raw, raw.size, n_bytes)
        step = piece_bytes(last - first)
        for start in range(first, last, step):
            stop = min(start + step, last)
            yield Part(start, stop, partial(copy, raw.address + start, stop - start))


def copy(source: int, n_bytes: int, target: int) -> bool:
    """Copy bytes from one address to another."""
    ctypes.memmove(target, source, n_bytes)
    return True
