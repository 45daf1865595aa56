"""What NeXus says of a data set beyond its pixels: axes, units, geometry, times."""

from swmr_viewer.core.nexus.fact_reading import read_facts
from swmr_viewer.core.nexus.frame_times import FrameTimes
from swmr_viewer.core.nexus.groups import GROUP_ATTRIBUTES, Attributes, NexusFile, axis_names_of, default_chain, signal_of
from swmr_viewer.core.nexus.quantities import load_units

__all__ = [
    "GROUP_ATTRIBUTES",
    "Attributes",
    "FrameTimes",
    "NexusFile",
    "axis_names_of",
    "default_chain",
    "load_units",
    "read_facts",
    "signal_of",
]
