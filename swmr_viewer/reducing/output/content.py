"""What an output is of, and the names of what stands in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.nexus_writing import allowed_names
from swmr_viewer.reducing.output.source_facts import SourceFacts
from swmr_viewer.reductions import Output, OutputAxis

Shape = tuple[int, ...]

PROGRAM = "swmr_viewer"
LAYOUT = 1
"""Of outputs; another one is not taken up."""
KEYS_GROUP, FLAG, PROCESS = "/entry/keys", "/entry/scan_finished", "/entry/process"
FINGERPRINT = f"{PROCESS}/source/frame"
TAKEN = ("keys", "scan_finished", "process")
"""Names in the entry."""


@frozen(eq=False)
class OutputContent:
    """What an output is of."""

    reduction: str
    values: Mapping[str, Any]
    outputs: tuple[Output, ...]
    source: SourceFacts

    @property
    def group_name(self) -> str:
        """Of the NXdata group, in the entry."""
        last = self.reduction.replace("\\", "/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        return allowed_names([last], TAKEN, "reduction")[0]

    @property
    def group_path(self) -> str:
        """Of the NXdata group."""
        return f"/entry/{self.group_name}"

    @property
    def keys_path(self) -> str:
        """Of the keys."""
        return f"{KEYS_GROUP}/{self.group_name}"

    @property
    def values_text(self) -> str:
        """The parameters as JSON, always the same text for the same values."""
        return json.dumps(dict(self.values), sort_keys=True, default=str)

    @property
    def outputs_text(self) -> str:
        """The outputs as JSON, without the values of their axes."""
        told = [
            {"name": one.name, "shape": one.shape, "unit": one.unit, "dtype": np.dtype(one.dtype).str, "axes": self.axes_of_output(one)}
            for one in self.outputs
        ]
        return json.dumps(told, sort_keys=True)

    def axes_of_output(self, output: Output) -> list[str]:
        """Return the names of the data sets with an output's axes; "." where it has none."""
        known = self.axes()
        names = [next(name for name, one in known if _is_equal(one, axis)) for axis in output.axes]
        return names if len(names) == len(output.shape) else ["."] * len(output.shape)

    def axes(self) -> list[tuple[str, OutputAxis]]:
        """Return the axes of all outputs by the names of their data sets, equal ones once."""
        found: list[OutputAxis] = []
        for axis in (axis for output in self.outputs for axis in output.axes):
            if not any(_is_equal(axis, one) for one in found):
                found.append(axis)
        names = allowed_names([axis.name for axis in found], [output.name for output in self.outputs])
        return list(zip(names, found, strict=True))


def _is_equal(one: OutputAxis, other: OutputAxis) -> bool:
    return (one.name, one.unit) == (other.name, other.unit) and np.array_equal(one.values, other.values, equal_nan=True)
