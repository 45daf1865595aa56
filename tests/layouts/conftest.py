"""A fixture that starts a facility's writer as a real process, and sees to it that none is left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.layouts.catalogue import LAYOUTS
from tests.layouts.pieces import Layout, plan_of
from tests.live.writers import LiveWriter

PERIOD_S = 0.005
"""Between two ticks of a writer that runs by itself: long enough for readers to see files that grow."""


class LayoutWriter(LiveWriter):
    """A layout's writer, led as the simulator is."""

    def __init__(self, folder: Path, layout: Layout, *, stepped: bool = True) -> None:
        # A writer that never enters SWMR mode is held: it goes on at the first step.
        super().__init__(folder / layout.main_file, plan_of(*layout.scan_shape), stepped=stepped, hold=True)
        self.layout = layout

    def begin(self) -> None:
        """Let it enter SWMR mode, if it ever does; no frame is written yet."""
        if self.layout.swmr or self.layout.swmr_sources:
            self.enter_swmr()

    @property
    def keys_set(self) -> set[int]:
        """Every index that a reader may know of."""
        keyed = {int(event.split()[2]) for event in self.events if event.startswith("key ")}
        return keyed | set(self.complete)

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "tests.layouts", self.layout.name, str(self.path.parent), "--period", str(PERIOD_S)]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., LayoutWriter]]:
    """Return a function that starts the writer of a layout: ``start("malcolm")``, in a folder of its own."""
    with ExitStack() as stack:

        def start_one(name: str, *, stepped: bool = True) -> LayoutWriter:
            folder = tmp_path / name
            folder.mkdir()
            return stack.enter_context(LayoutWriter(folder, LAYOUTS[name], stepped=stepped))

        yield start_one
