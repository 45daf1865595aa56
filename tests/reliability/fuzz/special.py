"""Files that are valid, or no files at all, and of which nobody thinks."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import h5py

from tests.reliability.fuzz.special_kinds import no_hdf5, odd_extents, odd_types, strange_keys, user_block
from tests.reliability.fuzz.special_links import (
    chain_of_files,
    external_circle,
    frame_in_pipe,
    hard_circle,
    pipe_behind_links,
    soft_circle,
    virtual_circle,
)
from tests.reliability.fuzz.special_names import attributes, odd_names, odd_targets
from tests.reliability.fuzz.special_sizes import deep_groups, huge_frames, huge_shapes, many_groups
from tests.reliability.fuzz.usual import MAIN, Build

SPECIAL: dict[str, Build] = {
    one.__name__: one
    for one in (
        soft_circle,
        hard_circle,
        external_circle,
        chain_of_files,
        virtual_circle,
        odd_names,
        odd_targets,
        attributes,
        huge_shapes,
        huge_frames,
        deep_groups,
        odd_types,
        odd_extents,
        strange_keys,
        user_block,
        no_hdf5,
    )
}
SLOW: dict[str, Build] = {
    one.__name__: one for one in (many_groups, *((pipe_behind_links, frame_in_pipe) if sys.platform != "win32" else ()))
}
"""Those that take seconds each."""


def build(folder: Path, name: str, chance: random.Random) -> Path:
    """Write a special file, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MAIN
    with h5py.File(path, "w", libver="v110") as file:
        (SPECIAL | SLOW)[name](file, chance)
    return path
