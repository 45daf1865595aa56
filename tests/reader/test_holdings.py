"""The memory of our processes, as the system tells it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from swmr_viewer.reader.supervision.holdings import process_memory


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell how memory is shared")
def test_each_process_counts_once_by_its_share() -> None:
    code = "import sys; kept = bytearray(b'x') * 50_000_000; print(flush=True); sys.stdin.read()"
    started = [subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    try:
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        memory = process_memory(started[0].pid)
    finally:
        for process in started:
            process.communicate()
    assert memory is not None
    assert memory.window == pytest.approx(psutil.Process().memory_full_info().pss, rel=0.1)
    assert 50e6 < memory.reader < 80e6
    assert memory.others > 50e6
    assert memory.total == memory.window + memory.reader + memory.others


def test_where_the_system_does_not_tell_nothing_is_told(tmp_path: Path) -> None:
    assert process_memory(os.getpid(), tmp_path) is None


def test_a_reader_that_is_gone_counts_as_nothing(tmp_path: Path) -> None:
    own = tmp_path / str(os.getpid())
    (own / "task").mkdir(parents=True)
    (own / "smaps_rollup").write_text("0-1 [rollup]\nRss:  20 kB\nPss:  10 kB\n")
    memory = process_memory(1 << 22, tmp_path)
    assert memory is not None
    assert (memory.window, memory.reader, memory.others) == (10240, 0, 0)
