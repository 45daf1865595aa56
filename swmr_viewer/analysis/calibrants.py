"""The d-spacings of powders that geometries are checked with, from their cells and reflection conditions. Pure.

Cells: NIST certificates of SRM 660c (LaB6), 674b (CeO2), 640e (Si) and 676a (Al2O3), at 22.5 degrees Celsius; silver behenate: Huang,
Toraya, Blanton & Wu, J. Appl. Cryst. 26 (1993) 180. Reflection conditions: International Tables for Crystallography, vol. A.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from math import sqrt

from swmr_viewer.core.frozen import frozen

Hkl = tuple[int, int, int]
AGBH_D = 58.380
"""Of (001) of silver behenate (Angstrom); its other lines are this by 2, 3 ..."""
FINEST_D = 0.3
"""Angstrom; no line below is told of."""
MOST_LINES = 100


@frozen
class Reflection:
    """One line of a powder."""

    name: str
    """Its indices: ``110``."""
    d_angstrom: float


@frozen
class _Cell:
    """A cubic cell, or a hexagonal one where ``c`` is given (Angstrom)."""

    a: float
    reflects: Callable[[Hkl], bool]
    c: float | None = None

    def d_of(self, hkl: Hkl) -> float:
        h, k, along_c = hkl
        if self.c is None:
            return self.a / sqrt(h * h + k * k + along_c * along_c)
        return 1 / sqrt(4 / 3 * (h * h + h * k + k * k) / self.a**2 + (along_c / self.c) ** 2)


def _always(hkl: Hkl) -> bool:
    """P: every line."""
    return True


def _face_centred(hkl: Hkl) -> bool:
    """F: all even or all odd."""
    return len({index % 2 for index in hkl}) == 1


def _diamond(hkl: Hkl) -> bool:
    """F d -3 m with atoms at 8a: all odd, or all even with a sum that is a multiple of 4."""
    return _face_centred(hkl) and (hkl[0] % 2 == 1 or sum(hkl) % 4 == 0)


def _corundum(hkl: Hkl) -> bool:
    """R -3 c on hexagonal axes, obverse: -h + k + l = 3n; (h 0 l), (0 k l) and (h -h l): l = 2n."""
    h, k, along_c = hkl
    return (-h + k + along_c) % 3 == 0 and (along_c % 2 == 0 or (h != 0 and k != 0 and h + k != 0))


_CELLS = {
    "LaB6": _Cell(4.156826, _always),
    "CeO2": _Cell(5.411651, _face_centred),
    "Si": _Cell(5.431179, _diamond),
    "Al2O3": _Cell(4.759091, _corundum, 12.991779),
}
CALIBRANTS = (*_CELLS, "AgBh")
"""Names of those that are known."""


@lru_cache
def reflections_of(calibrant: str, finest_angstrom: float = FINEST_D) -> tuple[Reflection, ...]:
    """Return the lines of a powder, the widest spacing first.

    Parameters
    ----------
    calibrant : str
        One of `CALIBRANTS`.
    finest_angstrom : float
        No line with a smaller spacing (Angstrom); there are no more than 100 in any case.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    if calibrant == "AgBh":
        lines = [Reflection(_name((0, 0, order)), AGBH_D / order) for order in range(1, MOST_LINES + 1)]
        return tuple(line for line in lines if line.d_angstrom >= finest_angstrom)
    if calibrant not in _CELLS:
        raise ValueError(f"{calibrant} is not among {', '.join(CALIBRANTS)}.")
    cell = _CELLS[calibrant]
    found: dict[float, Hkl] = {}
    for hkl in _indices(cell, finest_angstrom):
        if any(hkl) and cell.reflects(hkl) and (d := cell.d_of(hkl)) >= finest_angstrom:
            found[round(d, 9)] = max(found.get(round(d, 9), hkl), hkl)
    return tuple(Reflection(_name(found[d]), d) for d in sorted(found, reverse=True)[:MOST_LINES])


def _name(hkl: Hkl) -> str:
    return ("" if max(hkl) < 10 else " ").join(map(str, hkl))


def _indices(cell: _Cell, finest: float) -> list[Hkl]:
    """Return indices that are not negative, up to the finest line: of a hexagonal cell both (hkl) and (khl) are there."""
    most = int(cell.a / finest) + 1
    last = most if cell.c is None else int(cell.c / finest) + 1
    return list(product(range(most + 1), range(most + 1), range(last + 1)))
