"""What is wrong with a worker, in one sentence."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from swmr_viewer.engines.dask_fitness import Facts, FileLook, facts_here, look_at, misfit, places_in


def _random_file(path: Path, size: int = 100_000) -> Path:
    path.write_bytes(os.urandom(size))
    return path


def _both(path: Path, other: Path, *, same_host: bool, is_closed: bool | None = None) -> tuple[Facts, Facts]:
    """Return what a worker says that sees ``other`` at ``path``, and what is here."""
    places = places_in(str(path))
    here, there = facts_here(str(path), places), facts_here(str(other), places)
    if is_closed is not None:
        here, there = (replace(one, file=replace(one.file, is_closed=is_closed)) for one in (here, there))
    return (there if same_host else replace(there, host="node7", boot="another")), here


@pytest.mark.parametrize("same_host", [True, False])
def test_the_same_file_fits(tmp_path: Path, same_host: bool) -> None:
    path = _random_file(tmp_path / "scan.h5")
    assert misfit(*_both(path, path, same_host=same_host), str(path)) is None


@pytest.mark.parametrize("same_host", [True, False])
@pytest.mark.parametrize("is_closed", [True, False])
def test_another_file_at_the_same_path_is_told(tmp_path: Path, same_host: bool, is_closed: bool) -> None:
    path, other = _random_file(tmp_path / "scan.h5"), _random_file(tmp_path / "other.h5")
    wrong = misfit(*_both(path, other, same_host=same_host, is_closed=is_closed), str(path))
    assert wrong is not None
    assert "another file" in wrong[0]


def test_a_copy_is_told_on_one_host_alone(tmp_path: Path) -> None:
    path = _random_file(tmp_path / "scan.h5")
    copy = Path(shutil.copy(path, tmp_path / "copy.h5"))
    assert misfit(*_both(path, copy, same_host=True), str(path)) is not None
    assert misfit(*_both(path, copy, same_host=False), str(path)) is None


def test_a_file_that_grows_and_is_seen_late_is_the_same(tmp_path: Path) -> None:
    path = _random_file(tmp_path / "scan.h5")
    late = tmp_path / "late.h5"
    content = path.read_bytes()
    late.write_bytes(b"\1" * 2000 + content[2000:60_000] + bytes(10_000))  # other metadata, no end yet, a hole
    assert misfit(*_both(path, late, same_host=False, is_closed=False), str(path)) is None


def test_a_file_without_content_yet_says_nothing(tmp_path: Path) -> None:
    path, other = tmp_path / "scan.h5", tmp_path / "other.h5"
    path.write_bytes(bytes(5000))
    other.write_bytes(bytes(3000))
    assert misfit(*_both(path, other, same_host=False), str(path)) is None


def test_a_file_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    path = _random_file(tmp_path / "scan.h5")
    wrong = misfit(*_both(path, tmp_path / "missing.h5", same_host=False), str(path))
    assert wrong is not None
    assert wrong[0] == f"The workers on node7 do not see {path}: No such file or directory."


def test_a_path_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    assert look_at(str(tmp_path), ()).error
    assert look_at("a\0b", ()).error
    assert places_in(str(tmp_path / "none")) == ()


def test_versions_are_told(tmp_path: Path) -> None:
    path = _random_file(tmp_path / "scan.h5")
    here = facts_here(str(path), places_in(str(path)))
    old = misfit(replace(here, host="node7", program="0.1"), here, str(path))
    assert old is not None
    assert "node7 have swmr_viewer 0.1" in old[0]
    numpy = misfit(replace(here, numpy="1.26.4"), here, str(path))
    assert numpy is not None
    assert "numpy 1.26.4" in numpy[0]


def test_a_file_that_comes_within_the_wait_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "scan.h5"
    monkeypatch.setattr("swmr_viewer.engines.dask_fitness.time.sleep", lambda _: _random_file(path))
    assert isinstance(look := look_at(str(path), (), wait_s=5.0), FileLook)
    assert (look.error, look.size) == ("", 100_000)
