"""Nothing is replaced, nothing is half written, and programs that write at the same time do not meet."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from swmr_viewer.core.errors import ExportError
from swmr_viewer.export import placing, write_snapshot
from swmr_viewer.export.placing import place_together
from tests.export.test_snapshot import snapshot_of

SET = {".npy": b"pixels", ".json": b"words"}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "out"
    made.mkdir()
    return made


@pytest.fixture(params=["hard links", "no hard links"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if request.param == "no hard links":
        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("either_way")
def test_the_whole_set_takes_the_next_free_name(folder: Path) -> None:
    (folder / "shot.json").write_text("mine")
    (folder / "shot-2.npy").write_text("mine")
    written = place_together(SET, folder, "shot")
    assert [path.name for path in written] == ["shot-3.npy", "shot-3.json"]
    assert [path.read_bytes() for path in written] == [b"pixels", b"words"]
    assert (folder / "shot.json").read_text() == (folder / "shot-2.npy").read_text() == "mine"
    assert names_in(folder) == ["shot-2.npy", "shot-3.json", "shot-3.npy", "shot.json"]


@pytest.mark.usefixtures("either_way")
def test_a_name_taken_at_the_last_moment_moves_the_whole_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program takes the second name between the look and the rename."""
    (folder / "shot.json").write_text("another program's")
    monkeypatch.setattr(os.path, "lexists", lambda _: False)
    written = place_together(SET, folder, "shot")
    assert [path.name for path in written] == ["shot-2.npy", "shot-2.json"]
    assert [path.read_bytes() for path in written] == [b"pixels", b"words"]
    assert (folder / "shot.json").read_text() == "another program's"
    assert names_in(folder) == ["shot-2.json", "shot-2.npy", "shot.json"]


def test_a_dangling_link_counts_as_taken(folder: Path) -> None:
    (folder / "shot.npy").symlink_to(folder / "nowhere")
    assert place_together(SET, folder, "shot")[0].name == "shot-2.npy"
    assert not (folder / "nowhere").exists()


@pytest.mark.usefixtures("either_way")
def test_a_failure_halfway_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = placing.give_name

    def place_one_then_fail(part: Path, target: Path) -> None:
        if target.suffix == ".json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        place(part, target)

    monkeypatch.setattr(placing, "give_name", place_one_then_fail)
    with pytest.raises(ExportError, match="No space left") as caught:
        write_snapshot(snapshot_of(1.5), folder, "shot", ("npy",))
    assert "room" in caught.value.remedy
    assert names_in(folder) == []


def test_the_files_get_ordinary_permissions(folder: Path) -> None:
    (folder / "ordinary").write_text("")
    (path, _) = place_together(SET, folder, "shot")
    assert path.stat().st_mode == (folder / "ordinary").stat().st_mode


WRITE_MANY = """
import sys
from pathlib import Path
from swmr_viewer.export.placing import place_together
sys.stdin.readline()
for number in range(40):
    mark = f"{sys.argv[2]}:{number}".encode()
    place_together({".npy": mark, ".json": mark}, Path(sys.argv[1]), "shot")
"""


def test_programs_that_write_at_the_same_time_do_not_meet(folder: Path) -> None:
    command = [sys.executable, "-c", WRITE_MANY, str(folder)]
    writers = [subprocess.Popen([*command, str(n)], stdin=subprocess.PIPE, text=True) for n in range(3)]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.close()
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    pairs = {path.read_bytes(): path.with_suffix(".json").read_bytes() for path in folder.glob("*.npy")}
    assert len(pairs) == 120
    assert all(npy == json for npy, json in pairs.items())
    assert len(names_in(folder)) == 240
