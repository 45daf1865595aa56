"""The window's process never loads HDF5: one slow open would freeze every thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer

def main():
    from swmr_viewer.gui.application import run_window
    from swmr_viewer.reader.messages import FollowRequest
    from swmr_viewer.reader.supervision import Supervisor
    supervisor = Supervisor()
    supervisor.start()
    try:
        status = run_window(FollowRequest(sys.argv[1]), supervisor, screenshot=Path(sys.argv[2]), quit_when_finished=True)
    finally:
        supervisor.close()
    late = {"h5py", "hdf5plugin", "pint", "scipy", "lmfit", "fabio", "tifffile", "numpy.ma", "numpy.testing", "pyqtgraph.parametertree",
            "swmr_viewer.reader.child.loop", "swmr_viewer.gui.opening.dialog", "swmr_viewer.simulator"}
    loaded = sorted(late & sys.modules.keys())
    print(json.dumps({"status": status, "loaded": loaded}))

if __name__ == "__main__":
    main()
"""


@pytest.mark.live
def test_a_whole_scan_is_shown_without_hdf5_and_what_only_later_pictures_need(tmp_path: Path) -> None:
    script, scan, shot = tmp_path / "show.py", tmp_path / "scan.h5", tmp_path / "shot.png"
    script.write_text(SCRIPT, encoding="utf-8")
    simulate = [sys.executable, "-m", "swmr_viewer", "simulate", str(scan), "--scan", "3x4", "--frame", "32x32", "--period", "0.02"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(simulate, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as writer:
        shown = subprocess.run(
            [sys.executable, str(script), str(scan), str(shot)], capture_output=True, text=True, timeout=120, env=environment, check=False
        )
        assert writer.wait(60) == 0
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout) == {"status": 0, "loaded": []}
    assert shot.stat().st_size > 10_000
