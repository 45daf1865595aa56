"""Where scan points are: the positions of the motors at each of them, as the file has them."""

from swmr_viewer.core.positions.reading import MOST_MOTORS, MotorPositions

__all__ = ["MOST_MOTORS", "MotorPositions"]
