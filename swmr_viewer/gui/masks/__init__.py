"""A mask of one's own: drawn on the picture, loaded from a file, and saved to one."""

from swmr_viewer.gui.masks.mask_parts import MaskParts

__all__ = ["MaskParts"]
