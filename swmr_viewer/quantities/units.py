"""Units of expressions, where they are plain: products of words with whole powers, as files write them. Nothing is converted."""

from __future__ import annotations

import re
from collections.abc import Mapping

Unit = Mapping[str, int]
"""The power of each word; {} for a plain number, such as a ratio."""

_LONGEST = 60
_FACTOR = re.compile(r"([^\W\d_]+|%|°[^\W\d_]*)(?:\s*(?:\*\*|\^)?\s*(-?[0-9]+))?")
_JOIN = re.compile(r"\s*([*·./ ])\s*")
_OVER = re.compile(r"1\s*/\s*")
_NUMBERS = ("", "1", "dimensionless", "none")
_SPELLINGS = {
    "count": "counts", "cts": "counts", "ct": "counts", "photon": "photons", "pixel": "px", "pixels": "px",
    "second": "s", "seconds": "s", "sec": "s", "millisecond": "ms", "milliseconds": "ms",
    "meter": "m", "meters": "m", "metre": "m", "metres": "m", "millimeter": "mm", "millimeters": "mm", "millimetre": "mm",
    "millimetres": "mm", "micrometer": "um", "micrometers": "um", "micrometre": "um", "micron": "um", "microns": "um",
    "\u00b5m": "um", "\u03bcm": "um", "nanometer": "nm", "nanometers": "nm", "angstroms": "angstrom", "degree": "deg",
    "degrees": "deg", "radian": "rad", "radians": "rad", "kelvin": "K", "ampere": "A", "amperes": "A", "volt": "V", "volts": "V",
}  # fmt: skip
"""Words of one meaning, so that counts / count is a plain number."""


def parsed(text: str) -> Unit | None:
    """Return what a unit is made of, or None where there is none: then nobody knows of what its values are.

    A text that is no product (``arb. units``) is one word of its own: it can be cancelled and multiplied.
    """
    text = " ".join(text.split())
    if text.lower() in _NUMBERS:
        return None if not text else {}
    if len(text) > _LONGEST:
        return None
    return _product(text) or {_SPELLINGS.get(text.lower(), text): 1}


def _product(text: str) -> Unit | None:
    found: dict[str, int] = {}
    sign, at = 1, 0
    over = _OVER.match(text)
    if over is not None:
        sign, at = -1, over.end()
    while True:
        factor = _FACTOR.match(text, at)
        if factor is None or len(factor[2] or "") > 2:
            return None
        word = _SPELLINGS.get(factor[1].lower(), factor[1])
        found[word] = found.get(word, 0) + sign * int(factor[2] or 1)
        at = factor.end()
        if at == len(text):
            return {word: power for word, power in found.items() if power}
        join = _JOIN.match(text, at)
        if join is None or (join[1] == "." and join[0] != "."):
            return None
        sign, at = -1 if join[1] == "/" else 1, join.end()


def written(unit: Unit | None) -> str:
    """Return a unit as a text: ``counts/s``, ``mm^2``, ``1/s``; "" for a plain number and where it is not known."""
    above = "*".join(_power(word, power) for word, power in (unit or {}).items() if power > 0)
    below = "".join("/" + _power(word, -power) for word, power in (unit or {}).items() if power < 0)
    return f"{above or '1'}{below}" if above or below else ""


def _power(word: str, power: int) -> str:
    return word if power == 1 else f"{word}^{power}"


def times(one: Unit | None, other: Unit | None, sign: int = 1) -> Unit | None:
    """Return the unit of a product (of a quotient where ``sign`` is -1)."""
    if one is None or other is None:
        return None
    powers = {word: one.get(word, 0) + sign * other.get(word, 0) for word in dict.fromkeys((*one, *other))}
    return {word: power for word, power in powers.items() if power}


def to_power(unit: Unit | None, power: float) -> Unit | None:
    """Return the unit of a power, where its powers are whole."""
    if unit is None or any(not (number * power).is_integer() or abs(number * power) > 99 for number in map(float, unit.values())):
        return None
    return {word: int(number * power) for word, number in unit.items() if power}
