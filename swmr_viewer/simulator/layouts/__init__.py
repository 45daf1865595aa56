"""One file per facility's layout: each turns an empty file into an ``OpenScan``."""

from __future__ import annotations

from collections.abc import Callable

import h5py

from swmr_viewer.simulator.layouts import areadetector, diamond
from swmr_viewer.simulator.layouts.pieces import Channel, OpenScan
from swmr_viewer.simulator.plan import ScanPlan

LAY_OUT: dict[str, Callable[[h5py.File, ScanPlan, Callable[[], float]], OpenScan]] = {
    "diamond": diamond.lay_out,
    "areadetector": areadetector.lay_out,
}

__all__ = ["LAY_OUT", "Channel", "OpenScan"]
