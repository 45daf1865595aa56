"""Fixtures that start real writer processes, and see to it that none is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter

SMALL = {"scan_shape": (3, 4), "frame_shape": (24, 32), "period_s": 0.0}
"""A plan that takes no time."""


@pytest.fixture
def live_writer(tmp_path: Path) -> Iterator[Callable[..., LiveWriter]]:
    """Return a function that starts a writer: ``live_writer(scan_shape=(2, 3), n_keys=2)``; options are the plan's.

    ``name``, ``stepped`` and ``hold`` are the file's name and the options of ``LiveWriter``.
    """
    with ExitStack() as stack:

        def start(name: str = "scan.h5", *, stepped: bool = True, hold: bool = False, **plan: Any) -> LiveWriter:
            return stack.enter_context(LiveWriter(tmp_path / name, ScanPlan(**{**SMALL, **plan}), stepped=stepped, hold=hold))

        yield start
