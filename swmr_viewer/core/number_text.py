"""Numbers and times as text that people read at a glance (pure functions)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from math import ceil, floor, isfinite, log10

THIN_SPACE = "\u2009"
MINUS, FIGURE_SPACE = "\u2212", "\u2007"
LONGEST_TICK = {"left": 7, "right": 7, "bottom": 10}
"""So many characters of a tick have room beside a plot or a picture, and below it."""
MOST_DIGITS = 6
"""Larger and smaller numbers are written with a power of ten: there is room for about so many."""


def count_text(number: int) -> str:
    """Return a whole number with its thousands apart: ``12 345``."""
    return f"{number:,}".replace(",", THIN_SPACE)


def short_count(number: int, whole_below: int = 1_000_000) -> str:
    """Return a whole number with three digits where it is not below ``whole_below``: ``3.54 M``.

    The other digits are cut and not rounded: what is not complete never reads like all of it.
    """
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= max(size, whole_below):
            step = size // 100 if number < 10 * size else size // 10 if number < 100 * size else size
            return f"{number // step * step / size:g}{THIN_SPACE}{unit}"
    return count_text(number)


def seconds_text(seconds: float) -> str:
    """Return a duration: ``0.1 s``, ``42 s``, ``3 min``, ``2 h``, ``30 days``."""
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 119.5:
        return f"{seconds:.0f} s"
    if seconds < 119.5 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 47.5 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{count_text(round(seconds / 86_400))} days"


def age_text(seconds: float | None) -> str:
    """Return how long ago something was, or nothing where that is not known."""
    return "" if seconds is None else f"{seconds_text(seconds)} ago"


def moment_text(unix_s: float, now_s: float) -> str:
    """Return the time of day, here, with its day where that is not today: ``2026-03-04 14:03:07``; both in s since 1970 (UTC)."""
    try:
        tenths = round(unix_s * 10)
        moment = datetime.fromtimestamp(tenths // 10)
        is_today = moment.date() == datetime.fromtimestamp(now_s).date()
        return f"{moment:%H:%M:%S}.{tenths % 10}" if is_today else f"{moment:%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):  # before year 1, after 9999, or no number
        return ""


def position_text(position: Sequence[int]) -> str:
    """Return a position as people write it: ``(13, 27)``."""
    return "(" + ", ".join(str(p) for p in position) + ")"


def steady_text(value: float) -> str:
    """Return a number that is told again and again, with three decimals, and as wide with a minus as without: ``0.310``.

    Where three decimals would tell too little, or there are too many digits before them, four digits that matter are told.
    """
    told = f"{abs(value):.3f}" if value == 0 or 1e-2 <= abs(value) < 1e6 else f"{abs(value):.4g}"
    return f"{MINUS if value < 0 else FIGURE_SPACE}{told}"


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape: ``20 x 30`` with a real multiplication sign."""
    return " \u00d7 ".join(str(n) for n in shape) if shape else "1 point"


def value_text(value: float | int | complex) -> str:
    """Return a pixel's raw value: whole numbers in full, others with the digits that matter; of complex numbers both parts."""
    if isinstance(value, complex):
        return f"{value_text(value.real)} {'-' if value.imag < 0 else '+'} {value_text(abs(value.imag))} i"
    if isinstance(value, int):
        return count_text(value)
    if not isfinite(value):
        return str(value)
    return f"{value:.6g}"


SUFFIXES = ("", "k", "M", "G", "T", "P")
"""Of thousands: people at beamlines read counts so."""
SHORT_FROM = 1e5
"""From here on a number is shortened where there is little room."""
ROUND_SHORT_FROM = 1e4
LONGEST_SHORT = 7
"""Characters of a number in a narrow column; one more, thinner, where its thousands are apart."""


def narrow_text(value: float) -> str:
    """Return a measured number for a narrow column: ``35.42``, ``99 999``, ``472 k``, ``2.04 M``; as wide for the next frame's."""
    if not isfinite(value):
        return str(value)
    size = abs(value)
    if size >= SHORT_FROM:
        return _with_suffix(value)
    if size >= 1000 or float(value).is_integer():
        return count_text(round(value))
    words = [compact_text(f"{value:#.{digits}g}" if size >= 1e-3 else f"{value:.{digits}g}") for digits in (4, 3, 2)]
    return next((one for one in words if len(one) <= LONGEST_SHORT), words[-1])


def round_text(value: float) -> str:
    """Return a round number in short: ``0.5``, ``5000``, ``20 k``, ``1 M``, ``1e-5``."""
    if not isfinite(value) or abs(value) < ROUND_SHORT_FROM:
        return compact_text(f"{value:.4g}")
    return _with_suffix(value, "")


LEAST_SHARE = 1e-9
"""Of a number; what is known better than so is written without its uncertainty."""


def uncertain_text(value: float, uncertainty: float | None) -> str:
    """Return a number with one digit of its uncertainty, which counts in its last place: ``0.301(4)``, ``1230(60)``, ``1.23(4)e-9``.

    Where the uncertainty is not known, or too small to be written, six digits of the number are told.
    """
    if not isfinite(value) or uncertainty is None or not isfinite(uncertainty) or uncertainty <= LEAST_SHARE * abs(value):
        return _signed(compact_text(f"{value:.6g}"))
    digit, place = map(int, f"{uncertainty:.0e}".split("e"))
    size = int(f"{value:.0e}".partition("e")[2]) if value else place
    power = max(size, place)
    if place < 3 and -4 <= power < MOST_DIGITS:
        power = 0
    mantissa = f"{Decimal(value).scaleb(-power):.{max(0, power - place if power else -place)}f}"
    if power:
        return _signed(f"{mantissa}({digit})e{power}")
    return _signed(f"{mantissa}({digit})" if place <= 0 else f"{round(value / 10**place) * 10**place}({digit * 10**place})")


def _signed(number: str) -> str:
    """Return a number with a minus that is as wide as a plus; nothing is written as less than none."""
    if not number.startswith("-"):
        return number
    return f"{MINUS}{number[1:]}" if any(digit in number.partition("(")[0] for digit in "123456789") else number[1:]


def full_text(value: float) -> str:
    """Return a measured number with all that is known of it, its thousands apart."""
    is_whole = isinstance(value, int) or (value.is_integer() and abs(value) < 2**53)
    return value_text(int(value)) if is_whole else repr(float(value))


def exact_text(value: float) -> str:
    """Return a measured number for another program: all that is known of it, and nothing but digits."""
    return full_text(value).replace(THIN_SPACE, "")


def _with_suffix(value: float, padded: str = "#") -> str:
    power = next((n for n in range(1, len(SUFFIXES)) if abs(value) < 999.5 * 1000.0**n), None)
    if power is None:
        words = [compact_text(f"{value:.{digits}g}") for digits in (3, 2)]
        return next((one for one in words if len(one) <= LONGEST_SHORT), words[-1])
    return f"{format(value / 1000.0**power, f'{padded}.3g').rstrip('.')}{THIN_SPACE}{SUFFIXES[power]}"


def dtype_text(dtype: str) -> str:
    """Return numpy's short name (``<u4``) as people know it (``uint32``)."""
    kinds = {"u": "uint", "i": "int", "f": "float", "c": "complex", "b": "bool"}
    bare = dtype.lstrip("<>|=")
    if len(bare) < 2 or bare[0] not in kinds or not bare[1:].isdigit():
        return dtype
    return "bool" if bare[0] == "b" else f"{kinds[bare[0]]}{8 * int(bare[1:])}"


def compact_text(number: str) -> str:
    """Return a number as it was written with a shorter power of ten: ``1.7e18`` for ``1.7e+18``."""
    mantissa, _, exponent = number.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else number


def tick_text(value: float, spacing: float) -> str:
    """Return a multiple of the spacing with as many digits as it has."""
    value = round(value / spacing) * spacing
    if value == 0:
        return "0"
    places = max(0, ceil(-log10(spacing) - 1e-9))
    if abs(value) < 10**MOST_DIGITS and places < MOST_DIGITS:
        return f"{value:.{places}f}"
    digits = floor(log10(abs(value)) + 1e-9) - floor(log10(spacing) + 1e-9)
    return f"{value:.{max(1, digits + 1)}g}"


def _tick_words(values: Sequence[float], spacing: float) -> list[str]:
    """Return ticks in thousands or millions where they are large, all of them in the same."""
    largest = max(map(abs, values), default=0.0)
    power = 0 if largest < SHORT_FROM or not isfinite(largest) else floor(log10(largest) / 3 + 1e-9)
    if not 0 < power < len(SUFFIXES):
        return [compact_text(tick_text(value, spacing)) for value in values]
    unit = 1000.0**power
    words = [tick_text(value / unit, spacing / unit) for value in values]
    return [word if word == "0" else f"{word}{THIN_SPACE}{SUFFIXES[power]}" for word in words]


def ticks_in_room(values: Sequence[float], spacing: float, base: float, longest: int) -> list[str]:
    """Return the words of ticks; where these are too long, the first tick's in short, and how far the others are above it.

    Parameters
    ----------
    values : sequence of float
        Multiples of the spacing.
    spacing : float
        Between two of them, above 0.
    base : float
        The first tick of the axis.
    longest : int
        So many characters have room.
    """
    words = _tick_words(values, spacing)
    if max(map(len, words), default=0) <= longest:
        return words
    above = [value - base for value in values]
    return [
        compact_text(f"{value:.3g}") if abs(by) < spacing / 2 else f"{'+' if by > 0 else ''}{compact_text(tick_text(by, spacing))}"
        for value, by in zip(values, above, strict=True)
    ]
