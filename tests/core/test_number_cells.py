"""Numbers as text, very many at once: each reads back as the same, bit for bit, and is what Python writes of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from swmr_viewer.core.number_cells import lines_of, number_cells, whole_cells

N = 20_000
ODD = ("powers of two", "powers of ten and their neighbours", "too large to be exact")
"""Kinds of which some lie just between two shorter texts."""
RANDOM = np.random.default_rng(8)


def kinds() -> Iterator[tuple[str, np.ndarray]]:
    normal = RANDOM.normal(size=N)
    near = 10.0 ** RANDOM.integers(-20, 25, N)
    yield "read back", normal
    yield "large", normal * 1e3
    yield "small", normal * 1e-9
    yield "times", 1.77e9 + np.arange(N) * 1e-3
    yield "asked for", np.round(normal, 3)
    yield "quotients", RANDOM.integers(1, 1000, N) / 7e3
    yield "nines", 1 - 10.0 ** -RANDOM.integers(1, 17, N)
    yield "single", normal.astype("f4").astype("f8")
    yield "with zeros", np.where(normal > 0, 0.0, normal)
    yield "powers of ten and their neighbours", np.nextafter(near, near * RANDOM.choice([-1, 1, np.inf], N))
    yield "powers of two", 2.0 ** RANDOM.integers(-1070, 1024, N)
    yield "any bits", RANDOM.integers(-(2**63), 2**63, N).view("f8")
    yield "too large to be exact", RANDOM.uniform(1e14, 1e17, N)


@pytest.mark.parametrize(("kind", "values"), [*kinds()], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_written_reads_back_as_the_same_bits_and_is_what_python_writes(kind: str, values: np.ndarray) -> None:
    values = np.concatenate([values, [0.5, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1.7976931348623157e308]])
    *lines, end = lines_of([number_cells(values)]).decode().split("\n")
    assert end == ""
    known = ~np.isnan(values)
    assert [bool(line) for line in lines] == known.tolist()
    read = np.array([float(line) for line in lines if line])
    assert (read.view("u8") == values[known].view("u8")).all()
    same = np.mean([line == text for line, text in zip(filter(None, lines), map(repr, values[known].tolist()), strict=True)])
    assert same > (0.6 if kind in ODD else 0.99)


def test_whole_numbers_have_no_point_where_all_of_them_are_whole() -> None:
    counts = np.array([0.0, -0.0, np.nan, 7.0, -120.0, 2.0**53 - 1])
    cells = [whole_cells(np.array([0, 9, 10, 99_999, 100_000, 2**62])), number_cells(counts), number_cells(np.full(6, np.nan))]
    assert lines_of(cells).decode().splitlines() == ["0,0,", "9,-0,", "10,,", "99999,7,", "100000,-120,", f"{2**62},9007199254740991,"]
    assert lines_of([number_cells(np.array([7.0, 0.5]))]) == b"7.0\n0.5\n"
    assert lines_of([number_cells(np.array([]))]) == b""
