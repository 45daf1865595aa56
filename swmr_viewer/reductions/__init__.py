"""Reductions: what a frame becomes by a plug-in, numbers, a pattern or a picture; the built-in ones, and how others are found."""

from swmr_viewer.reductions.contract import (
    Frame,
    FrameDescription,
    Mask,
    NoParameters,
    Output,
    OutputAxis,
    Outputs,
    Reduction,
    ReductionError,
)
from swmr_viewer.reductions.finding import ReductionInfo, available, checked_class, describe, reduction_class, reduction_named
from swmr_viewer.reductions.outputs import as_arrays, checked_outputs, prepare_reduction, prepared_copy
from swmr_viewer.reductions.parameter_info import ParameterInfo, ParameterKind, text_of
from swmr_viewer.reductions.parameter_values import value_from
from swmr_viewer.reductions.parameters import checked_parameters, parameter, parameters_from, parameters_of, values_of
from swmr_viewer.reductions.scripts import is_script

__all__ = [
    "Frame",
    "FrameDescription",
    "Mask",
    "NoParameters",
    "Output",
    "OutputAxis",
    "Outputs",
    "ParameterInfo",
    "ParameterKind",
    "Reduction",
    "ReductionError",
    "ReductionInfo",
    "as_arrays",
    "available",
    "checked_class",
    "checked_outputs",
    "checked_parameters",
    "describe",
    "is_script",
    "parameter",
    "parameters_from",
    "parameters_of",
    "prepare_reduction",
    "prepared_copy",
    "reduction_class",
    "reduction_named",
    "text_of",
    "value_from",
    "values_of",
]
