"""The reader process may open as many files as the system lets: a scan may be spread over thousands."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.reader.messages import Opened
from tests.reader.listening import Listener


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="looks into /proc")
def test_the_reader_process_raises_its_limit(tmp_path: Path) -> None:
    import resource

    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file["keys/a"] = np.arange(1, 5)
        file.create_dataset("data", data=np.ones((4, 2, 2), "u2"), chunks=(1, 2, 2))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
    try:
        with Listener() as listener:
            listener.follow(tmp_path / "scan.h5")
            assert listener.until_a(Opened)
            limits = Path(f"/proc/{listener.pid}/limits").read_text(encoding="utf-8")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    (line,) = [line for line in limits.splitlines() if line.startswith("Max open files")]
    assert int(line.split()[3]) == hard > 512
