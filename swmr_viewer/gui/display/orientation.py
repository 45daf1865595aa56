"""How a frame lies on the screen: turned and mirrored, while coordinates stay the file's own."""

from __future__ import annotations

from dataclasses import replace

from swmr_viewer.core.frozen import frozen

Rect = tuple[float, float, float, float]


@frozen
class Orientation:
    """One of the eight ways to lay a frame down.

    Three switches are enough, and none of them depends on the frame's size: the view swaps the two axes
    and lets each of them run one way or the other, so that the tick labels are right by themselves.
    """

    transposed: bool = False
    """The file's rows (y) run across the screen, its columns (x) down."""
    leftward: bool = False
    """The numbers grow from right to left."""
    upward: bool = False
    """The numbers grow from bottom to top: the origin is at the bottom."""

    def turned_right(self) -> Orientation:
        """Turn what is seen by 90 degrees, clockwise."""
        return Orientation(not self.transposed, not self.upward, self.leftward)

    def turned_left(self) -> Orientation:
        """Turn what is seen by 90 degrees, counter-clockwise."""
        return Orientation(not self.transposed, self.upward, not self.leftward)

    def mirrored_sideways(self) -> Orientation:
        """Swap what is seen on the left and on the right."""
        return replace(self, leftward=not self.leftward)

    def mirrored_upside_down(self) -> Orientation:
        """Swap what is seen at the top and at the bottom."""
        return replace(self, upward=not self.upward)

    @property
    def axis_names(self) -> tuple[str, str]:
        """Which of the file's axes runs across the screen, and which one down it."""
        return ("y", "x") if self.transposed else ("x", "y")

    def frame_rect(self, left: float, top: float, width: float, height: float) -> Rect:
        """Return a rectangle of the view in the file's coordinates (and the other way round: it is its own inverse)."""
        return (top, left, height, width) if self.transposed else (left, top, width, height)

    def frame_point(self, across: float, down: float) -> tuple[float, float]:
        """Return a point of the view as the file's (x, y), and the other way round."""
        return (down, across) if self.transposed else (across, down)
