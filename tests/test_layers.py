"""What is really loaded, not only named: the window's process has no HDF5, everything below it no Qt."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import swmr_viewer

QT = ("PySide6", "shiboken6", "pyqtgraph")
HDF5 = ("h5py", "hdf5plugin")


def modules_below(name: str) -> list[str]:
    folder = Path(swmr_viewer.__path__[0], *name.split("."))
    return [f"swmr_viewer.{name}"] + [one.name for one in pkgutil.walk_packages([str(folder)], f"swmr_viewer.{name}.")]


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("gui", HDF5),
        ("commands", (*HDF5, *QT)),
        ("analysis", (*HDF5, *QT)),
        ("export", (*HDF5, *QT)),
        ("core", QT),
        ("reader", QT),
        ("opening", (*HDF5, *QT)),
        ("watching", (*HDF5, *QT)),
        ("quantities", (*HDF5, *QT)),
        ("reductions", (*HDF5, *QT, "pyFAI", "importlib.metadata")),
        ("scripting", QT),
        ("scan_model", (*HDF5, *QT)),
        ("reducing", QT),
        ("reducing.messages", (*HDF5, *QT, "dask", "distributed", "pyFAI")),
        ("reducing.process", (*HDF5, *QT, "dask", "distributed", "pyFAI")),
        ("simulator", QT),
    ],
)
def test_importing_everything_in_a_folder(folder: str, forbidden: tuple[str, ...]) -> None:
    names = modules_below(folder)
    load = (
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\nprint(sorted(set({forbidden!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert done.stdout == "[]\n"
    assert len(names) > 1


FRAME = """
import sys
import numpy as np
from swmr_viewer.core.locking import load_hdf5
load_hdf5()
import h5py
with h5py.File(sys.argv[1], "w", libver="v110") as file:
    file["keys"], file["data"] = np.arange(1, 4), np.ones((3, 20, 30), "u2")
from swmr_viewer.reader.child.loop import ReaderLoop
from swmr_viewer.reader.child.previewing import read_first_frame
from swmr_viewer.reader.messages import FollowRequest
assert read_first_frame(FollowRequest(sys.argv[1], ("/keys",), data_paths=("/data",))).index == 0
"""
COMMAND = """
import sys
from swmr_viewer.cli import main
assert main(sys.argv[1:]) == 0
"""
HEAVY = ("pint", "tifffile", "lmfit", "scipy", "fabio", "numpy.ma", "numpy.testing", "swmr_viewer.simulator", *QT)


@pytest.mark.parametrize(
    ("script", "arguments", "late"),
    [
        (FRAME, ["{folder}/scan.h5"], HEAVY),
        (COMMAND, ["--version"], (*HEAVY, *HDF5, "swmr_viewer.reader.supervision", "swmr_viewer.scan_model")),
        (COMMAND, ["follow", "--help"], (*HEAVY, *HDF5, "swmr_viewer.reader.child.loop", "swmr_viewer.scan_model")),
    ],
    ids=["a frame in the reader", "--version", "follow"],
)
def test_what_is_not_loaded_yet(script: str, arguments: list[str], late: tuple[str, ...], tmp_path: Path) -> None:
    told = f"\nprint(sorted(set({late!r}) & set(sys.modules)))"
    given = [argument.format(folder=tmp_path) for argument in arguments]
    done = subprocess.run([sys.executable, "-c", script + told, *given], capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1:] == ["[]"]
