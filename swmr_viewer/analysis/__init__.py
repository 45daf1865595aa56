"""Pure numpy: levels, masks, display downsampling, statistics."""

from swmr_viewer.analysis.frame_statistics import FrameStatistics
from swmr_viewer.analysis.levels import LevelStatistics, level_statistics
from swmr_viewer.analysis.masks import MaskRules, sentinel_of, valid_mask
from swmr_viewer.analysis.preview import preview_factor, preview_shape, write_preview
from swmr_viewer.analysis.regions import Region, RegionStatistics, region_mask, region_statistics

__all__ = [
    "FrameStatistics",
    "LevelStatistics",
    "MaskRules",
    "Region",
    "RegionStatistics",
    "level_statistics",
    "preview_factor",
    "preview_shape",
    "region_mask",
    "region_statistics",
    "sentinel_of",
    "valid_mask",
    "write_preview",
]
