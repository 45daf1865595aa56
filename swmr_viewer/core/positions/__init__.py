"""Where scan points are: the positions of the motors at each of them, and in which order they were visited, as the file has it."""

from swmr_viewer.core.positions.acquisition import Counting, PointValues, acquisition_values
from swmr_viewer.core.positions.finding import Motor, MotorFinder
from swmr_viewer.core.positions.reading import MOST_MOTORS, MotorPositions
from swmr_viewer.core.positions.values_along import ValuesAlong

__all__ = ["MOST_MOTORS", "Counting", "Motor", "MotorFinder", "MotorPositions", "PointValues", "ValuesAlong", "acquisition_values"]
