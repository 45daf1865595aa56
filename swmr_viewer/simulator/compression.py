"""How the image data set is compressed: the names people give, as h5py wants them."""

from __future__ import annotations

from typing import Any


def filter_options(name: str) -> dict[str, Any]:
    """Return the arguments of ``create_dataset`` for ``none``, ``gzip``, ``bslz4`` or ``blosc``."""
    if name == "none":
        return {}
    if name == "gzip":
        return {"compression": "gzip", "compression_opts": 1, "shuffle": True}
    import hdf5plugin  # registers the filters with HDF5, and costs 0.1 s: only for those who use it

    chosen = hdf5plugin.Bitshuffle(cname="lz4") if name == "bslz4" else hdf5plugin.Blosc(cname="lz4", clevel=5, shuffle=1)
    return dict(chosen)
