"""Which decoder undoes the filters of a data set, as its creation properties tell them."""

from __future__ import annotations

from math import prod

import h5py

from swmr_viewer.decoding.bitshuffle import FILTER as BITSHUFFLE
from swmr_viewer.decoding.bitshuffle import bitshuffle
from swmr_viewer.decoding.parts import Codec
from swmr_viewer.decoding.plain import Plain

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
        Whether chunks can be decoded here: each of them has all filters, or says which were left out.
    """

    def __init__(self, dataset: h5py.Dataset) -> None:
        self._element_bytes = dataset.dtype.itemsize
        properties = dataset.id.get_create_plist()
        self._filters = [properties.get_filter(number) for number in range(properties.get_nfilters())]
        self._codecs: dict[int, Codec | None] = {}
        self.is_known = self.codec(0) is not None

    def codec(self, mask: int) -> Codec | None:
        """Return what decodes the chunks whose mask says which filters were left out; None: not known here."""
        if mask not in self._codecs:
            self._codecs[mask] = self._codec(mask)
        return self._codecs[mask]

    def _codec(self, mask: int) -> Codec | None:
        filters = [one for number, one in enumerate(self._filters) if not mask >> number & 1]
        if not filters:
            return Plain()
        if len(filters) == 1 and filters[0][0] == BITSHUFFLE:
            return bitshuffle(filters[0][2], self._element_bytes)
        return None


def is_plain_type(dataset: h5py.Dataset) -> bool:
    """Return whether numbers stand in the file as numpy holds them, but for the order of their bytes."""
    return dataset.dtype.kind in "biufc" and bool(dataset.id.get_type() == h5py.h5t.py_create(dataset.dtype, logical=True))


def is_chunked(dataset: h5py.Dataset) -> bool:
    """Return whether a data set has chunks of its own, of a size that the decoders can count."""
    return dataset.chunks is not None and 0 < prod(dataset.chunks) * dataset.dtype.itemsize < _MOST_BYTES
