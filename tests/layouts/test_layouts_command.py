"""``swmr-viewer follow`` beside the writer of each layout with keys: a line for each frame, and the right numbers in it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from swmr_viewer.core.scan import index_of
from swmr_viewer.reader.child.measuring.measured_delivery import measure
from tests.layouts.catalogue import LAYOUTS
from tests.layouts.conftest import LayoutWriter
from tests.layouts.pieces import Layout, Source
from tests.live.writers import WAIT_S

pytestmark = [pytest.mark.live, pytest.mark.slow]

Start = Callable[..., LayoutWriter]

KEYED = [name for name, layout in LAYOUTS.items() if layout.followable_live and layout.key_paths and not layout.tells_shape]


def command(writer: LayoutWriter, order: str) -> list[str]:
    layout = writer.layout
    flag = ["--finished", layout.finished_path] if layout.finished_path else []
    ends = ["timeout", *map(str, layout.ends), *(["finished_flag"] if flag else [])]
    paths = ["--keys", *layout.key_paths, "--data", *layout.data_paths, *flag]
    start = [sys.executable, "-m", "swmr_viewer", "follow", str(writer.path), *paths]
    return [*start, "--until", *ends, "--timeout", str(WAIT_S), "--wait", str(WAIT_S), "--order", order]


@contextmanager
def lines_of(arguments: list[str]) -> Iterator[Iterator[dict[str, Any]]]:
    """Run the command; the iterator ends when it does."""
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(2 * WAIT_S, process.terminate)
        watchdog.start()
        try:
            yield map(json.loads, process.stdout)
            assert process.wait(WAIT_S) == 0
        finally:
            watchdog.cancel()
            watchdog.join()
            if process.poll() is None:
                process.terminate()  # not killed: it has a reader of its own to end
                process.wait(WAIT_S)


@pytest.mark.parametrize("name", KEYED)
def test_each_frame_is_one_line_with_its_numbers(start: Start, name: str) -> None:
    writer = start(name)
    layout = writer.layout
    writer.begin()
    with lines_of(command(writer, "arrival" if layout.order else "scan")) as lines:
        writer.step(layout.n_late_steps)
        assert next(lines)["event"] == "opened"
        writer.run()
        told = list(lines)
    frames = [line for line in told if line["event"] == "frame"]
    found = {index_of(line["position"], layout.scan_shape): line["data"] for line in frames}
    assert len(frames) == len(found) == layout.n_frames
    for index, data in found.items():
        assert data == {source.path: numbers_of(source, index, layout) for source in layout.sources}
    assert [line["event"] for line in told if line["event"] != "frame"] == ["ended"]
    assert told[-1]["reason"] != "timeout"
    assert told[-1]["complete"] == layout.n_frames


def numbers_of(source: Source, index: int, layout: Layout) -> dict[str, Any]:
    numbers = measure(np.asarray(source.expected(index)))
    assert numbers["shape"] == list(source.frame_axes), layout.name
    return numbers
