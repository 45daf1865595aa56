"""What a file has one number of for each scan point: positions, monitors, temperatures, times; found by NeXus and by shape."""

from swmr_viewer.core.scalars.finding import MOST_SCALARS, FollowedScan, ScalarFinder
from swmr_viewer.core.scalars.scalar import PointSource, Scalar

__all__ = ["MOST_SCALARS", "FollowedScan", "PointSource", "Scalar", "ScalarFinder"]
