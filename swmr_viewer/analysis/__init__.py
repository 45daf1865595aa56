"""Pure numpy: levels, masks, display downsampling, statistics."""

from swmr_viewer.analysis.levels import LevelStatistics, level_statistics
from swmr_viewer.analysis.masks import sentinel_of, valid_mask
from swmr_viewer.analysis.preview import preview_factor, preview_shape, write_preview

__all__ = [
    "LevelStatistics",
    "level_statistics",
    "preview_factor",
    "preview_shape",
    "sentinel_of",
    "valid_mask",
    "write_preview",
]
