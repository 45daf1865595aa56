"""Which decoder undoes the filters of a data set, as its creation properties tell them."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import h5py

from swmr_viewer.decoding.bitshuffle import FILTER as BITSHUFFLE
from swmr_viewer.decoding.bitshuffle import bitshuffle, compresses
from swmr_viewer.decoding.blosc import FILTER as BLOSC
from swmr_viewer.decoding.blosc import blosc
from swmr_viewer.decoding.lz4 import FILTER as LZ4
from swmr_viewer.decoding.lz4 import lz4
from swmr_viewer.decoding.parts import Codec
from swmr_viewer.decoding.plain import Plain
from swmr_viewer.decoding.shuffle import FILTER as SHUFFLE
from swmr_viewer.decoding.shuffle import Shuffled
from swmr_viewer.decoding.streams import GZIP, LZF, ZSTANDARD, gzip, lzf, zstandard

_MOST_BYTES = 1 << 31
"""The decoders count in 32 bits."""


class Pipeline:
    """The filters of a data set, and the decoders for its chunks.

    Parameters
    ----------
    dataset : h5py.Dataset
        Its creation properties are read once.

    Attributes
    ----------
    is_known : bool
        Whether chunks with all filters can be decoded here.
    is_empty : bool
        Whether there are no filters.
    keeps_length : bool
        Whether there are filters, and none of them changes how long a chunk is.
    is_checked : bool
        Whether HDF5 notices a chunk that cannot be decoded. Its filter for Zstandard looks at no error of the library.
    """

    def __init__(self, dataset: h5py.Dataset) -> None:
        self._element_bytes = dataset.dtype.itemsize
        properties = dataset.id.get_create_plist()
        self._filters = [properties.get_filter(number) for number in range(properties.get_nfilters())]
        self.is_empty = not self._filters
        self.keeps_length = bool(self._filters) and all(_keeps_length(one[0], one[2]) for one in self._filters)
        self.is_checked = all(one[0] != ZSTANDARD for one in self._filters)
        self._codecs: dict[int, Codec | None] = {}
        self.is_known = self.codec(0) is not None

    def codec(self, mask: int) -> Codec | None:
        """Return what decodes the chunks whose mask says which filters were left out; None: not known here."""
        if mask not in self._codecs:
            self._codecs[mask] = self._codec(mask)
        return self._codecs[mask]

    def _codec(self, mask: int) -> Codec | None:
        filters = [(one[0], one[2]) for number, one in enumerate(self._filters) if not mask >> number & 1]
        if not filters:
            return Plain()
        number, values = filters.pop()
        codec = self._compression(number, values)
        if codec is None or not filters:
            return codec
        if filters != [(SHUFFLE, (self._element_bytes,))]:
            return None
        return codec if self._element_bytes == 1 else Shuffled(codec, self._element_bytes)

    def _compression(self, number: int, values: tuple[int, ...]) -> Codec | None:
        if number == BITSHUFFLE:
            return bitshuffle(values, self._element_bytes)
        make = _COMPRESSIONS.get(number)
        return None if make is None else make(self._element_bytes)


_COMPRESSIONS: dict[int, Callable[[int], Codec | None]] = {
    GZIP: lambda element_bytes: gzip(),
    LZF: lambda element_bytes: lzf(),
    ZSTANDARD: lambda element_bytes: zstandard(),
    LZ4: lz4,
    BLOSC: blosc,
}


def _keeps_length(number: int, values: tuple[int, ...]) -> bool:
    return number == SHUFFLE or (number == BITSHUFFLE and not compresses(values))


def is_plain_type(dataset: h5py.Dataset) -> bool:
    """Return whether numbers stand in the file as numpy holds them, but for the order of their bytes."""
    return dataset.dtype.kind in "biufc" and bool(dataset.id.get_type() == h5py.h5t.py_create(dataset.dtype, logical=True))


def is_chunked(dataset: h5py.Dataset) -> bool:
    """Return whether a data set has chunks of its own, of a size that the decoders can count."""
    return dataset.chunks is not None and 0 < prod(dataset.chunks) * dataset.dtype.itemsize < _MOST_BYTES
