"""Reductions of installed packages: one that is really installed is found, and what is broken breaks itself alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[1] / "example_plugin"

ASK = """
import json, sys
import numpy as np
from swmr_viewer.reductions import FrameDescription, ReductionError, available, describe, prepare_reduction, reduction_named

def told(name):
    try:
        info = describe(name)
        reduction = reduction_named(name)
        prepare_reduction(reduction, FrameDescription((20, 3), "<u2"))
        found = reduction(np.arange(60, dtype="<u2").reshape(20, 3), None)
        values = {key: np.asarray(one).tolist() for key, one in found.items()}
        return [info.origin, info.words, [one.name for one in info.parameters], values]
    except ReductionError as error:
        return str(error)

listed = {info.name: info.origin for info in available()}
loaded = [name for name in sys.modules if name.startswith(("swmr_viewer_band", "broken"))]
print(json.dumps({"listed": listed, "loaded": loaded, "told": {name: told(name) for name in sys.argv[1:]}}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the example, really built and installed."""
    folder = tmp_path_factory.mktemp("site")
    options = ("--target", str(folder), "--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check")
    done = subprocess.run([sys.executable, "-m", "pip", "install", *options, str(PLUGIN)], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def ask(site: Path, *names: str, more: Path | None = None) -> dict[str, dict[str, object]]:
    path = os.pathsep.join(map(str, (site, more) if more else (site,)))
    root = str(PLUGIN.parents[1])
    environment = {**os.environ, "PYTHONPATH": path + os.pathsep + root}
    command = [sys.executable, "-c", ASK, *names]
    done = subprocess.run(command, env=environment, cwd=site, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    return found


def add(folder: Path, package: str, entry_points: str | bytes, metadata: str = "") -> None:
    """Add a package as a folder of its metadata, whatever is in them."""
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(metadata or f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_bytes(entry_points if isinstance(entry_points, bytes) else entry_points.encode())


def test_an_installed_package_is_found(site: Path) -> None:
    found = ask(site, "band")
    assert found["listed"]["band"] == "swmr-viewer-band"
    assert found["loaded"] == []
    expected = {"profile": [13.5, 14.5, 15.5], "brightest": 2.5}
    assert found["told"]["band"] == ["swmr-viewer-band", "Band of rows", ["first", "n_rows"], expected]


def test_what_is_broken_breaks_itself_alone(site: Path, tmp_path: Path) -> None:
    group = "[swmr_viewer.reductions]\n"
    (tmp_path / "broken_import.py").write_text("import sys\nsys.exit('no detector')\n")
    add(tmp_path, "raises", f"{group}raises = broken_import:Name\n")
    add(tmp_path, "nowhere", f"{group}nowhere = no_such_module:Name\nlacks = json:Name\nnone = json:dumps\nsyntax = a b c!!\n")
    add(tmp_path, "takes", f"{group}radial = json:dumps\nother = swmr_viewer_band:Band\nodd/name = json:dumps\n")
    add(tmp_path, "bytes", b"\xff\xfe\x00[[[\n= = =")
    add(tmp_path, "lines", "no group\n[[\n")
    add(tmp_path, "nameless", f"{group}ghost = json:dumps\n", metadata="\n")
    add(tmp_path, "second", f"{group}twice = json:dumps\n")
    add(tmp_path, "third", f"{group}twice = json:dumps\n")
    found = ask(site, "band", "raises", "nowhere", "lacks", "none", "syntax", "other", "twice", "radial", more=tmp_path)
    assert {"band", "raises", "nowhere", "lacks", "none", "syntax", "other", "twice"} <= found["listed"].keys()
    assert found["listed"]["radial"] == "built in"
    assert found["listed"]["twice"] == "second, third"
    assert not {"odd/name"} & found["listed"].keys()
    told = {name: str(words) for name, words in found["told"].items()}
    assert "Band of rows" in told["band"]
    assert told["raises"] == "raises of raises cannot be imported: SystemExit: no detector. Mend or uninstall raises."
    assert told["nowhere"].startswith("nowhere of nowhere cannot be imported: ModuleNotFoundError: No module named 'no_such_module'.")
    assert told["lacks"].startswith("lacks of nowhere cannot be imported: AttributeError")
    assert told["none"].startswith("none of nowhere is no reduction.")
    assert told["syntax"].startswith("syntax of nowhere cannot be imported:")
    assert told["other"] == "other of takes is called band. The entry point and the class must have one name."
    assert told["twice"] == "Several packages bring a reduction twice: second, third. Uninstall all but one."
    assert told["radial"].startswith("A profile along radius (px) needs the beam centre")
