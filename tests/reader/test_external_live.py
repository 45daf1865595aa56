"""The reader, the commands and a reduction refuse data of other files where that was asked for, and say so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import ExternalDataError, reduce
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reader.messages import (
    Correction,
    Failed,
    Fault,
    FollowRequest,
    FrameReady,
    FrameSource,
    Inspected,
    Opened,
    Previewed,
    SetDisplay,
)
from tests.reader.listening import Listener

FRAMES = np.arange(24, dtype="u2").reshape(2, 3, 4)


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A master whose data and keys are in a detector's file."""
    with h5py.File(tmp_path / "det.h5", "w", libver="v110") as file:
        file["data"], file["uid"] = FRAMES, np.arange(1, 3)
    with h5py.File(tmp_path / "master.h5", "w", libver="v110") as file:
        file["entry/data"] = h5py.ExternalLink("det.h5", "/data")
        file["entry/keys/det"] = h5py.ExternalLink("det.h5", "/uid")
    return tmp_path / "master.h5"


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "swmr_viewer", *map(str, arguments)], capture_output=True, text=True, check=False)


def test_a_reader_follows_what_is_linked_and_refuses_it_where_that_was_asked_for(linked: Path) -> None:
    with Listener() as listener:
        for paths in ({}, {"keys": "/entry/keys", "data": "/entry/data"}):
            listener.follow(linked, **paths)
            assert listener.until_a(Opened).data[0].frame_shape == (3, 4)
            listener.follow(linked, **paths, external=False)
            failed = listener.until_a(Failed, failing=True)
            assert failed.kind is FailureKind.EXTERNAL_DATA
            assert "/entry/keys/det" in failed.message
            assert "det.h5:/uid" in failed.message
            assert "--no-external" in failed.remedy


def test_a_reader_shows_what_is_in_the_file_and_says_what_it_leaves_out(linked: Path) -> None:
    with h5py.File(linked, "a") as file:
        del file["entry/keys/det"]
        file["entry/keys/det"] = np.arange(1, 3)
        file["entry/own/data"] = FRAMES
    with Listener() as listener:
        listener.follow(linked, external=False)
        assert [one.path for one in listener.until_a(Opened).data] == ["/entry/own/data"]
        faults = listener.all_of(Fault) or [listener.until_a(Fault)]  # it may have come together with the opening
        assert "/entry/data (an external link to det.h5:/data)" in faults[0].message
        assert "--no-external" in faults[0].message


def test_inspections_and_previews_refuse_it_too(linked: Path) -> None:
    with Listener() as listener:
        listener.supervisor.inspect(str(linked), external=False)
        answer = listener.until_a(Inspected)
        assert answer.inspection is not None
        assert answer.inspection.data_paths == answer.inspection.key_paths == ()
        listener.supervisor.preview(FollowRequest(str(linked), data_paths=("/entry/data",), external=False))
        assert listener.until_a(Previewed).kind is FailureKind.EXTERNAL_DATA


def test_the_commands_refuse_it_and_end_as_for_bad_input(linked: Path, tmp_path: Path) -> None:
    followed = command("follow", linked, "--no-external", "--timeout", 1)
    assert followed.returncode == 2
    assert "det.h5:/uid" in followed.stdout + followed.stderr
    found = json.loads(command("inspect", linked, "--json", "--no-external").stdout)
    assert {node["kind"] for node in found["tree"]} == {"group", "refused"}
    reduced = command("reduce", linked, "-o", tmp_path / "out.h5", "-r", "statistics", "--no-external")
    assert reduced.returncode == 2
    assert "det.h5:/" in reduced.stdout + reduced.stderr
    assert not (tmp_path / "out.h5").exists()


def test_a_script_reduces_it_only_where_that_is_allowed(linked: Path, tmp_path: Path) -> None:
    with pytest.raises(ExternalDataError, match=r"det\.h5"):
        reduce(linked, tmp_path / "out.h5", "statistics", external=False)
    assert reduce(linked, tmp_path / "out.h5", "statistics", workers=1).n_reduced == 2


@pytest.mark.parametrize("how", ["link", "virtual"])
def test_dark_frames_of_a_file_that_the_user_chose_are_not_brought_in_from_yet_another_one(linked: Path, tmp_path: Path, how: str) -> None:
    scan, dark = tmp_path / "scan.h5", tmp_path / "dark.h5"
    with h5py.File(scan, "w", libver="v110") as file:
        file["data"], file["keys"] = FRAMES, np.arange(1, 3)
    with h5py.File(dark, "w", libver="v110") as file:
        if how == "link":
            file["dark"] = h5py.ExternalLink("det.h5", "/data")
        else:
            layout = h5py.VirtualLayout(FRAMES.shape, "u2")
            layout[:] = h5py.VirtualSource("det.h5", "data", FRAMES.shape)
            file.create_virtual_dataset("dark", layout)
    wish = Correction(dark=FrameSource(str(dark), "/dark"))
    with Listener() as listener:
        for external in (True, False):
            listener.follow(scan, "/keys", "/data", external=external)
            listener.supervisor.send(SetDisplay(listener.generation, data_path="/data", correction=wish))
            if external:
                listener.until(lambda event: isinstance(event, FrameReady) and event.made.corrected == ("dark",))
            else:
                assert "data of other files are not read" in listener.until_a(Fault).message
