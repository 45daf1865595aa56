"""Where scan points are: the positions of the motors at each of them, and in which order they were visited, as the file has it."""

from swmr_viewer.core.positions.acquisition import Counting, PointValues, acquisition_values
from swmr_viewer.core.positions.reading import MOST_MOTORS, MotorPositions

__all__ = ["MOST_MOTORS", "Counting", "MotorPositions", "PointValues", "acquisition_values"]
