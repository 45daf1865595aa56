"""What the open dialog decides, without a window: which paths fit, what is previewed, presets, files opened before (no Qt)."""

from swmr_viewer.opening.assessment import Assessment, Remark, Tone, may_come, path_from
from swmr_viewer.opening.checking import Field, shape_text
from swmr_viewer.opening.form import SEPARATOR, PathsField, RequestForm, suggested_paths
from swmr_viewer.opening.previews import preview_request, preview_text
from swmr_viewer.opening.stored import (
    Preset,
    PresetError,
    load_presets,
    paths_text,
    preset_named,
    preset_of,
    recent_from_json,
    recent_to_json,
    save_presets,
    with_presets,
    without_schedulers,
)

__all__ = [
    "SEPARATOR",
    "Assessment",
    "Field",
    "PathsField",
    "Preset",
    "PresetError",
    "Remark",
    "RequestForm",
    "Tone",
    "load_presets",
    "may_come",
    "path_from",
    "paths_text",
    "preset_named",
    "preset_of",
    "preview_request",
    "preview_text",
    "recent_from_json",
    "recent_to_json",
    "save_presets",
    "shape_text",
    "suggested_paths",
    "with_presets",
    "without_schedulers",
]
