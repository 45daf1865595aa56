"""Where a pixel is in the experiment, in words: d-spacing, scattering angle, radius, energy (pure functions)."""

from __future__ import annotations

from math import degrees, isfinite

from swmr_viewer.analysis.geometry import PixelGeometry, place_of
from swmr_viewer.core.nexus.facts import DataFacts


def place_words(facts: DataFacts, x: float, y: float) -> list[str]:
    """Return what is known of a point of an image (pixels; the centre of pixel 0 is 0.5): as much as the file allows."""
    place = place_of(x, y, PixelGeometry(facts.beam_center, facts.distance_m, facts.wavelength_m, facts.pixel_size_m))
    if place is None:
        return []
    words = []
    if place.d_m is not None and isfinite(place.d_m):
        words.append(f"d {1e10 * place.d_m:.4g} \u00c5")
    if place.two_theta_rad is not None:
        words.append(f"2\u03b8 {degrees(place.two_theta_rad):.3f}\u00b0")
    radius = f"r {place.radius_px:.1f} px" if place.radius_m is None else f"r {1e3 * place.radius_m:.2f} mm"
    return [*words, radius]


def axis_words(facts: DataFacts, channel: int) -> list[str]:
    """Return a spectrum's own axis at a channel, such as its energy."""
    values = facts.axis_values[-1] if facts.axis_values else None
    if values is None or channel >= len(values):
        return []
    name = (facts.axis_names[-1] if facts.axis_names else "") or "at"
    unit = facts.axis_units[-1] if facts.axis_units else ""
    return [f"{name} {values[channel]:.6g} {unit}".rstrip()]
