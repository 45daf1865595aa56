"""What HDF5 can do here, tried in a process of its own (``python -c "from ... import main; main()"``): JSON on standard output.

A damaged installation may end that process, and not the command.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from swmr_viewer.core.locking import load_hdf5


def main() -> None:
    """Print what was found as one JSON object."""
    out = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no JSON
    found = probe()
    os.write(out, json.dumps(found).encode())
    sys.stdout.flush()
    os._exit(0)


def probe() -> dict[str, Any]:
    """Return versions, filters (name to whether it can be used), and whether files are locked as the reader opens them."""
    load_hdf5()
    import h5py
    import hdf5plugin

    import swmr_viewer.decoding  # noqa: F401 - with the libraries that it needs

    numbers = {**hdf5plugin.FILTERS, "gzip": h5py.h5z.FILTER_DEFLATE, "shuffle": h5py.h5z.FILTER_SHUFFLE}
    return {
        "h5py": h5py.__version__,
        "hdf5": h5py.version.hdf5_version,
        "hdf5plugin": hdf5plugin.version,
        "filters": {name: bool(h5py.h5z.filter_avail(number)) for name, number in sorted(numbers.items())},
        "wrong": wrong_filters(),
        "takes_locks": takes_locks(),
    }


def wrong_filters() -> list[str]:
    """Return the names of the usual filters through which a frame does not come back as it was."""
    import hdf5plugin

    usual = {
        "bshuf": hdf5plugin.Bitshuffle(),
        "blosc": hdf5plugin.Blosc(),
        "lz4": hdf5plugin.LZ4(),
        "zstd": hdf5plugin.Zstd(),
        "gzip": {"compression": "gzip"},
    }
    return [name for name, options in usual.items() if not _comes_back(options)]


def _comes_back(options: Any) -> bool:
    import h5py
    import numpy as np

    frame = np.arange(64 * 64, dtype="u4").reshape(64, 64) % 97
    try:
        with h5py.File("probe", "w", driver="core", backing_store=False) as file:
            return bool(np.array_equal(file.create_dataset("frame", data=frame, chunks=frame.shape, **options)[()], frame))
    except (OSError, ValueError, RuntimeError):
        return False


def takes_locks() -> bool | None:
    """Return whether a file that is opened as the reader does is locked against its writer; None: this system does not tell."""
    if sys.platform == "win32":
        return None
    import fcntl

    import h5py

    from swmr_viewer.core.files import open_swmr

    with suppress(OSError), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "probe.h5")
        h5py.File(path, "w", libver="latest").close()
        with open_swmr(path), open(path, "r+b") as writer:
            try:
                fcntl.flock(writer, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False
    return None
