"""Where the end of a scan is told: whether all files are closed, without reading thousands of them at every poll."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, open_swmr
from swmr_viewer.core.files import leads_out
from swmr_viewer.core.keys import endings, tracker
from swmr_viewer.core.keys.endings import FileWatch


class Files:
    """Files by name: "open", "closed" or missing; counts how often one is read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.states: dict[str | None, str] = {}
        self.n_reads = 0
        self.now = 0.0
        monkeypatch.setattr(endings, "is_closed_by_writer", self._is_closed)

    def _is_closed(self, name: str) -> bool:
        self.n_reads += 1
        return self.states[name] == "closed"

    def names(self) -> Iterator[str | None]:
        yield from self.states

    def later(self) -> None:
        self.now += 1.0


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(monkeypatch)


def test_what_leads_nowhere_yet_counts_as_open(files: Files) -> None:
    watch = FileWatch(files.names, lambda: files.now)
    files.states = {"master": "closed", None: "nowhere"}
    assert not watch.all_closed()
    files.later()
    files.states = {"master": "closed", "part": "closed"}
    assert watch.all_closed()


def test_thousands_of_files_are_not_read_at_every_look(files: Files) -> None:
    files.states = {f"{number}": "closed" for number in range(1000)} | {"last": "open"}
    watch = FileWatch(files.names, lambda: files.now)
    for _ in range(10):
        assert not watch.all_closed()
        files.later()
    assert files.n_reads == 1001 + 9
    files.states["last"] = "closed"
    assert watch.all_closed()


def test_a_file_that_the_last_poll_found_is_not_the_last(files: Files) -> None:
    """It may have been polled while it was open, and be closed by now: what came in between would be lost."""
    files.states = {"1": "closed"}
    watch = FileWatch(files.names, lambda: files.now)
    assert watch.all_closed()
    files.states["2"] = "closed"
    watch.look_again()
    assert not watch.all_closed()
    files.later()
    assert watch.all_closed()
    watch.look_again()
    assert watch.all_closed()


def test_numbered_names_have_no_end_that_files_could_tell(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "0.h5", "w", libver="v110") as file:
        file["d"] = np.ones((2, 4, 5), "i4")
    with h5py.File(tmp_path / "master.h5", "w", libver="v110") as file:
        most = (h5py.h5s.UNLIMITED, 4, 5)
        space = h5py.h5s.create_simple((2, 4, 5), most)
        space.select_hyperslab((0, 0, 0), (h5py.h5s.UNLIMITED, 1, 1), (2, 4, 5), (2, 4, 5))
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_virtual(space, b"%b.h5", b"/d", h5py.h5s.create_simple((2, 4, 5)))
        h5py.h5d.create(file.id, b"data", h5py.h5t.NATIVE_INT32, space, properties)
    with open_swmr(tmp_path / "master.h5") as file:
        follower = Follower(file, (), 0.0, ("file_closed", "timeout"), length_paths="data")
        assert (list(follower), follower.reason) == ([0, 1], "timeout")


def test_links_that_lead_out_of_the_file(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "f.h5", "w", libver="v110") as file:
        file["a/out"] = h5py.ExternalLink("nowhere.h5", "/d")
        file["a/in"] = h5py.SoftLink("nowhere")
        file["a/relative"] = h5py.SoftLink("out")
        file["soft"] = h5py.SoftLink("/a")
        file["round"] = h5py.SoftLink("/round")
        file["a/there"] = 1
        found = {
            path: leads_out(file, path) for path in ("a/out", "a/out/more", "a/in", "a/relative", "soft/out", "round", "a/there", "no")
        }
    assert [path for path, out in found.items() if out] == ["a/out", "a/out/more", "a/relative", "soft/out"]


@pytest.mark.parametrize("named", [{"key_paths": "keys"}, {"key_paths": (), "length_paths": "data"}])
def test_a_closed_file_is_read_to_its_end_although_one_poll_looks_at_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: dict[str, Any]
) -> None:
    monkeypatch.setattr(tracker, "_FRONTIER_BUDGET", 1000)
    monkeypatch.setattr(tracker, "_SMALL_REMAINDER", 0)
    n = 3000
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file.create_dataset("keys", data=np.arange(1, n + 1), maxshape=(None,), chunks=(n,))
        file.create_dataset("data", data=np.ones((n, 1, 1), "u1"), maxshape=(None, 1, 1), chunks=(1, 1, 1))
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, termination_conditions=("file_closed", "timeout"), **named)
        n_polls = 0
        while follower.check_end() is None:  # as the reader does, whatever the poll before has brought
            follower.refresh()
            n_polls += 1
        assert n_polls
        assert follower.reason == "file_closed"
        assert [*iter(follower.next_ready, None)] == [*range(n)]


@pytest.mark.parametrize("ends", ["file_closed", "timeout"])
def test_keys_far_behind_a_gap_are_found_before_a_scan_is_called_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    monkeypatch.setattr(tracker, "_SMALL_REMAINDER", 0)
    monkeypatch.setattr(tracker, "_SWEEP_BUDGET", 1000)
    n, there = 2000, [0, 1, 1721, 1999]
    keys = np.zeros(n, "i4")
    keys[there] = 1
    with h5py.File(tmp_path / "scan.h5", "w", libver="v110") as file:
        file.create_dataset("keys", data=keys, chunks=(1,))  # a look buys 16 of these
    with open_swmr(tmp_path / "scan.h5") as file:
        follower = Follower(file, "keys", 0.0, ends, order="arrival")
        assert [*follower] == there
        assert follower.reason == ends
        follower.reset()
        assert [*follower] == there
