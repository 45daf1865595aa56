"""Pure numpy: levels, masks, display downsampling, statistics, regions, profiles, scales, geometry."""

from swmr_viewer.analysis.accumulating import Accumulator, combined_dtype
from swmr_viewer.analysis.calibrants import CALIBRANTS, Reflection, reflections_of
from swmr_viewer.analysis.corrections import (
    Corrector,
    HowCompared,
    compared,
    compared_dtype,
    corrected,
    corrected_dtype,
    corrector_of,
)
from swmr_viewer.analysis.drawn_masks import drawn_mask
from swmr_viewer.analysis.frame_pass import FramePass, examine
from swmr_viewer.analysis.frame_statistics import FrameStatistics, LevelStatistics, exact_sum, saturation_of
from swmr_viewer.analysis.geometry import PixelPlace, place_of, two_theta_of
from swmr_viewer.analysis.mask_files import read_mask_file
from swmr_viewer.analysis.masks import DEFAULT_RULES, MaskRules, MaskShape, marked, marks_of, sentinel_of, valid_mask
from swmr_viewer.analysis.measures import (
    ALL_REGION_COLUMNS,
    FRAME_COLUMNS,
    REGION_COLUMNS,
    frame_values,
    region_columns,
    region_values,
)
from swmr_viewer.analysis.poni_files import PoniFile, PoniFileError, load_poni
from swmr_viewer.analysis.preview import (
    MOST_BINS,
    Thumbnail,
    preview_factor,
    preview_shape,
    spectrum_factor,
    thumbnail_of,
    write_centred_preview,
    write_preview,
)
from swmr_viewer.analysis.region_files import (
    LONGEST_NAME,
    RegionFile,
    RegionFileError,
    load_regions,
    read_regions,
    save_regions,
    write_regions,
)
from swmr_viewer.analysis.regions import Point, Region, RegionStatistics, line_profile, region_mask, region_statistics, statistics_of
from swmr_viewer.analysis.rings import Ring, RingChoice, RingUnit, missing_for, rings_of
from swmr_viewer.analysis.scaling import ScaleName, Scaling, scaled, unscaled
from swmr_viewer.analysis.views import USUAL_VIEW, FrameView, Part, ViewChoice, resolve_view

__all__ = [
    "ALL_REGION_COLUMNS",
    "CALIBRANTS",
    "DEFAULT_RULES",
    "FRAME_COLUMNS",
    "LONGEST_NAME",
    "MOST_BINS",
    "REGION_COLUMNS",
    "USUAL_VIEW",
    "Accumulator",
    "Corrector",
    "FramePass",
    "FrameStatistics",
    "FrameView",
    "HowCompared",
    "LevelStatistics",
    "MaskRules",
    "MaskShape",
    "Part",
    "PixelPlace",
    "Point",
    "PoniFile",
    "PoniFileError",
    "Reflection",
    "Region",
    "RegionFile",
    "RegionFileError",
    "RegionStatistics",
    "Ring",
    "RingChoice",
    "RingUnit",
    "ScaleName",
    "Scaling",
    "Thumbnail",
    "ViewChoice",
    "combined_dtype",
    "compared",
    "compared_dtype",
    "corrected",
    "corrected_dtype",
    "corrector_of",
    "drawn_mask",
    "exact_sum",
    "examine",
    "frame_values",
    "line_profile",
    "load_poni",
    "load_regions",
    "marked",
    "marks_of",
    "missing_for",
    "place_of",
    "preview_factor",
    "preview_shape",
    "read_mask_file",
    "read_regions",
    "reflections_of",
    "region_columns",
    "region_mask",
    "region_statistics",
    "region_values",
    "resolve_view",
    "rings_of",
    "saturation_of",
    "save_regions",
    "scaled",
    "sentinel_of",
    "spectrum_factor",
    "statistics_of",
    "thumbnail_of",
    "two_theta_of",
    "unscaled",
    "valid_mask",
    "write_centred_preview",
    "write_preview",
    "write_regions",
]
