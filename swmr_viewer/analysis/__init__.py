"""Pure numpy: levels, masks, display downsampling, statistics, regions, profiles, scales, geometry."""

from swmr_viewer.analysis.frame_statistics import FrameStatistics, LevelStatistics, examine, level_statistics, saturation_of
from swmr_viewer.analysis.frame_view import FrameView, Part, ViewChoice, frame_view
from swmr_viewer.analysis.geometry import PixelGeometry, PixelPlace, place_of
from swmr_viewer.analysis.masks import MaskRules, marked, sentinel_of, valid_mask
from swmr_viewer.analysis.preview import MOST_BINS, Thumbnail, preview_factor, preview_shape, spectrum_factor, thumbnail_of, write_preview
from swmr_viewer.analysis.regions import Region, RegionStatistics, line_profile, region_mask, region_statistics
from swmr_viewer.analysis.scaling import Scale, ScaleName, scaled, unscaled

__all__ = [
    "MOST_BINS",
    "FrameStatistics",
    "FrameView",
    "LevelStatistics",
    "MaskRules",
    "Part",
    "PixelGeometry",
    "PixelPlace",
    "Region",
    "RegionStatistics",
    "Scale",
    "ScaleName",
    "Thumbnail",
    "ViewChoice",
    "examine",
    "frame_view",
    "level_statistics",
    "line_profile",
    "marked",
    "place_of",
    "preview_factor",
    "preview_shape",
    "region_mask",
    "region_statistics",
    "saturation_of",
    "scaled",
    "sentinel_of",
    "spectrum_factor",
    "thumbnail_of",
    "unscaled",
    "valid_mask",
    "write_preview",
]
