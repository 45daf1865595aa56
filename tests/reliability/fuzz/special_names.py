"""Special files: names, targets and attributes that nobody would write."""

from __future__ import annotations

import random

import h5py
import numpy as np

from tests.odd_names import ODD_NAMES
from tests.reliability.fuzz.usual import DATA, SHAPE, N, frames, usual

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
    usual(file)
    for number, name in enumerate(chance.sample(NAMES, 6)):
        file[f"entry/soft{number}"] = h5py.SoftLink(f"/entry//{name}/./{name}")
        file[f"entry/external{number}"] = h5py.ExternalLink(name.replace("\0", "")[:3000], name)
    for attribute in ("default", "signal", "NX_class", "axes", "target", "units", "interpretation"):
        file["entry"].attrs[attribute] = file[DATA].attrs[attribute] = chance.choice((*NAMES, "", "/", "//", "data/", "../entry"))


def attributes(file: h5py.File, chance: random.Random) -> None:
    """Write attributes of 60 kB, of megabytes, thousands of them, and of odd types."""
    usual(file)
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
