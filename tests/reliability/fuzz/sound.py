"""Files before anything is done to them: every layout, complete and cut off while it grew, and every codec that is decoded here."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import hdf5plugin
import numpy as np

from swmr_viewer.core.scan import index_of
from swmr_viewer.simulator.writer import Stage
from tests.decoding.changed_bytes import FILTERS
from tests.layouts.catalogue import LAYOUTS
from tests.layouts.pieces import Layout

N_MOMENTS = 2
"""At so many random moments each layout is cut off."""
CODED_SHAPE, N_CODED = (37, 45), 6
LONG_SHAPE, N_LONG = (8, 6), 400
KEYS, DATA = "/entry/keys", "/entry/data"

CODECS: dict[str, dict[str, Any]] = {
    **FILTERS,
    "none": {},
    "checked": {"fletcher32": True},
    "lzf": {"compression": "lzf", "shuffle": True},
    "gzip-alone": {"compression": "gzip"},
    "blosc2": {**hdf5plugin.Blosc2(cname="lz4")},
    "scaleoffset": {"scaleoffset": 0},
    "long": {},
}
"""Some are left to HDF5; the index of the long one has several levels."""
_TYPES = ("u2", ">u2", "u4", "f4", "i1", "f8")


@dataclass(frozen=True, eq=False)
class Sound:
    """Some files that belong together, and what was written into them."""

    name: str
    main: str
    files: Mapping[str, bytes]
    scan_shape: tuple[int, ...]
    written: Mapping[str, Callable[[int], Any]]
    """By data set: the frame that was, or will be, written at an index on ``scan_shape``."""
    key_paths: tuple[str, ...] = ()
    length_paths: tuple[str, ...] = ()
    finished_path: str | None = None
    is_complete: bool = True
    is_followable: bool = True
    """Whether it can be opened as it is."""
    tells_shape: bool = False

    def frame(self, path: str, position: tuple[int, ...]) -> np.ndarray | None:
        """Return what was written at a position; None: nobody knows here."""
        if path not in self.written or len(position) > len(self.scan_shape):
            return None
        whole = (*position, *(0,) * (len(self.scan_shape) - len(position)))
        try:
            return np.asarray(self.written[path](index_of(whole, self.scan_shape)))
        except IndexError:
            return None

    def put(self, folder: Path) -> Path:
        """Write the files into a folder, and return the main one."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder / self.main


def names() -> list[str]:
    """Return the names of all of them; the last word says how far it was written."""
    of_layouts = [f"{name} {how}" for name in LAYOUTS for how in ("complete", *(f"growing{n}" for n in range(N_MOMENTS)))]
    of_codecs = [f"{name} {how}" for name in CODECS for how in ("coded", "coded-live")]
    return of_layouts + of_codecs


def sound(name: str) -> Sound:
    """Return the files of this name."""
    first, how = name.split()
    if how.startswith("coded"):
        return _coded(first, how == "coded-live")
    return next(one for one in _of_layout(first) if one.name == name)


@cache
def _of_layout(name: str) -> tuple[Sound, ...]:
    layout = LAYOUTS[name]
    chance = random.Random(name)
    found = []
    with TemporaryDirectory() as folder:
        n_ticks = sum(step.stage is Stage.TICK for step in layout.write(_made(Path(folder, "first"))))
        moments = sorted(chance.sample(range(1, n_ticks), min(N_MOMENTS, n_ticks - 1)))
        place, n = _made(Path(folder, "second")), 0
        for step in layout.write(place):
            n += step.stage is Stage.TICK
            if step.stage is Stage.TICK and n in moments:
                found.append(_as_it_is(layout, place, f"growing{moments.index(n)}"))
        return (_as_it_is(layout, place, "complete"), *found)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _as_it_is(layout: Layout, folder: Path, how: str) -> Sound:
    """Copy what others see of files at this moment."""
    is_complete = how == "complete"
    return Sound(
        f"{layout.name} {how}",
        layout.main_file,
        {one.name: one.read_bytes() for one in sorted(folder.iterdir()) if not one.name.startswith(".")},
        layout.scan_shape,
        {source.path: source.expected for source in layout.sources},
        layout.key_paths,
        layout.length_paths,
        layout.finished_path,
        is_complete,
        is_complete or layout.swmr or layout.swmr_sources,
        layout.tells_shape,
    )


@cache
def _coded(name: str, is_live: bool) -> Sound:
    """Write frames with one codec, two to a chunk where the file stays in SWMR mode."""
    number = list(CODECS).index(name)
    dtype = np.dtype("i4" if name == "scaleoffset" else _TYPES[(number + is_live) % len(_TYPES)])
    shape, n = (LONG_SHAPE, N_LONG) if name == "long" else (CODED_SHAPE, N_CODED)
    frames = list(_coded_frames(dtype, shape, n))
    with TemporaryDirectory() as folder:
        path = Path(folder, "coded.h5")
        with h5py.File(path, "w", libver="v110") as file:
            chunks = (2 if is_live else 1, *shape)
            data = file.create_dataset(DATA, (0, *shape), dtype, maxshape=(None, *shape), chunks=chunks, **CODECS[name])
            keys = file.create_dataset(KEYS, (0,), np.int32, maxshape=(None,), chunks=(4,))
            file.swmr_mode = True
            data.resize(n, 0)
            data[...] = np.stack(frames)
            data.flush()
            keys.resize(n, 0)
            keys[...] = np.arange(1, n + 1)
            keys.flush()
            content = path.read_bytes()
        files = {path.name: content if is_live else path.read_bytes()}
    return Sound(f"{name} {'coded-live' if is_live else 'coded'}", path.name, files, (n,), {DATA: frames.__getitem__}, (KEYS,))


def _coded_frames(dtype: np.dtype[Any], shape: tuple[int, int], n: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(7)
    for number in range(n):
        counts = rng.poisson(2, shape) + 90 * (rng.random(shape) > 0.95) + number % 23
        yield counts.astype(dtype)
