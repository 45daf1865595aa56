"""Zooming and panning the map: from one layout to another, at scales that keep cells whole pixels."""

from __future__ import annotations

from dataclasses import replace

from swmr_viewer.gui.scan_map.map_image import MapLayout, map_layout

SCALES = (*(2.0**-n for n in range(24, 0, -1)), 1, 2, 3, 4, 6, 9, 13, 18, 26)
"""Pixels per cell."""

Room = tuple[int, int]
"""Width and height (pixels)."""


def zoomed(layout: MapLayout, room: Room, at: tuple[float, float], steps: int) -> MapLayout:
    """Return the layout some steps in (+) or out (-), with the cell at this pixel kept where it is."""
    fit = map_layout(layout.grid.scan_shape, *room, layout.grid.page)
    now, least = min(layout.cell), min(fit.cell)
    scales = [one for one in SCALES if one > least * 1.01] if steps > 0 or not layout.is_whole else []
    below = [one for one in scales if one < now * 0.99]
    above = [one for one in scales if one > now * 1.01]
    wanted = above[min(steps, len(above)) - 1] if steps > 0 and above else below[steps] if steps < 0 and len(below) >= -steps else None
    if wanted is None:
        return layout if steps > 0 else fit
    return _at_scale(layout, fit, room, at, wanted)


def _at_scale(layout: MapLayout, fit: MapLayout, room: Room, at: tuple[float, float], wanted: float) -> MapLayout:
    width, height = max(wanted, fit.cell[0]), max(wanted, fit.cell[1])
    column, row = layout.left + at[0] / layout.cell[0], layout.top + at[1] / layout.cell[1]
    n_columns, drawn_width = _seen(layout.columns, room[0], width)
    n_rows, drawn_height = _seen(layout.rows, room[1], height)
    bare = replace(layout, top=0, left=0, n_rows=n_rows, n_columns=n_columns, width=drawn_width, height=drawn_height)
    return moved_to(bare, row - at[1] / height, column - at[0] / width)


def moved_to(layout: MapLayout, top: float, left: float) -> MapLayout:
    """Return the layout with this cell in its corner, or the nearest place that keeps it filled."""
    rows, columns = layout.rows - layout.n_rows, layout.columns - layout.n_columns
    return replace(layout, top=min(max(round(top), 0), rows), left=min(max(round(left), 0), columns))


def centred_on(layout: MapLayout, room: Room, index: int, scale: float) -> MapLayout:
    """Return a layout with this point in the middle, at least ``scale`` pixels per cell."""
    row, column = layout.grid.cell_of(index)
    fit = map_layout(layout.grid.scan_shape, *room, layout.grid.page)
    found = _at_scale(layout, fit, room, (0.0, 0.0), scale) if min(layout.cell) < scale else layout
    return moved_to(found, row - found.n_rows / 2, column - found.n_columns / 2)


def resized(layout: MapLayout, room: Room) -> MapLayout:
    """Return the layout in another room: the same corner and size of cells, or the whole scan where that has room now."""
    fit = map_layout(layout.grid.scan_shape, *room, layout.grid.page)
    scale = min(layout.cell)
    return fit if layout.is_whole or min(fit.cell) >= scale else _at_scale(layout, fit, room, (0.0, 0.0), scale)


def turned_to(layout: MapLayout, page: int) -> MapLayout:
    """Return the layout of one page with another in its place: the same part of it, at the same size."""
    return replace(layout, grid=replace(layout.grid, page=page))


def _seen(cells: int, room: int, side: float) -> tuple[int, int]:
    """Return how many cells are seen along one axis, and on how many pixels."""
    seen = max(1, min(cells, int(room / side)))
    return seen, max(1, min(room, round(seen * side)))
