"""Images: layers, turning, reduction to the screen, and what is drawn over them."""

from swmr_viewer.gui.image.frame_overlay import Crosshair, FrameOverlay, PixelNumbers
from swmr_viewer.gui.image.image_view import ImageView

__all__ = ["Crosshair", "FrameOverlay", "ImageView", "PixelNumbers"]
