"""Special files: every type and extent that there may be, keys that make no sense, and no HDF5 at all."""

from __future__ import annotations

import random
from pathlib import Path

import h5py
import numpy as np

from tests.reliability.fuzz.usual import DATA, KEYS, SHAPE, N, frames, usual


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
        usual(other)


def no_hdf5(file: h5py.File, chance: random.Random) -> None:
    """Be no such file at all."""
    path = Path(file.filename)
    file.close()
    path.write_bytes(
        chance.choice((b"", b"\x89HDF", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n\x03", b"text\n" * 1000, chance.randbytes(3000)))
    )
