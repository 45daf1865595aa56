"""Special files: links in circles, in chains, and to pipes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import h5py
import numpy as np

from tests.reliability.fuzz.usual import DATA, KEYS, MAIN, SHAPE, N, frame, usual


def soft_circle(file: h5py.File, chance: random.Random) -> None:
    """Lead soft links to one another."""
    usual(file)
    file["entry/a"], file["entry/b"] = h5py.SoftLink("/entry/b"), h5py.SoftLink("/entry/a")
    file["entry/self"] = h5py.SoftLink("/entry/self/self")
    file["entry/up"] = h5py.SoftLink("/entry")
    if chance.random() < 0.5:
        del file[KEYS]
        file[KEYS] = h5py.SoftLink("/entry/a")


def hard_circle(file: h5py.File, chance: random.Random) -> None:
    """Let groups be in themselves."""
    usual(file)
    file["entry/deeper/again"] = file["entry"]
    file["entry/deeper/root"] = file["/"]
    for number in range(chance.choice((1, 30))):
        file[f"entry/more{number}"] = file["entry"]


def external_circle(file: h5py.File, chance: random.Random) -> None:
    """Lead external links to the file itself, to one that leads back, and to nothing."""
    usual(file)
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
        usual(last)
    for number in range(n):
        with h5py.File(folder / f"link{number}.h5", "w", libver="v110") as one:
            for path in (KEYS, DATA):
                one[path] = h5py.ExternalLink(f"link{number + 1}.h5", path)
    for path in (KEYS, DATA):
        file[path] = h5py.ExternalLink("link0.h5", path)


def virtual_circle(file: h5py.File, chance: random.Random) -> None:
    """Map a virtual data set to itself, or to one that is mapped to it."""
    usual(file)
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
    usual(file)
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
