"""``swmr-viewer inspect``: words and JSON, and words for what cannot be inspected."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from swmr_viewer.commands.inspect import inspection_text
from swmr_viewer.core.inspection import Candidate, FileState, Inspection, TreeNode
from tests.live.conftest import live_writer
from tests.odd_names import write_odd_names

__all__ = ["live_writer"]

KEYS, DATA = "/entry/diamond_scan/keys", "/entry/detector/data"

NODE = TreeNode("/entry/data", "dataset", (3, 5, 7), (None, 5, 7), "uint16", (1, 5, 7), ("bitshuffle",))


def inspect(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "swmr_viewer", "inspect", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_text_names_what_would_be_followed_and_why():
    found = Inspection(
        "scan.h5",
        FileState.SWMR,
        tree=(TreeNode("/entry", "group"), NODE, TreeNode("/entry/lost", "broken link", note="leads to gone.h5")),
        data=(Candidate(NODE, 1.0, "it holds images"),),
        scan_shape=(3,),
        data_paths=("/entry/data",),
        notes=("Something to know.",),
    )
    assert inspection_text(found).splitlines() == [
        "file           scan.h5",
        "state          open for SWMR writing",
        "scan shape     3",
        "keys           none",
        "data           /entry/data",
        "finished flag  none",
        "",
        "Data sets, likeliest first:",
        "  /entry/data  3 (of any) x 5 x 7 uint16, chunks 1 x 5 x 7, bitshuffle: it holds images",
        "",
        "Everything:",
        "  entry/",
        "    data  3 (of any) x 5 x 7 uint16, chunks 1 x 5 x 7, bitshuffle",
        "    lost  broken link, leads to gone.h5",
        "",
        "Something to know.",
    ]


@pytest.mark.live
def test_a_live_file_is_described_in_words_and_as_json(live_writer):
    writer = live_writer(n_keys=2)
    writer.step(2)
    said = inspect(writer.path)
    assert (said.returncode, said.stderr) == (0, "")
    for words in ("open for SWMR writing", "3 x 4", f"{KEYS}/detector", DATA, "scan_finished"):
        assert words in said.stdout
    told = inspect(writer.path, "--json")
    assert told.returncode == 0
    found = json.loads(told.stdout)
    assert found["state"] == "open for SWMR writing"
    assert found["scan_shape"] == [3, 4]
    assert DATA in found["data_paths"]
    assert {"keys", "data", "finished", "tree", "notes", "key_paths", "finished_path", "path"} <= set(found)


def test_what_cannot_be_inspected_is_one_sentence_and_status_2(tmp_path):
    rubbish = tmp_path / "rubbish.h5"
    rubbish.write_bytes(b"no" * 500)
    for path in (tmp_path / "none.h5", rubbish):
        said = inspect(path)
        assert (said.returncode, said.stdout) == (2, "")
        assert said.stderr.startswith("swmr-viewer: ")
        assert str(path) in said.stderr
        assert said.stderr.count("\n") == 1


@pytest.mark.live
@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii:strict"])
def test_names_in_a_file_reach_the_terminal_as_plain_text(tmp_path, encoding):
    path = tmp_path / "odd.h5"
    paths = write_odd_names(path)
    command = [sys.executable, "-m", "swmr_viewer", "inspect", str(path)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, env={**os.environ, "PYTHONIOENCODING": encoding})
    told = done.stdout.decode(encoding.partition(":")[0])
    assert (done.returncode, done.stderr) == (0, b"")
    assert r"\x1b[31mred" in told
    assert r"line\nbreak" in told
    assert r"tab\tname" in told
    assert "Fe&Cu <b>5" in told
    assert ("caf\u00e9" if encoding.startswith("utf") else r"caf\xe9") in told
    assert not set(told) & set(map(chr, (*range(10), *range(11, 32), 127)))
    assert json.loads(subprocess.run([*command, "--json"], capture_output=True, timeout=60, check=True).stdout)["data_paths"]
    assert len(paths) == 7
