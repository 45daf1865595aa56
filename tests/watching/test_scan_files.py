"""Masters and what is written beside them, by their names alone, and in a folder that is looked into."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swmr_viewer.core.inspection import FileState
from swmr_viewer.watching.scan_files import USUAL_PATTERN, family_of, masters_of
from swmr_viewer.watching.scan_finder import PATIENT_POLLS, SAME_SCAN_NS
from tests.watching.test_scan_finder import CLOSED, SWMR, WRITING, Folder


def masters(name: str, *others: str) -> list[str]:
    folder = os.path.join("data", "visit")
    paths = [os.path.join(folder, one) for one in (name, *others)]
    return [os.path.basename(one) for one in masters_of(paths[0], family_of(paths))]


@pytest.mark.parametrize(
    ("name", "master"),
    [
        ("i22-7.h5", "i22-7.nxs"),
        ("i22-7-saxs.h5", "i22-7.nxs"),
        ("i22-7_det.hdf5", "i22-7.nxs"),
        ("i22-7.det.h5", "i22-7.nxs"),
        ("i22-7_000001.h5", "i22-7.nxs"),
        ("i22-7_eiger_meta.h5", "i22-7.nxs"),
        ("run_master.h5", "run.nxs"),
        ("run_data_000001.h5", "run_master.h5"),
        ("run_000002.h5", "run_vds.h5"),
        ("run_meta.h5", "run_vds.h5"),
        ("run_meta.h5", "run.h5"),
        ("run_000002.h5", "run.hdf5"),
    ],
)
def test_a_companion_has_its_masters_stem_and_more(name: str, master: str) -> None:
    assert masters(name, master) == [master]
    assert masters(master, name) == []


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("i22-7_processed.nxs", "i22-7.nxs"),
        ("i22-70.h5", "i22-7.nxs"),
        ("i22-7-saxs.h5", "i22-8.nxs"),
        ("i22-7.nxs", "i22-7-saxs.h5"),
        ("scan_0002.h5", "scan.h5"),
        ("scan_0002.h5", "scan_0001.h5"),
        ("scan_000002.h5", "scan_000001.h5"),
        ("sample_turned.h5", "sample.h5"),
        ("_000001.h5", "_meta.h5"),
    ],
)
def test_scans_of_their_own_have_no_master(name: str, other: str) -> None:
    assert masters(name, other) == []


def test_parts_without_a_master_belong_to_the_first_of_them_where_a_meta_file_says_so() -> None:
    parts = ("run_000001.h5", "run_000002.h5", "run_meta.h5")
    assert [masters(one, *parts) for one in parts] == [[], ["run_000001.h5"], ["run_000001.h5"]]


def test_the_likeliest_master_comes_first_and_one_elsewhere_is_none() -> None:
    there = ("a.nxs", "a_1.nxs", "a_1_run_vds.h5", "a_1_run_master.h5", "a_1_run_000001.h5", "a_1_run_meta.h5")
    assert masters("a_1_run_000002.h5", *there) == ["a_1.nxs", "a.nxs", "a_1_run_master.h5", "a_1_run_vds.h5", "a_1_run_000001.h5"]
    assert masters("a-saxs.h5", os.path.join("deeper", "a.nxs")) == []


# ---- in a folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path, USUAL_PATTERN)
    made.started()
    return made


def test_a_scan_is_shown_and_not_what_its_detectors_write_beside_it(folder: Folder) -> None:
    for name in ("1.nxs", "1-saxs.h5", "1-eiger_000001.h5", "1-eiger_meta.h5"):
        folder.put(name)
    assert folder.started() == "1.nxs"
    folder.put("1-waxs.h5")
    folder.put("1-eiger_000002.h5", WRITING)
    assert folder.started() == ""
    folder.states.update({"1.nxs": CLOSED, "1-eiger_000002.h5": CLOSED})
    assert folder.finder.poll().preparing == ""
    folder.put("1-late.h5", CLOSED)
    assert folder.started() == ""
    folder.put("2.nxs")
    folder.put("2-saxs.h5")
    assert folder.started() == "2.nxs"


def test_a_detectors_file_that_comes_first_makes_way_for_its_master(folder: Folder) -> None:
    folder.put("1-saxs.h5")
    assert folder.started() == "1-saxs.h5"
    folder.put("1.nxs")
    assert folder.started() == "1.nxs"
    assert folder.started() == ""


def test_a_companion_waits_for_its_master_and_not_for_ever(folder: Folder) -> None:
    folder.put("1.nxs", WRITING)
    folder.put("1-saxs.h5")
    for _ in range(PATIENT_POLLS):
        polled = folder.finder.poll()
        assert (polled.started, Path(polled.preparing).name) == ("", "1.nxs")
    assert folder.started() == "1-saxs.h5"
    assert folder.started() == ""
    folder.states["1.nxs"] = SWMR
    assert folder.started() == "1.nxs"


def test_a_companion_that_waited_is_not_shown_once_its_master_is(folder: Folder) -> None:
    folder.put("1.nxs", WRITING)
    folder.put("1-saxs.h5")
    assert folder.started() == ""
    folder.states["1.nxs"] = SWMR
    assert folder.started() == "1.nxs"
    assert [folder.started() for _ in range(PATIENT_POLLS + 2)] == [""] * (PATIENT_POLLS + 2)


@pytest.mark.parametrize("state", [FileState.NO_SWMR, FileState.NOT_HDF5])
def test_a_master_that_cannot_be_followed_leads_nobody(folder: Folder, state: FileState) -> None:
    folder.put("1.nxs", state)
    folder.put("1-eiger_000001.h5")
    folder.put("1-eiger_000002.h5")
    folder.put("1-eiger_meta.h5")
    assert folder.started() == "1-eiger_000001.h5"
    assert folder.started() == ""


def test_a_master_of_another_day_leads_nobody(folder: Folder) -> None:
    folder.put("1.nxs")
    assert folder.started() == "1.nxs"
    folder._time_s += SAME_SCAN_NS // 10**9 + 10
    folder.put("1-again.h5")
    assert folder.started() == "1-again.h5"


def test_at_the_first_look_the_master_of_the_running_scan_is_shown(tmp_path: Path) -> None:
    folder = Folder(tmp_path, USUAL_PATTERN)
    folder.put("1.nxs")
    for number in range(1, 60):
        folder.put(f"1-eiger_{number:06}.h5", CLOSED if number < 59 else SWMR)
    assert folder.started() == "1.nxs"
    assert len(folder.asked) == 1


def test_a_pattern_of_ones_own_brings_exactly_what_fits_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "*_000001.h5; *-saxs.h5")
    folder.started()
    for name in ("1.nxs", "1-eiger_meta.h5", "1-eiger_000001.h5", "1-eiger_000002.h5"):
        folder.put(name)
    assert folder.started() == "1-eiger_000001.h5"
    folder.put("1-saxs.h5")
    assert folder.started() == "1-saxs.h5"


def test_a_path_that_is_written_anew_is_seen_behind_however_many_companions(folder: Folder) -> None:
    for name in ("test.nxs", *(f"test_{number:06}.h5" for number in range(1, 60))):
        folder.put(name, CLOSED)
    assert folder.started() == "test.nxs"
    file = folder.path / "test.nxs"
    before = file.stat()
    file.write_text("0", encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    folder.states["test.nxs"] = SWMR
    assert folder.started() == "test.nxs"
