"""What is said of a waterfall: how much of the scan it holds, and what is under the pointer."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.number_text import count_text, value_text
from swmr_viewer.gui.curves.waterfall_rows import WaterfallRows


def caption(rows: WaterfallRows, n_complete: int, what: str = "complete spectra") -> str:
    """Return how much of the scan is seen, and what each point of the picture stands for."""
    parts = [f"{count_text(rows.n_known)} of {count_text(n_complete)} {what}"]
    if rows.n_unreadable:
        parts.append(f"{count_text(rows.n_unreadable)} cannot be read")
    shared = [f"{count_text(n)} {what}" for n, what in ((rows.column_factor, "channels"), (rows.row_factor, "frames")) if n > 1]
    if shared:
        parts.append("each point the largest value of " + " \u00d7 ".join(shared))
    return "   \u2013   ".join(parts)


def row_text(rows: WaterfallRows, index: int, channel: int, *, is_complete: bool) -> str:
    """Return what is known at a place of the picture."""
    row, column = index // rows.row_factor, channel // rows.column_factor
    if row >= len(rows.picture) or column >= rows.picture.shape[1]:
        return ""
    n_frames, n_channels = min(rows.row_factor, rows.n_known_in(row)), rows.column_factor
    if not n_frames:
        why = "cannot be read" if rows.is_unreadable(index) else "not read yet" if is_complete else "not complete yet"
        return f"frame {count_text(index)}   {why}"
    value = float(rows.picture[row, column])
    words = "masked" if np.isnan(value) else f"{'largest' if max(rows.row_factor, n_channels) > 1 else 'value'} {_plain_text(value)}"
    frames = _span("frame", row * rows.row_factor, rows.row_factor)
    return f"{frames}   {_span('channel', column * n_channels, min(n_channels, rows.n_channels - column * n_channels))}   {words}"


def _span(name: str, first: int, n: int) -> str:
    return f"{name} {count_text(first)}" if n == 1 else f"{name}s {count_text(first)}\u2013{count_text(first + n - 1)}"


def _plain_text(value: float) -> str:
    return value_text(int(value) if value.is_integer() and abs(value) < 2**24 else value)
