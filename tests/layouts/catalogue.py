"""Every layout by its name."""

from __future__ import annotations

from typing import Final

from tests.layouts import areadetector, at_rest, dectris, diamond, odin, ophyd, xfel
from tests.layouts.pieces import Layout

LAYOUTS: Final[dict[str, Layout]] = {
    layout.name: layout for module in (diamond, areadetector, odin, ophyd, dectris, at_rest, xfel) for layout in module.ROWS
}
"""The simulator's own two layouts are rows of the table as well: ``tests/live`` follows those."""
