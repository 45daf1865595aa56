"""A scan over several files is over when nothing can come: not while a source is open, or a link leads nowhere yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from tests.core.stepping_writer import SteppingWriter, stepping_writer
from tests.live.writers import WAIT_S

pytestmark = pytest.mark.live

N, FRAME = 6, (4, 5)
CREATE = (
    "d = f.create_dataset('data', (0, 4, 5), 'u2', maxshape=(None, 4, 5), chunks=({chunk}, 4, 5)); "
    "k = f.create_dataset('uid', (0,), 'i4', maxshape=(None,), chunks=(8,))"
)
ADD = "i = len(k); d.resize(i + 1, 0); d[i] = i + 1; d.flush(); k.resize(i + 1, 0); k[i] = i + 1; k.flush()"


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[SteppingWriter]:
    """A writer whose file raw.h5 is not there yet; see ``begin``."""
    with stepping_writer(tmp_path / "raw.h5") as writer:
        yield writer


def begin(writer: SteppingWriter, *, chunk: int = 1) -> None:
    """Let it create its file under another name, and let that appear in SWMR mode."""
    writer.do("f = h5py.File(path + '.part', 'w', libver='v110')")
    writer.do(CREATE.format(chunk=chunk))
    writer.do("f.swmr_mode = True; import os; os.rename(path + '.part', path)")


def virtual(path: Path, source: str = "raw.h5", n_mapped: int = N, names: tuple[str, ...] = ("data", "uid")) -> None:
    """Make a master at rest with one mapping per frame and per key."""
    with h5py.File(path, "w", libver="v110") as file:
        for name, frame, dtype in (("data", FRAME, "u2"), ("uid", (), "i4")):
            if name in names:
                layout = h5py.VirtualLayout((n_mapped, *frame), dtype)
                there = h5py.VirtualSource(source, name, (n_mapped, *frame), dtype)
                for index in range(n_mapped):
                    layout[index] = there[index]
                file.create_virtual_dataset(name, layout, fillvalue=0)


def selected(path: Path) -> None:
    """Make a master at rest that maps a part of its source at once."""
    with h5py.File(path, "w", libver="v110") as file:
        layout = h5py.VirtualLayout((N, *FRAME), "u2")
        layout[:] = h5py.VirtualSource("raw.h5", "data", (N + 1, *FRAME))[:N]
        file.create_virtual_dataset("data", layout, fillvalue=0)


def whole(path: Path) -> None:
    """Make a master at rest that maps all of its source, whatever its length."""
    with h5py.File(path, "w", libver="v110") as file:
        layout = h5py.VirtualLayout((N, *FRAME), "u2")
        layout[:] = h5py.VirtualSource("raw.h5", "data", (N, *FRAME))
        file.create_virtual_dataset("data", layout, fillvalue=0)


def growing(path: Path) -> None:
    """Make a master at rest that is as long as its source."""
    extent = h5py.h5s.create_simple((1, *FRAME), (h5py.h5s.UNLIMITED, *FRAME))
    extent.select_hyperslab((0, 0, 0), (h5py.h5s.UNLIMITED, 1, 1), (1, 1, 1), (1, *FRAME))
    with h5py.File(path, "w", libver="v110") as file:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_virtual(extent, b"raw.h5", b"/data", extent)
        h5py.h5d.create(file.id, b"data", h5py.h5t.NATIVE_UINT16, extent, properties)


def nested(path: Path) -> None:
    """Make a master at rest of a master at rest."""
    virtual(path.with_name("inner.h5"))
    virtual(path, "inner.h5", names=("data",))


def linked(path: Path) -> None:
    """Make a master at rest with one numbered link."""
    with h5py.File(path, "w", libver="v110") as file:
        file["data/data_000001"] = h5py.ExternalLink("raw.h5", "/data")


def follow(file: h5py.File, **paths: str) -> Follower:
    return Follower(file, paths.get("keys", ()), WAIT_S, ("file_closed", "timeout"), length_paths=paths.get("lengths", ()))


def ready(follower: Follower, n: int = 0) -> list[int]:
    """Poll until nothing new comes, and n frames did (a link is tried again after a pause); return what is handed out."""
    until = time.monotonic() + WAIT_S
    while follower.refresh() or (follower.n_complete < n and time.monotonic() < until):
        pass
    return list(iter(follower.next_ready, None))


@pytest.mark.parametrize("make", [virtual, selected, growing, nested, linked])
def test_without_keys_a_closed_master_is_over_when_its_source_is(tmp_path: Path, raw: SteppingWriter, make: Callable[..., None]) -> None:
    path = tmp_path / "master.h5"
    make(path)
    with open_swmr(path) as file:
        follower = follow(file, lengths="data")
        assert (ready(follower), follower.check_end(), follower.file_is_closed()) == ([], None, False)
        begin(raw)
        seen: list[int] = []
        for _ in range(N - 1):
            raw.do(ADD)
            seen += ready(follower)
            assert follower.check_end() is None
        raw.close()
        seen += list(follower)
        assert (seen, follower.reason) == (list(range(N - 1)), "file_closed")
        with FrameGrabber(file, "data", scan_rank=1) as grabber:
            assert all((grabber.grab(index) == index + 1).all() for index in seen)


def test_a_source_mapped_as_a_whole_is_not_over_before_it_is_closed(tmp_path: Path, raw: SteppingWriter) -> None:
    whole(tmp_path / "master.h5")
    with open_swmr(tmp_path / "master.h5") as file:
        follower = follow(file, lengths="data")
        begin(raw)
        for _ in range(N):
            assert follower.check_end() is None
            raw.do(ADD)
        assert (ready(follower), follower.reason) == (list(range(N)), None)
        raw.close()
        assert (list(follower), follower.reason) == ([], "file_closed")


@pytest.mark.parametrize("depth", [1, 2])
def test_virtual_keys_are_over_when_the_files_behind_them_are_closed(tmp_path: Path, raw: SteppingWriter, depth: int) -> None:
    path = tmp_path / "master.h5"
    virtual(tmp_path / "inner.h5")
    virtual(path, "raw.h5" if depth == 1 else "inner.h5")
    begin(raw)
    with open_swmr(path) as file:
        follower = follow(file, keys="uid")
        assert (ready(follower), follower.check_end()) == ([], None)
        for index in range(3):
            raw.do(ADD)
            assert ready(follower) == [index]
            assert follower.check_end() is None
        raw.do(ADD)
        raw.close()
        assert (list(follower), follower.reason) == ([3], "file_closed")


def test_numbered_links_are_over_when_the_last_one_leads_somewhere_and_is_closed(tmp_path: Path) -> None:
    names = [f"{number:06}" for number in (1, 2, 3)]
    with h5py.File(tmp_path / "master.h5", "w", libver="v110") as file:
        for name in names:
            file[f"entry/data/data_{name}"] = h5py.ExternalLink(f"data_{name}.h5", "/d")
    with open_swmr(tmp_path / "master.h5") as file:
        follower = follow(file, lengths="entry/data")
        seen: list[int] = []
        for name in names:
            assert (ready(follower), follower.check_end()) == ([], None)
            with h5py.File(tmp_path / "part", "w", libver="v110") as part:
                part["d"] = np.full((2, *FRAME), int(name), "u4")
            (tmp_path / "part").rename(tmp_path / f"data_{name}.h5")
            seen += ready(follower, len(seen) + 2)
        assert (seen, list(follower), follower.reason) == (list(range(6)), [], "file_closed")


def test_frames_that_share_the_last_chunk_wait_for_their_own_file(tmp_path: Path, raw: SteppingWriter) -> None:
    linked(tmp_path / "master.h5")
    begin(raw, chunk=4)
    for _ in range(5):
        raw.do(ADD)
    with open_swmr(tmp_path / "master.h5") as file:
        follower = follow(file, lengths="data")
        assert (ready(follower), follower.check_end()) == ([0, 1, 2, 3], None)
        raw.close()
        assert (list(follower), follower.reason) == ([4], "file_closed")


@pytest.mark.parametrize("link", ["external", "soft to external", "group"])
def test_keys_whose_link_leads_nowhere_yet_are_waited_for(tmp_path: Path, raw: SteppingWriter, link: str) -> None:
    with h5py.File(tmp_path / "master.h5", "w", libver="v110") as file:
        file["far/uid"] = h5py.ExternalLink("raw.h5", "/uid")
        file["near/uid"] = h5py.SoftLink("/far/uid")
    with open_swmr(tmp_path / "master.h5") as file:
        follower = follow(file, keys={"external": "far/uid", "soft to external": "near/uid", "group": "far"}[link])
        assert (ready(follower), follower.check_end()) == ([], None)
        begin(raw)
        raw.do(ADD)
        assert (ready(follower, 1), follower.check_end()) == ([0], None)
        raw.do(ADD)
        raw.close()
        assert (list(follower), follower.reason) == ([1], "file_closed")
