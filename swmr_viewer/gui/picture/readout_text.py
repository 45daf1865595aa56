"""Where a pixel is in the experiment, in words: d-spacing, scattering angle, radius, energy (pure functions)."""

from __future__ import annotations

from math import degrees, isfinite

from swmr_viewer.analysis import Region, place_of, region_mask
from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.number_text import value_text
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.scan_model import LiveFrame


def place_text(geometry: PixelGeometry, x: float, y: float) -> list[str]:
    """Return what is known of a point of an image (pixels; the centre of pixel 0 is 0.5): as much as the geometry allows."""
    place = place_of(x, y, geometry)
    if place is None:
        return []
    words = []
    if place.d_m is not None and place.q_per_m is not None and isfinite(place.d_m):
        words += [f"d {1e10 * place.d_m:.4g} \u00c5", f"q {1e-10 * place.q_per_m:.4g} \u00c5\u207b\u00b9"]
    if place.two_theta_rad is not None:
        words.append(f"2\u03b8 {degrees(place.two_theta_rad):.3f}\u00b0")
    if place.radius_px is None:
        return words
    radius = f"r {place.radius_px:.1f} px" if place.radius_m is None else f"r {1e3 * place.radius_m:.2f} mm"
    return [*words, radius]


def axis_text(facts: DataFacts, channel: int) -> list[str]:
    """Return a spectrum's own axis at a channel, such as its energy."""
    value, unit = axis_value(facts, -1, channel)
    name = (facts.axis_names[-1] if facts.axis_names else "") or "at"
    return [f"{name} {value:.6g} {unit}".rstrip()] if value is not None else []


def pixel_text(facts: DataFacts, row: int, column: int) -> list[str]:
    """Return a pixel of an image, with what the file's own axes say of it: ``x 1204 (3.25 mm)``.

    The unit says what it is, and the name stands beside the picture; a value without a unit has its name.
    """
    words = []
    for letter, axis, at in (("x", 1, column), ("y", 0, row)):
        value, unit = axis_value(facts, axis, at) if len(facts.axis_names) == 2 else (None, "")
        given = "" if value is None else f" ({value:.6g} {unit})" if unit else f" ({facts.axis_names[axis]} {value:.6g})"
        words.append(f"{letter} {at}{given}")
    return words


def file_value(frame: LiveFrame, at: tuple[int, ...]) -> str:
    """Return what the file holds at a pixel: of a complex number both parts, of a colour each."""
    value = frame.picked[at]
    if value.ndim:
        return "  ".join(value_text(item) for item in value.tolist())
    return value_text(value.item())


def shown_value(frame: LiveFrame, at: tuple[int, ...]) -> str:
    """Return what was made of a pixel by dark and flat frames, or a reference."""
    value = float(frame.raw[at])
    return value_text(value) if isfinite(value) else "masked"


def span_text(facts: DataFacts, region: Region, length: int) -> str:
    """Return which channels of a spectrum of this length belong to a region, and what the file's own axis says of them."""
    (part,), _ = region_mask(region, (length,))
    first, last = part.start, part.stop - 1
    if last < first:
        return f"Region {region.name}: no channel"
    channels = f"channel {first}" if first == last else f"channels {first} to {last}"
    (low, unit), (high, _) = (axis_value(facts, -1, at) for at in (first, last))
    if low is None or high is None:
        return f"Region {region.name}: {channels}"
    values = f"{low:.6g}" if first == last else f"{low:.6g} to {high:.6g}"
    return f"Region {region.name}: {channels}, {facts.axis_names[-1]} {values} {unit}".rstrip()


def axis_value(facts: DataFacts, axis: int, at: int) -> tuple[float | None, str]:
    """Return what one of the frame's axes says at an array index, with its unit; None where the file does not tell."""
    values = facts.axis_values[axis] if facts.axis_values else None
    unit = facts.axis_units[axis] if facts.axis_units else ""
    return (values[at] if values is not None and at < len(values) else None), unit
