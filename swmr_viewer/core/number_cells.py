"""Columns of numbers as text, very many at once: what Python's ``repr`` writes, several times as quickly.

A number is multiplied by a power of ten to a whole one of 17 digits, exactly (as a sum of two floats, after T. J. Dekker, Numer. Math. 18
(1971) 224); 16 or 15 digits are taken where these are nearer to it than half the distance to the next float, so that they read back as
the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Cells = npt.NDArray[np.uint8]
"""Texts in ASCII, shape (bytes, texts): the first byte of each, the second of each; bytes of 0 are to be left out."""
_N_DIGITS = 17
_EXACT_BELOW = 2.0**53
_MOST_EXPONENT = 200
"""Beyond 10 to plus or minus this, which nobody measures, Python itself writes."""
_LEAST_FIXED, _MOST_FIXED = -4, 15
"""Powers of ten that are written without an exponent."""
_SURELY = 1 - 1e-9
_NONE, _ZERO, _POINT, _MINUS, _PLUS, _E, _COMMA, _NEWLINE = map(np.uint8, b"\x000.-+e,\n")


def lines_of(columns: Sequence[Cells]) -> bytes:
    """Return columns of texts as lines with commas between them."""
    n = columns[0].shape[1]
    rows = [np.full(n, _NEWLINE)]
    for cells in reversed(columns):
        rows += [np.full(n, _COMMA), *(row for row in cells[::-1] if row.any())]
    lines = np.empty((n, len(rows) - 1), np.uint8)
    for number, row in enumerate([rows[0], *rows[2:]]):
        lines[:, -1 - number] = row
    return lines.tobytes().translate(None, b"\0")


def number_cells(values: Values) -> Cells:
    """Return numbers as short texts that read back as the same; whole ones without a point where all of them are.

    They are what ``repr`` writes, but for some that are powers of two, or above 10^15: these may have a digit more.

    Parameters
    ----------
    values : float64 array (n,)
        NaN: there is none, and its text is empty.
    """
    is_missing = np.isnan(values)
    known = np.where(is_missing, 0.0, values)
    sizes = np.abs(known)
    are_whole = bool(((sizes < _EXACT_BELOW) & (known == np.floor(known))).all())
    texts = whole_cells(sizes.astype(np.int64)) if are_whole else _float_cells(sizes)
    cells = np.vstack([np.where(np.signbit(known), _MINUS, _NONE)[np.newaxis], texts])
    cells[:, is_missing] = _NONE
    return cells


def whole_cells(numbers: npt.NDArray[np.integer[Any]]) -> Cells:
    """Return whole numbers from 0 on as texts."""
    digits = _digits(numbers.astype(np.int64), len(str(int(numbers.max(initial=0)))))
    has_begun = np.zeros(numbers.size, np.bool_)
    for digit in digits[:-1]:
        has_begun |= digit != _ZERO
        digit[~has_begun] = _NONE
    return digits


@cache
def _four_digits() -> npt.NDArray[np.uint32]:
    return np.frombuffer("".join(f"{number:04d}" for number in range(10_000)).encode(), np.uint32)


def _digits(numbers: Whole, n_digits: int) -> Cells:
    """Return so many decimal digits of numbers, with zeros before them."""
    fours = np.empty((-(-n_digits // 4), numbers.size), np.uint32)
    for row in reversed(fours):
        rest = numbers // 10_000
        row[:] = _four_digits()[numbers - 10_000 * rest]
        numbers = rest
    digits = fours.view(np.uint8).reshape(len(fours), numbers.size, 4)
    return digits.transpose(0, 2, 1).reshape(4 * len(fours), numbers.size)[-n_digits:]


# ---- numbers with a point


def _float_cells(sizes: Values) -> Cells:
    is_usual = (sizes == 0) | ((sizes > 10.0**-_MOST_EXPONENT) & (sizes < 10.0**_MOST_EXPONENT))
    whole, exponents = _shortest(np.where(is_usual, sizes, 0.0))
    cells = _written(_digits(whole, _N_DIGITS), exponents)
    for at in np.flatnonzero(~is_usual).tolist():
        text = repr(float(sizes[at])).encode()
        cells[:, at] = list(text.ljust(len(cells), b"\0"))
    return cells


def _shortest(sizes: Values) -> tuple[Whole, Whole]:
    """Return whole numbers of 17 digits, as many zeros at their ends as can be, and the powers of ten of their first digits."""
    exponents = np.floor(np.log10(np.where(sizes == 0, 1.0, sizes))).astype(np.int64)
    whole, rest = _scaled(sizes, exponents)
    for is_off, by in ((whole >= 10**17, 1), ((whole < 10**16) & (sizes != 0), -1)):  # of a logarithm that is not exact
        if is_off.any():
            exponents[is_off] += by
            whole[is_off], rest[is_off] = _scaled(sizes[is_off], exponents[is_off])
    half_a_step = 0.5 * _SURELY * (sizes - np.nextafter(sizes, 0.0)) * _powers()[0][_power_number(exponents)]
    found = whole
    for step in (10, 100):
        shorter = (whole + np.where(rest < 0, step // 2 - 1, step // 2)) // step * step
        found = np.where(np.abs((whole - shorter) + rest) < half_a_step, shorter, found)
    is_over = found == 10**17
    return np.where(is_over, 10**16, found), exponents + is_over


def _scaled(sizes: Values, exponents: Whole) -> tuple[Whole, Values]:
    """Return numbers with their first digit at 10^16: rounded, and what is left, between -0.5 and 0.5."""
    high, low = (powers[_power_number(exponents)] for powers in _powers())
    product, below = _exact_product(sizes, high)
    below += sizes * low
    rounded = np.rint(below)
    return product.astype(np.int64) + rounded.astype(np.int64), below - rounded


def _exact_product(one: Values, other: Values) -> tuple[Values, Values]:
    """Return a product and by how much it is too small."""
    product = one * other
    (a, b), (c, d) = _halves(one), _halves(other)
    return product, ((a * c - product) + a * d + b * c) + b * d


def _halves(values: Values) -> tuple[Values, Values]:
    """Return the upper and the lower 26 bits."""
    much = values * 134217729.0
    upper = much - (much - values)
    return upper, values - upper


def _power_number(exponents: Whole) -> Whole:
    return exponents + _MOST_EXPONENT + 1


@cache
def _powers() -> tuple[Values, Values]:
    """Return 10^(16 - exponent), for each exponent, as sums of two floats."""
    exact = [Fraction(10) ** (_N_DIGITS - 1 - exponent) for exponent in range(-_MOST_EXPONENT - 1, _MOST_EXPONENT + 2)]
    high = [float(power) for power in exact]
    return np.array(high), np.array([float(power - Fraction(part)) for power, part in zip(exact, high, strict=True)])


def _written(digits: Cells, exponents: Whole) -> Cells:
    """Return digits with a point where it belongs, and with a power of ten where Python writes one."""
    power = exponents.astype(np.int16)
    is_fixed = (power >= _LEAST_FIXED) & (power <= _MOST_FIXED)
    _drop_zeros(digits, np.where(is_fixed, power + 1, 0))
    below_1 = np.where(is_fixed, -power, 0)
    cells = [np.where(below_1 >= least, byte, _NONE) for least, byte in ((1, _ZERO), (1, _POINT), (2, _ZERO), (3, _ZERO), (4, _ZERO))]
    point = np.where(is_fixed, np.where(power < 0, -1, power + 1), 1)
    for number, digit in enumerate(digits):
        if (is_here := (point == number) & (digit != _NONE)).any():
            cells.append(np.where(is_here, _POINT, _NONE))
        cells.append(digit)
    if not is_fixed.all():
        cells += (np.where(is_fixed, _NONE, one) for one in _power_cells(power))
    return np.array(cells)


def _drop_zeros(digits: Cells, last_kept: npt.NDArray[np.int16]) -> None:
    is_needed = np.zeros(digits.shape[1], np.bool_)
    for number in range(len(digits) - 1, -1, -1):
        is_needed |= digits[number] != _ZERO
        digits[number][~is_needed & (last_kept < number)] = _NONE


def _power_cells(power: npt.NDArray[np.int16]) -> list[Cells]:
    hundreds, tens, ones = _digits(np.abs(power).astype(np.int64), 3)
    sign = np.where(power < 0, _MINUS, _PLUS)
    return [np.full_like(ones, _E), sign, np.where(hundreds == _ZERO, _NONE, hundreds), tens, ones]
