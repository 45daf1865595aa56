"""Files that are valid, and of which nobody thinks: links in circles, odd names, huge shapes, attributes and types."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np

from tests.odd_names import ODD_NAMES

N, SHAPE = 5, (6, 8)
KEYS, DATA = "/entry/keys", "/entry/data"
MAIN = "special.h5"
N_GROUPS = 100_000
HUGE = 1 << 60

NAMES = (
    *ODD_NAMES,
    "a \"quoted\" 'name'",
    "back\\slash",
    "carriage\rreturn",
    "\u2028line\u2029ends\x85",
    "\u202eright to left\u202c",
    "\u05d0\u05d1\u05d2 \u0627\u0628\u062a",
    "\u200bnothing\ufeff",
    "..",
    "...",
    " ",
    "*",
    "%s %d {0} {name}",
    "x" * 10_000,
    "\U0001f52c" * 60,
)

Build = Callable[[h5py.File, random.Random], None]


def frame(index: int) -> np.ndarray:
    """Return what is written at an index, wherever a special file has usual frames."""
    return (np.arange(np.prod(SHAPE)).reshape(SHAPE) * (index + 2) + index + 1).astype(np.uint16)


def frames() -> np.ndarray:
    """Return all of them."""
    return np.stack([frame(index) for index in range(N)])


def _usual(file: h5py.File, keys: str = KEYS, data: str = DATA) -> None:
    file.create_dataset(keys, data=np.arange(1, N + 1, dtype=np.int32), chunks=(2,), maxshape=(None,))
    file.create_dataset(data, data=frames(), chunks=(1, *SHAPE), maxshape=(None, *SHAPE))


# ---- links


def soft_circle(file: h5py.File, chance: random.Random) -> None:
    """Lead soft links to one another."""
    _usual(file)
    file["entry/a"], file["entry/b"] = h5py.SoftLink("/entry/b"), h5py.SoftLink("/entry/a")
    file["entry/self"] = h5py.SoftLink("/entry/self/self")
    file["entry/up"] = h5py.SoftLink("/entry")
    if chance.random() < 0.5:
        del file[KEYS]
        file[KEYS] = h5py.SoftLink("/entry/a")


def hard_circle(file: h5py.File, chance: random.Random) -> None:
    """Let groups be in themselves."""
    _usual(file)
    file["entry/deeper/again"] = file["entry"]
    file["entry/deeper/root"] = file["/"]
    for number in range(chance.choice((1, 30))):
        file[f"entry/more{number}"] = file["entry"]


def external_circle(file: h5py.File, chance: random.Random) -> None:
    """Lead external links to the file itself, to one that leads back, and to nothing."""
    _usual(file)
    folder = Path(file.filename).parent
    file["entry/self"] = h5py.ExternalLink(MAIN, "/entry/self")
    file["entry/here"] = h5py.ExternalLink(MAIN, "/entry")
    file["entry/there"] = h5py.ExternalLink("other.h5", "/back")
    file["entry/nowhere"] = h5py.ExternalLink('none/../\nfile "x".h5', "/a\nb")
    with h5py.File(folder / "other.h5", "w", libver="v110") as other:
        other["back"] = h5py.ExternalLink(MAIN, "/entry/there")
        other["home"] = h5py.ExternalLink(MAIN, "/")
    if chance.random() < 0.5:
        del file[DATA]
        file[DATA] = h5py.ExternalLink("other.h5", "/home/entry/there")


def chain_of_files(file: h5py.File, chance: random.Random) -> None:
    """Lead to keys and data through more files than anybody has."""
    folder, n = Path(file.filename).parent, chance.choice((3, 20))
    with h5py.File(folder / f"link{n}.h5", "w", libver="v110") as last:
        _usual(last)
    for number in range(n):
        with h5py.File(folder / f"link{number}.h5", "w", libver="v110") as one:
            for path in (KEYS, DATA):
                one[path] = h5py.ExternalLink(f"link{number + 1}.h5", path)
    for path in (KEYS, DATA):
        file[path] = h5py.ExternalLink("link0.h5", path)


def virtual_circle(file: h5py.File, chance: random.Random) -> None:
    """Map a virtual data set to itself, or to one that is mapped to it."""
    _usual(file)
    names = ("entry/a", "entry/a") if chance.random() < 0.5 else ("entry/a", "entry/b")
    for own, other in zip(names, reversed(names), strict=True):
        layout = h5py.VirtualLayout((N, *SHAPE), np.uint16)
        layout[:] = h5py.VirtualSource(chance.choice((".", MAIN)), other, (N, *SHAPE))
        if own not in file:
            file.create_virtual_dataset(own, layout, fillvalue=0)
    if chance.random() < 0.5:
        del file[DATA]
        file[DATA] = h5py.SoftLink("/entry/a")


def pipe_behind_links(file: h5py.File, chance: random.Random) -> None:
    """Lead a soft link by an external one to a pipe that nobody writes to: opening it never returns."""
    folder = Path(file.filename).parent
    os.mkfifo(folder / "pipe.h5")
    file["elsewhere"] = h5py.ExternalLink("pipe.h5", "/keys")
    _usual(file)
    hangs = chance.choice((KEYS, DATA, "/entry/more"))
    if hangs in file:
        del file[hangs]
    file[hangs] = h5py.SoftLink("/elsewhere")


def frame_in_pipe(file: h5py.File, chance: random.Random) -> None:
    """Let the numbers of one frame come from a pipe that nobody writes to."""
    folder = Path(file.filename).parent
    hangs, parts = chance.randrange(N), []
    for index in range(N):
        part = folder / f"frame{index}.raw"
        os.mkfifo(part) if index == hangs else part.write_bytes(frame(index).tobytes())
        parts.append((str(part), 0, frame(0).nbytes))
    file.create_dataset(KEYS, data=np.arange(1, N + 1))
    file.create_dataset(DATA, (N, *SHAPE), np.uint16, external=parts)


# ---- names


def odd_names(file: h5py.File, chance: random.Random) -> None:
    """Name groups and data sets as nobody would."""
    for name in chance.sample(NAMES, 4):
        group = h5py.Group(h5py.h5g.create(file.id, name.encode()))
        low = h5py.h5s.create_simple((N, *SHAPE), (h5py.h5s.UNLIMITED, *SHAPE))
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((1, *SHAPE))
        made = h5py.Dataset(h5py.h5d.create(group.id, chance.choice(NAMES).encode() or b"data", h5py.h5t.NATIVE_UINT16, low, plist))
        made[...] = frames()
        made.attrs[chance.choice(NAMES)[:200]] = chance.choice(NAMES)
    file.create_dataset("keys", data=np.arange(1, N + 1, dtype=np.int32), maxshape=(None,))


def odd_targets(file: h5py.File, chance: random.Random) -> None:
    """Write odd names into links and attributes that say what is what."""
    _usual(file)
    for number, name in enumerate(chance.sample(NAMES, 6)):
        file[f"entry/soft{number}"] = h5py.SoftLink(f"/entry//{name}/./{name}")
        file[f"entry/external{number}"] = h5py.ExternalLink(name.replace("\0", "")[:3000], name)
    for attribute in ("default", "signal", "NX_class", "axes", "target", "units", "interpretation"):
        file["entry"].attrs[attribute] = file[DATA].attrs[attribute] = chance.choice((*NAMES, "", "/", "//", "data/", "../entry"))


# ---- size


def attributes(file: h5py.File, chance: random.Random) -> None:
    """Write attributes of 60 kB, of megabytes, thousands of them, and of odd types."""
    _usual(file)
    entry, data = file["entry"], file[DATA]
    for thing in (entry, data):
        thing.attrs["long"] = np.bytes_(b"x" * 60_000)
        for name in ("units", "signal", "NX_class", "interpretation"):
            thing.attrs[name] = np.bytes_(chance.choice((b"\xff\xfe" * 2000, b"x" * 60_000, b"", b"\0")))
        thing.attrs["null"] = h5py.Empty("f4")
        thing.attrs["strings"] = np.array(["a", "b\n"], dtype=h5py.string_dtype())
        thing.attrs["reference"] = file["entry"].ref
        thing.attrs["compound"] = np.zeros(3, [("a", "i4"), ("b", "f8", (2, 2))])
        thing.attrs["bool"] = np.ones((2, 3), bool)
    big = data if chance.random() < 0.5 else entry
    big.attrs.create("axes", np.zeros((1000, 400), np.float64))
    for number in range(chance.choice((3, 3000))):
        big.attrs[f"attribute{number}"] = number


def huge_shapes(file: h5py.File, chance: random.Random) -> None:
    """Declare lengths of 2^60, with a few chunks or none."""
    rank = chance.choice((1, 2))
    scan = (HUGE,) if rank == 1 else (1 << 30, 1 << 30)
    keys = file.create_dataset(KEYS, scan, np.int32, chunks=(*(1,) * (rank - 1), 64), maxshape=(None,) * rank)
    data = file.create_dataset(DATA, (*scan, 2, 2), np.uint16, chunks=(*(1,) * rank, 2, 2), maxshape=(*(None,) * rank, 2, 2))
    for at in range(chance.choice((0, 3))):
        position = (*(0,) * (rank - 1), at)
        data[position], keys[position] = at + 1, at + 1
    if chance.random() < 0.3:
        keys[(1 << 20,) if rank == 1 else (1 << 15, 5)] = 9


def huge_frames(file: h5py.File, chance: random.Random) -> None:
    """Declare frames that no memory holds."""
    _usual(file, data="/entry/small")
    shape = chance.choice(((1 << 30, 1 << 28), (1 << 40,), (1, HUGE), (70_000, 70_000), (2, 3, 1 << 30)))
    chunks = (1, *(min(n, 1024) for n in shape))
    data = file.create_dataset(DATA, (N, *shape), np.uint8, chunks=chunks, maxshape=(None, *shape), fillvalue=chance.choice((0, 3)))
    if np.prod(shape) < 1 << 40:
        data[(0,) * data.ndim] = 1
    if chance.random() < 0.5:
        file.create_dataset("entry/one", (N, 1 << 15, 1 << 15), np.uint16, chunks=(1, 1 << 15, 1 << 15), compression="gzip")


def many_groups(file: h5py.File, chance: random.Random) -> None:
    """Hold a hundred thousand groups (made once)."""
    name = Path(file.filename)
    file.close()
    shutil.copyfile(_many_groups(), name)


@cache
def _kept_folder() -> TemporaryDirectory[str]:
    """Return a folder that is gone when Python ends."""
    return TemporaryDirectory(prefix="fuzz-groups-")


@cache
def _many_groups() -> Path:
    path = Path(_kept_folder().name, MAIN)
    with h5py.File(path, "w", libver="v110") as file:
        _usual(file)
        for number in range(N_GROUPS // 1000):
            group = file.create_group(f"entry/many{number:03}")
            for within in range(999):
                h5py.h5g.create(group.id, b"g%d" % within)
    return path


def deep_groups(file: h5py.File, chance: random.Random) -> None:
    """Nest groups deeper than anybody does."""
    group = file["/"]
    for _ in range(chance.choice((200, 3000))):
        group = h5py.Group(h5py.h5g.create(group.id, b"g"))
    group.create_dataset("data", data=frames())
    _usual(file)


# ---- kinds


def odd_types(file: h5py.File, chance: random.Random) -> None:
    """Hold every type of number, and what is none."""
    types = (
        np.dtype([("a", "i4"), ("b", "f8", (2,))]),
        h5py.string_dtype(),
        np.dtype("S5"),
        h5py.vlen_dtype(np.int32),
        h5py.ref_dtype,
        h5py.enum_dtype({"A": 0, "B": 1}, "i1"),
        np.dtype(bool),
        np.dtype("f2"),
        np.dtype("longdouble"),
        np.dtype("c8"),
        np.dtype("c16"),
        np.dtype(">f8"),
        np.dtype("V7"),
        np.dtype("u8"),
        np.dtype(("i2", (3, 2))),
    )
    for number, dtype in enumerate(chance.sample(types, 6)):
        data = file.create_dataset(f"entry/data{number}", (N, *SHAPE), dtype, chunks=(1, *SHAPE))
        if dtype.kind in "iufcb":
            data[...] = frames()[..., None, None].repeat(3, 3).repeat(2, 4) if dtype.subdtype else frames().astype(dtype)
    dtype = chance.choice(types)
    keys = file.create_dataset(KEYS, (N,), dtype)
    if dtype.kind in "iufcb" and dtype.subdtype is None:
        keys[...] = np.arange(1, N + 1).astype(dtype)


def odd_extents(file: h5py.File, chance: random.Random) -> None:
    """Hold axes without length, no axes, and as many as there may be."""
    file.create_dataset("entry/null", data=h5py.Empty("f4"))
    file.create_dataset("entry/scalar", data=np.uint16(3))
    file.create_dataset("entry/none", (0, *SHAPE), np.uint16, maxshape=(None, *SHAPE), chunks=(1, *SHAPE))
    file.create_dataset("entry/flat", (N, 0, 4), np.uint16)
    file.create_dataset("entry/rank32", (1,) * 32, np.uint16)
    file.create_dataset("entry/compact", data=frames()[:2])
    file.create_dataset(DATA, data=frames())
    shapes: tuple[tuple[int, ...], ...] = ((), (0,), (N, 0), (1,) * 32, (N, 1, 1, 1), (N - 2,), (N + 2,), (N, 3))
    shape = chance.choice(shapes)
    file.create_dataset(KEYS, data=np.ones(shape, np.int32))


def strange_keys(file: h5py.File, chance: random.Random) -> None:
    """Hold keys that go beyond the data, are no numbers, or none of which is set."""
    kind = chance.choice(("more", "nan", "negative", "none", "fill", "big"))
    keys = {
        "more": np.arange(1, 3 * N),
        "nan": np.array([1, np.nan, np.inf, -np.inf, 5]),
        "negative": -np.arange(1, N + 1),
        "none": np.zeros(N, np.int32),
        "fill": np.full(N, -1),
        "big": np.full(N, np.iinfo(np.uint64).max),
    }[kind]
    file.create_dataset(KEYS, data=keys, maxshape=(None,), fillvalue=-1 if kind == "fill" else None)
    file.create_dataset(DATA, data=frames(), chunks=(2, *SHAPE), maxshape=(None, *SHAPE))


def user_block(file: h5py.File, chance: random.Random) -> None:
    """Begin behind a block of the user's own."""
    name = file.filename
    file.close()
    with h5py.File(name, "w", libver="v110", userblock_size=chance.choice((512, 1 << 16))) as other:
        _usual(other)


def no_hdf5(file: h5py.File, chance: random.Random) -> None:
    """Be no such file at all."""
    path = Path(file.filename)
    file.close()
    path.write_bytes(
        chance.choice((b"", b"\x89HDF", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n\x03", b"text\n" * 1000, chance.randbytes(3000)))
    )


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
