"""Storage that is full and folders that may not be written to, for real: each export says one sentence, and leaves no part of a file."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size, and no other user, there")

WRITE = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
import numpy as np
from swmr_viewer.analysis import Region, RegionFile, save_regions
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.export import Snapshot, TableBlock, TableColumn, TableLayout, write_mask, write_snapshot
from swmr_viewer.gui.snapshots.table_order import TableOrder
from swmr_viewer.opening import Preset, save_presets
from tests.reducing.output.outputs import make_scan, output_of

root, orders = Path(sys.argv[1]), json.loads(sys.argv[2])
random = np.random.default_rng(1)
scan = make_scan(root / "scan.h5", (4, 5))

def snapshot(folder):
    shot = Snapshot(random.random((90, 90)), "/data/scan.nxs", "/data", (), 1, (1,), (3,), datetime.now(UTC), png=b"png" * 9000)
    write_snapshot(shot, folder, "shot", ("png", "tiff", "npy"))

def mask(folder):
    write_mask(np.ones((200, 200), bool), folder / "mask.edf")

def regions(folder, replace=False):
    many = tuple(Region(f"r{n}", "rectangle", ((n, 1.5), (9.0, 8.0))) for n in range(99))
    save_regions(RegionFile(many), folder / "regions.json", replace=replace)

def regions_again(folder):
    regions(folder, replace=True)

def presets(folder):
    save_presets([Preset(f"p{n}", data=("/data",)) for n in range(99)], folder / "presets.json")

def table(folder, *endings):
    order = TableOrder(TableLayout((3000,), (TableColumn("x"),), axes=((),)), folder, "table", endings)
    order.put(TableBlock(0, ((0, 3000),), (3000,)), random.random((1, 3000)))
    order.end()
    order.write(None)

def csv(folder):
    table(folder, ".csv")

def nxs(folder):
    table(folder, ".nxs")

def output(folder):
    output_of(scan, folder / "out.h5").close()

said = {}
for name, limit in orders.items():
    folder = root / name
    kind = globals()[name.split("-")[0]]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit or resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    try:
        said[name] = kind(folder) or ""
    except SwmrViewerError as error:
        said[name] = str(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(json.dumps(said))
"""
KINDS = ("snapshot", "mask", "regions", "regions_again", "presets", "csv", "nxs", "output")
FILES = {
    "snapshot": ["shot.json", "shot.npy", "shot.png", "shot.tiff"],
    "mask": ["mask.edf"],
    "presets": ["presets.json"],
    "csv": ["table.csv", "table.json"],
    "nxs": ["table.json", "table.nxs"],
    "output": ["out.h5"],
}
NOBODY = 65534
PR_CAPBSET_DROP = 24


def written(root: Path, orders: dict[str, int], **options: object) -> dict[str, str]:
    """Have a process write each kind, with a limit of a file's size (bytes; 0: none), to a folder of its own; return what it says."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", WRITE, str(root), json.dumps(orders)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment, **options)  # type: ignore[call-overload]
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert list(said) == list(orders)
    return said


def folders(root: Path, names: list[str]) -> None:
    for name in names:
        (root / name).mkdir()
        (root / name / "regions.json").write_text("mine")


def left_in(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, path.read_text()) for path in folder.iterdir()]


def give_up_roots_right() -> None:
    """Give up, for what is started next, the right to write where permissions forbid it (Linux: capabilities 1 and 2)."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            raise OSError


def test_full_storage_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    orders = {kind: 2000 for kind in KINDS if kind != "regions"} | {"nxs-later": 10_000, "nxs-at-its-end": 24_000, "csv-later": 40_000}
    folders(tmp_path, list(orders))
    for name, words in written(tmp_path, orders).items():
        assert os.strerror(errno.EFBIG) in words, name
        assert words.endswith("."), name
        assert str(tmp_path / name) in words or name.startswith(("csv", "nxs"))
        assert left_in(tmp_path / name) == [("regions.json", "mine")], name


def test_a_folder_that_may_not_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    folders(tmp_path, list(KINDS))
    is_root = os.geteuid() == 0
    for kind in KINDS:
        (tmp_path / kind).chmod(0o555)
        if is_root:
            os.chown(tmp_path / kind, NOBODY, NOBODY)
    try:
        said = written(tmp_path, dict.fromkeys(KINDS, 0), **({"preexec_fn": give_up_roots_right} if is_root else {}))
    except subprocess.SubprocessError:
        pytest.skip("root may not give up its right to write everywhere")
    finally:
        for kind in KINDS:
            (tmp_path / kind).chmod(0o755)
    for kind, words in said.items():
        assert os.strerror(errno.EACCES) in words, kind
        assert words.endswith("."), kind
        assert left_in(tmp_path / kind) == [("regions.json", "mine")], kind


def test_where_there_is_room_it_is_written_and_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    folders(tmp_path, list(KINDS))
    said = written(tmp_path, dict.fromkeys(KINDS, 0))
    there = tmp_path / "regions" / "regions.json"
    assert said == dict.fromkeys(KINDS, "") | {"regions": f"There is a file {there} already. Choose another name."}
    for kind in KINDS:
        names = sorted(path.name for path in (tmp_path / kind).iterdir() if not path.name.endswith(".lock"))
        assert names == sorted([*FILES.get(kind, []), "regions.json"])
        assert ((tmp_path / kind / "regions.json").read_text() == "mine") == (kind != "regions_again")
