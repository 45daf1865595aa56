"""Which program, libraries and surroundings these are, as far as this process knows without looking at storage."""

from __future__ import annotations

import platform
import sys
import time

import numpy as np
import pyqtgraph as pg
import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from swmr_viewer import __version__

NOT_TOLD = "told once a file is open"


def library_versions(reader_libraries: str = "") -> tuple[tuple[str, str], ...]:
    """Return names and versions; what the reader told of HDF5 is given, for HDF5 is not loaded here."""
    return (
        ("swmr_viewer", __version__),
        ("Python", platform.python_version()),
        ("Qt", f"{qVersion()}, PySide6 {PySide6.__version__}"),
        ("pyqtgraph", str(pg.__version__)),
        ("numpy", np.__version__),
        ("HDF5", reader_libraries or NOT_TOLD),
    )


def surroundings() -> tuple[tuple[str, str], ...]:
    """Return the system, and the display with its screens."""
    screens = (f"{one.size().width()} x {one.size().height()} at {one.devicePixelRatio():g}" for one in QGuiApplication.screens())
    return (
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("display", f"{QGuiApplication.platformName()}: {', '.join(screens)}"),
        ("time zone", time.strftime("%z")),
        ("executable", sys.executable),
    )


def first_line() -> str:
    """Return what a log begins with."""
    return ", ".join(f"{name} {words}" for name, words in (*library_versions()[:-1], *surroundings()))
