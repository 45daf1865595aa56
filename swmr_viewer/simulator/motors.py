"""Where the motors go: what is asked for at each scan point, and where they are read back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi
from typing import Final

import numpy as np
import numpy.typing as npt

from swmr_viewer.simulator.orders import IndexArray, scan_points_of
from swmr_viewer.simulator.plan import ScanPlan

Floats = npt.NDArray[np.float64]

UNEVENNESS: Final = 0.7
"""By how much steps are finer than the mean in the middle of an uneven axis, and coarser at its ends, as a part of the mean."""
GOLDEN_ANGLE: Final = pi * (3 - 5**0.5)
"""Between one point of a Fermat spiral and the next: no two are ever close, and all have as much room."""


@dataclass(frozen=True, slots=True)
class Motor:
    """A motor of the scan."""

    name: str
    units: str
    first: float
    last: float
    long_name: str
    """For people."""


KNOWN: Final = (
    Motor("energy", "keV", 11.9, 12.1, "Energy"),
    Motor("temperature", "K", 290.0, 350.0, "Temperature"),
    Motor("stage_y", "mm", -0.5, 0.5, "Stage, vertical"),
    Motor("stage_x", "mm", -1.0, 1.0, "Stage, horizontal"),
)
"""A scan of n axes moves the last n, a spiral the last two."""


def motors(plan: ScanPlan) -> tuple[Motor, ...]:
    """Return the motors, slowest axis first; axes beyond the known ones have a number for a name, and steps for values."""
    if plan.spiral:
        return KNOWN[-2:]
    rank = len(plan.scan_shape)
    unnamed = (Motor(f"axis_{n}", "step", 0.0, float(plan.scan_shape[n] - 1), f"Axis {n}") for n in range(rank - len(KNOWN)))
    return (*unnamed, *KNOWN[-rank:])


def axis_of(plan: ScanPlan, name: str) -> int:
    """Return which axis of the scan a motor goes along: that of a spiral is the only one."""
    return 0 if plan.spiral else [motor.name for motor in motors(plan)].index(name)


def axis_values(plan: ScanPlan) -> dict[str, Floats]:
    """Return what is asked for along each motor's axis by name, slowest first; a spiral's have one value per point."""
    return dict(_axis_values(plan.scan_shape, plan.spiral, plan.uneven))


def motor_values(plan: ScanPlan, name: str, indices: IndexArray) -> Floats:
    """Return where a motor was read back when the frames stored at these indices were taken, float64, shape (n,); the seed decides."""
    values = axis_values(plan)
    number, asked = list(values).index(name), values[name]
    points = scan_points_of(plan, indices)
    at = points if plan.spiral else np.unravel_index(points, plan.scan_shape)[number]
    scattered = np.modf(43758.5453 * np.sin(12.9898 * indices + 78.233 * (plan.seed + number + 1)))[0]  # as good as random, and quick
    return np.asarray(asked[at] + plan.jitter * step_of(plan, name) * scattered)


def step_of(plan: ScanPlan, name: str) -> float:
    """Return how far a motor goes from one point of its axis to the next, on average; between neighbours of a spiral."""
    values = axis_values(plan)[name]
    n_steps = max(1.0, plan.n_points**0.5 if plan.spiral else len(values) - 1.0)
    return float(values.max() - values.min()) / n_steps


def fractions_at(plan: ScanPlan, indices: IndexArray) -> Floats:
    """Return how far each motor really had gone at stored indices, 0 to 1 of its travel, float64, shape (motors, n), slowest first."""
    found = np.zeros((len(motors(plan)), len(indices)))
    for number, motor in enumerate(motors(plan)):
        if (travel := motor.last - motor.first) and (plan.spiral or plan.scan_shape[number] > 1):
            found[number] = (motor_values(plan, motor.name, indices) - motor.first) / travel
    return np.clip(found, 0, 1)


@lru_cache(maxsize=8)
def _axis_values(scan_shape: tuple[int, ...], spiral: bool, uneven: bool) -> dict[str, Floats]:
    plan = ScanPlan(scan_shape=scan_shape, spiral=spiral, uneven=uneven)
    parts = _spiral(plan.n_points) if spiral else [_along(length, uneven=uneven) for length in scan_shape]
    values = {motor.name: motor.first + (motor.last - motor.first) * part for motor, part in zip(motors(plan), parts, strict=True)}
    for asked in values.values():
        asked.flags.writeable = False
    return values


def _along(length: int, *, uneven: bool) -> Floats:
    even = np.linspace(0, 1, length)
    return even + UNEVENNESS * np.sin(2 * pi * even) / (2 * pi) if uneven else even


def _spiral(n_points: int) -> list[Floats]:
    """Return the vertical and the horizontal parts of the travel, 0 to 1, of the points of a Fermat spiral from the middle outwards."""
    number = np.arange(n_points)
    radius, angle = 0.5 * np.sqrt((number + 0.5) / n_points), number * GOLDEN_ANGLE
    return [0.5 + radius * np.sin(angle), 0.5 + radius * np.cos(angle)]
