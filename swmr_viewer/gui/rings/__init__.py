"""Rings of equal scattering angle over the picture."""

from swmr_viewer.gui.rings.ring_parts import RingParts

__all__ = ["RingParts"]
