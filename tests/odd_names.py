"""A file whose names hold what a file's names may hold."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

ODD_NAMES = ("Fe&Cu <b>5", "d\u00e9tecteur \u00b5 \u65e5\u672c", "pil[0]*?", "line\nbreak", "\x1b[31mred", "tab\tname")
LATIN1 = b"caf\xe9"
"""No UTF-8: older programs write so."""
N_FRAMES = 4


def write_odd_names(path: Path) -> tuple[str, ...]:
    """Write keys and one data set per name; return their paths as h5py names them."""
    with h5py.File(path, "w", libver="v110") as f:
        latin1 = h5py.Group(h5py.h5g.create(f.create_group("entry").id, LATIN1))
        groups = [*(f.create_group(f"entry/{name}") for name in ODD_NAMES), latin1]
        for number, group in enumerate(groups, 1):
            frames = np.full((N_FRAMES, 20, 30), number, "u2")
            group.create_dataset("data", data=frames, chunks=(1, 20, 30), maxshape=(None, 20, 30))
        f.create_dataset("entry/keys/uid & <i>", data=np.arange(N_FRAMES, dtype="i4") + 1, maxshape=(None,))
    return tuple(f"/entry/{name}/data" for name in (*ODD_NAMES, LATIN1.decode(errors="surrogateescape")))
