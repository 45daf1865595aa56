"""A map's points in words, and as a table (pure)."""

from __future__ import annotations

import numpy as np

from swmr_viewer.core.number_text import compact_text, count_text, narrow_text, value_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.quantities import INDEX, MapNames, Page, QuantityTable


def point_text(table: QuantityTable, names: MapNames, index: int, line_name: str = "", *, words: str = "") -> str:
    """Return what is known of a point: ``A sum 71.2 counts, stage_x 0.31 mm, frame 341``.

    Parameters
    ----------
    table : QuantityTable
        What is known.
    names : MapNames
        The value, and where the point is.
    index : int
        Which point.
    line_name : str
        What it is drawn against where it is no map.
    words : str
        What the value is called; its quantity's title if empty.
    """
    told = [_of(table, names.value, index, "no value", words), *(_of(table, name, index, "") for name in _where(names, line_name))]
    return ", ".join([*filter(None, told), f"frame {count_text(index)}"])


def short_point_text(table: QuantityTable, names: MapNames, index: int, line_name: str = "") -> str:
    """Return the numbers of that alone: ``71.2 at 0.31, -0.2, frame 341``; arguments as of `point_text`."""
    value = table.at(names.value, index)
    places = [f"{at:.4g}" for name in _where(names, line_name) if (at := table.at(name, index)) is not None]
    where = f" at {', '.join(places)}" if places else ""
    return f"{'no value' if value is None else narrow_text(value)}{where}, frame {count_text(index)}"


def _where(names: MapNames, line_name: str) -> tuple[str, ...]:
    """Return the names of what tells where a point is."""
    return tuple(dict.fromkeys(name for name in (names.x, names.y, line_name) if name and name != INDEX))


def _of(table: QuantityTable, name: str, index: int, nothing: str, words: str = "") -> str:
    quantity, value = table.quantity(name), table.at(name, index)
    if quantity is None:
        return ""
    words = words or plain(quantity.title)
    if value is None:
        return f"{words} {nothing}" if nothing else ""
    return f"{words} {compact_text(value_text(value))} {plain(quantity.unit)}".rstrip()


def table_text(table: QuantityTable, names: MapNames, page: Page, line_name: str = "") -> str:
    """Return the points of a page as lines of index, positions and value, parted by tabs, below a line that names them."""
    wanted = [INDEX, *dict.fromkeys(filter(None, (names.x, names.y, line_name, names.value)))]
    wanted = list(dict.fromkeys(wanted))
    heads = []
    for name in wanted:
        quantity = table.quantity(name)
        heads.append(plain(quantity.label if quantity is not None else name))
    columns = [table.part(name, page.start, page.stop) for name in wanted]
    lines = ("\t".join(_cell(value) for value in row) for row in np.column_stack(columns).tolist())
    return "\n".join(["\t".join(heads), *lines])


def _cell(value: float) -> str:
    return "" if value != value else repr(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)
