"""The units of a pattern's axis: by which names pyFAI has them, and what a NeXus file says."""

from __future__ import annotations

from swmr_viewer.core.frozen import frozen


@frozen
class RadialUnit:
    """One of them."""

    axis: str
    """The data set's name."""
    words: str
    """As NeXus writes it."""
    needs_wavelength: bool = True


RADIAL_UNITS = {
    "q_A^-1": RadialUnit("q", "1/angstrom"),
    "q_nm^-1": RadialUnit("q", "1/nm"),
    "2th_deg": RadialUnit("two_theta", "deg", False),
    "2th_rad": RadialUnit("two_theta", "rad", False),
    "d_A": RadialUnit("d", "angstrom"),
    "d_nm": RadialUnit("d", "nm"),
    "d*2_A^-2": RadialUnit("d_star_squared", "1/angstrom^2"),
    "d*2_nm^-2": RadialUnit("d_star_squared", "1/nm^2"),
    "r_mm": RadialUnit("radius", "mm", False),
    "r_m": RadialUnit("radius", "m", False),
}
"""By pyFAI's name."""


def area_unit(intensity: str, radial: RadialUnit) -> str:
    """Return the unit of an area below a pattern."""
    if radial.words.startswith("1/"):
        return f"{intensity or 1}{radial.words[1:]}"
    return f"{intensity}*{radial.words}" if intensity else radial.words
