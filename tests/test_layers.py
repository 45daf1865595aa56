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
    folder = Path(swmr_viewer.__path__[0]) / name
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
        ("scripting", QT),
        ("scan_model", (*HDF5, *QT)),
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
