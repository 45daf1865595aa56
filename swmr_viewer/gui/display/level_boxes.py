"""The fields in which levels and percentiles are typed."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit

WIDTH = 78
"""Of a percentage (px)."""
LEVEL_WIDTH = 104
"""Of a level with six digits, sign and exponent (px)."""


def level_number(value: float) -> str:
    """Return a level as it stands in its field."""
    return f"{value:.6g}"


def percentile_box(name: str) -> QDoubleSpinBox:
    """Return a field for 0 to 100 percent, of this accessible name."""
    box = QDoubleSpinBox(decimals=3, minimum=0.0, maximum=100.0, singleStep=0.1)
    box.setToolTip(f"{name}: this share of the values is below it")
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    box.setFixedWidth(WIDTH)
    return box


def number_field(name: str) -> QLineEdit:
    """Return a field for a number, of this accessible name."""
    field = QLineEdit()
    field.setToolTip(f"{name}: type a number, and it stays")
    field.setAccessibleName(name)
    field.setFixedWidth(LEVEL_WIDTH)
    return field
