"""What is known of the geometry, in words: what the user gave, what the file tells, and how the detector stands."""

from __future__ import annotations

from math import acos, degrees

from swmr_viewer.core.pixel_geometry import NOTHING_TOLD, PixelGeometry
from swmr_viewer.scan_model import ScanFacts

KEV_ANGSTROM = 12.398419843
"""h c (CODATA 2018)."""
LEAST_TILT_DEG = 1e-4


def geometry_text(scan: ScanFacts) -> str:
    """Return in words what counts for the shown data set, and who said so."""
    own, file = scan.own_geometry.get(scan.place, NOTHING_TOLD), scan.data_facts.geometry
    lines = []
    if given := parts_text(own):
        lines.append(f"Your own: {given}.")
    if told := parts_text(file.without(own)):
        lines.append(f"From the file: {told}.")
    return "\n".join((*lines, *stand_text(scan.geometry)))


def source_text(scan: ScanFacts) -> str:
    """Return in words what of it is the user's own, and how the detector stands."""
    own = parts_text(scan.own_geometry.get(scan.place, NOTHING_TOLD))
    return "\n".join((*([f"Your own: {own}."] if own else []), *stand_text(scan.geometry)))


def parts_text(geometry: PixelGeometry) -> str:
    """Return what is known, one after the other: ``centre x 1024.5 y 1100.2, distance 200 mm``."""
    words = []
    if geometry.poni is not None:
        words.append("centre x {:.1f}  y {:.1f}".format(*geometry.poni))
    if geometry.distance_m:
        words.append(f"distance {1e3 * geometry.distance_m:.5g} mm")
    if geometry.wavelength_m:
        angstrom = 1e10 * geometry.wavelength_m
        words.append(f"{angstrom:.5g} \u00c5 ({KEV_ANGSTROM / angstrom:.5g} keV)")
    if geometry.pixel_size_m:
        words.append("pixels of {:.4g} \u00d7 {:.4g} \u00b5m".format(*(1e6 * size for size in geometry.pixel_size_m)))
    if geometry.rotations_rad:
        words.append("rot1 {:.4g}\u00b0, rot2 {:.4g}\u00b0, rot3 {:.4g}\u00b0".format(*map(degrees, geometry.rotations_rad)))
    return ", ".join(words)


def stand_text(geometry: PixelGeometry) -> list[str]:
    """Return how the detector stands, and where the beam hits it if that is not at the centre."""
    if geometry == NOTHING_TOLD:
        return []
    if geometry.rotations_rad is None:
        return ["Nothing tells a tilt: the detector is taken as perpendicular to the beam."]
    tilt = degrees(acos(max(-1.0, min(1.0, geometry.beam[2]))))
    if tilt < LEAST_TILT_DEG:
        return ["The detector is perpendicular to the beam."]
    center = geometry.beam_center
    where = "the beam misses its plane" if center is None else "the beam hits it at x {:.1f}  y {:.1f}".format(*center)
    return [f"The detector is tilted by {tilt:.4g}\u00b0; {where}. Centre and distance are those of the perpendicular from the sample."]
