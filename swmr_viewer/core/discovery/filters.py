"""Names for the filters of a data set, and which of them are missing here."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import h5py
import hdf5plugin  # noqa: F401 - its filters count as there

MISSING = "(missing)"

_NAMES = {
    1: "gzip",
    2: "shuffle",
    3: "fletcher32",
    4: "szip",
    5: "nbit",
    6: "scaleoffset",
    305: "lzo",
    307: "bzip2",
    32000: "lzf",
    32001: "blosc",
    32004: "lz4",
    32008: "bitshuffle",
    32013: "zfp",
    32015: "zstd",
    32017: "sz",
    32018: "fcidecomp",
    32019: "jpeg",
    32024: "sz3",
    32026: "blosc2",
    32028: "sperr",
}
"""Registered HDF5 filter numbers (github.com/HDFGroup/hdf5_plugins, RegisteredFilterPlugins)."""

_BITSHUFFLE, _BITSHUFFLE_CODEC_AT = 32008, 4
_BITSHUFFLE_CODECS = {2: "bitshuffle-lz4", 3: "bitshuffle-zstd"}


def filter_names(creation: Any) -> tuple[str, ...]:
    """Return the names of a dataset's filters in the order applied; one that is missing here ends in ``(missing)``.

    Parameters
    ----------
    creation : h5py.h5p.PropDCID
        The dataset's creation properties.
    """
    return tuple([_name(*creation.get_filter(number)) for number in range(creation.get_nfilters())])


@lru_cache(256)
def _name(code: int, _flags: int, values: tuple[int, ...], told: bytes) -> str:
    name = _NAMES.get(code) or _said(told) or f"filter {code}"
    if code == _BITSHUFFLE and len(values) > _BITSHUFFLE_CODEC_AT:
        name = _BITSHUFFLE_CODECS.get(values[_BITSHUFFLE_CODEC_AT], name)
    return name if _is_there(code) else f"{name} {MISSING}"


def _said(told: bytes) -> str:
    """The file's own name for a filter, up to its first remark."""
    return told.decode(errors="replace").split(";")[0].split("\x00")[0].strip()


@lru_cache
def _is_there(code: int) -> bool:
    return bool(h5py.h5z.filter_avail(code))
