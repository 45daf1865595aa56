"""The map drawn in one go, to compare with what is drawn piece by piece."""

from __future__ import annotations

from swmr_viewer.gui.scan_map.map_image import Codes, band_picture
from swmr_viewer.gui.scan_map.map_layout import MapLayout


def whole_picture(states: Codes, layout: MapLayout) -> Codes:
    """Draw the states of all points (flat) as palette entries, (height, width)."""
    return band_picture(lambda start, stop: states[start:stop], layout, 0, layout.height)
