"""Finding keys, data sets, finished flag and scan shape in the layouts of the field, and in files that are not quite right."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.discovery import inspect_file, inspect_open
from swmr_viewer.core.errors import FileNotThereError, NotSwmrYetError
from swmr_viewer.core.inspection import FileState, Inspection, TreeNode
from tests.core.stepping_writer import stepping_writer


def new_file(path: Path) -> h5py.File:
    return h5py.File(path, "w", libver=("v110", "v110"))


def growing(h5file: h5py.File, path: str, shape: tuple[int, ...], dtype: str, frame_rank: int = 0, **options: object) -> h5py.Dataset:
    """A data set whose scan axes are unlimited."""
    scan_rank = len(shape) - frame_rank
    limits = (None,) * scan_rank + shape[scan_rank:]
    chunks = (1,) * scan_rank + shape[scan_rank:]
    return h5file.create_dataset(path, shape, dtype, maxshape=limits, chunks=chunks, **options)


def label(group: h5py.Group, **attributes: str) -> None:
    for name, value in attributes.items():
        group.attrs[name] = np.bytes_(value)


def node(inspection: Inspection, path: str) -> TreeNode:
    return next(node for node in inspection.tree if node.path == path)


def test_a_diamond_scan_is_found_whole_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "scan.nxs"
    with stepping_writer(path) as writer:
        writer.do("f = h5py.File(path, 'w', libver=('v110', 'v110'))")
        writer.do("f.attrs['default'] = np.bytes_('entry'); e = f.create_group('entry'); e.attrs['NX_class'] = np.bytes_('NXentry')")
        writer.do("e.attrs['default'] = np.bytes_('det'); g = e.create_group('det'); g.attrs['NX_class'] = np.bytes_('NXdata')")
        writer.do("g.attrs['signal'] = np.bytes_('data')")
        writer.do("g.create_dataset('data', (1, 1, 8, 9), 'u2', maxshape=(None, None, 8, 9), chunks=(1, 1, 8, 9))")
        writer.do("f['entry/instrument/det/data'] = g['data']")
        writer.do("k = e.create_group('diamond_scan/keys')")
        writer.do("k.create_dataset('uniqueKeys', (1, 1), 'i4', maxshape=(None, None), chunks=(1, 16))")
        writer.do("e['diamond_scan/scan_shape'] = [3, 5]")
        writer.do("e.create_dataset('diamond_scan/scan_finished', (1,), 'i4', chunks=(1,), maxshape=(None,))")
        assert_not_swmr_yet(path)
        writer.do("f.swmr_mode = True")
        inspection = inspect_file(path)
    assert inspection.state is FileState.SWMR
    assert inspection.key_paths == ("/entry/diamond_scan/keys/uniqueKeys",)
    assert inspection.data_paths == ("/entry/det/data",)
    assert inspection.finished_path == "/entry/diamond_scan/scan_finished"
    assert inspection.scan_shape == (3, 5)
    assert inspection.notes == ()
    assert "default signal" in inspection.data[0].why
    assert node(inspection, "/entry/instrument/det/data").note == "the same object as /entry/det/data"


def assert_not_swmr_yet(path: Path) -> None:
    with pytest.raises(NotSwmrYetError):
        inspect_file(path)


def test_keys_that_are_links_count_before_they_lead_somewhere(tmp_path: Path) -> None:
    with new_file(tmp_path / "det.h5") as h5file:
        growing(h5file, "entry/NDAttributes/NDArrayUniqueId", (4,), "i4")
    with new_file(tmp_path / "scan.nxs") as h5file:
        keys = h5file.create_group("entry/diamond_scan/keys")
        keys["det"] = h5py.ExternalLink("det.h5", "/entry/NDAttributes/NDArrayUniqueId")
        keys["late"] = h5py.ExternalLink("late.h5", "/entry/NDAttributes/NDArrayUniqueId")
        growing(h5file, "entry/det/data", (4, 3, 3), "u2", 2)
    inspection = inspect_file(tmp_path / "scan.nxs")
    assert inspection.key_paths == ("/entry/diamond_scan/keys/det", "/entry/diamond_scan/keys/late")
    assert inspection.scan_shape == (4,)
    assert inspection.data_paths == ("/entry/det/data",)
    assert node(inspection, "/entry/diamond_scan/keys/det").shape == (4,)
    late = node(inspection, "/entry/diamond_scan/keys/late")
    assert (late.kind, "late.h5" in late.note) == ("broken link", True)
    assert any("late" in note and "not there yet" in note for note in inspection.notes)


def test_links_to_a_detectors_data_are_found_before_they_lead_somewhere(tmp_path: Path) -> None:
    path = tmp_path / "i22-5.nxs"
    with h5py.File(path, "w", libver="v110") as file:
        file["entry/diamond_scan/keys/eiger"] = h5py.ExternalLink("i22-5-eiger.h5", "/entry/NDAttributes/NDArrayUniqueId")
        file.create_dataset("entry/stage/value", (20,), "f8", maxshape=(None,), chunks=(20,))  # not what the scan is about
        for group, nx_class in (("eiger", "NXdata"), ("instrument/eiger", "NXdetector"), ("mask", "NXcollection")):
            file.create_group(f"entry/{group}").attrs["NX_class"] = np.bytes_(nx_class)
        for link in ("eiger/data", "instrument/eiger/data", "mask/data"):
            file[f"entry/{link}"] = h5py.ExternalLink("i22-5-eiger.h5", "/entry/data" if "eiger" in link else "/mask")
        file["entry/eiger/time_stamp"] = h5py.ExternalLink("i22-5-eiger.h5", "/entry/NDAttributes/NDArrayTimeStamp")
    found = inspect_file(path)
    assert found.key_paths == ("/entry/diamond_scan/keys/eiger",)
    assert (found.data_paths, found.late_paths) == ((), ("/entry/eiger/data",))  # once, though two links lead there


def test_a_linked_file_that_is_not_ready_is_not_touched(tmp_path: Path) -> None:
    source = tmp_path / "source.h5"
    with new_file(tmp_path / "master.h5") as h5file:
        h5file["entry/data"] = h5py.ExternalLink("source.h5", "/d")
    with stepping_writer(source) as writer:
        writer.create()
        before = node(inspect_file(tmp_path / "master.h5"), "/entry/data")
        writer.go_swmr()
        writer.do("d.resize(2, 0); d.flush()")
        after = node(inspect_file(tmp_path / "master.h5"), "/entry/data")
    assert (before.kind, "not in SWMR mode yet" in before.note) == ("broken link", True)
    assert (after.kind, after.shape, after.note) == ("dataset", (2, 4), "external link to source.h5:/d")


def test_malcolm_keys_lose_their_trailing_ones(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file.create_dataset("entry/uid", (4, 5, 1, 1), "i4", maxshape=(None, None, 1, 1), chunks=(1, 5, 1, 1))
        growing(h5file, "entry/detector/detector", (4, 5, 8, 8), "u2", 2)
        h5file.create_dataset("entry/sum/sum", (4, 5, 1, 1), "f8", maxshape=(None, None, 1, 1), chunks=(1, 5, 1, 1))
        h5file["entry/detector/energy"] = np.arange(5.0)
    inspection = inspect_file(tmp_path / "scan.h5")
    assert inspection.key_paths == ("/entry/uid",)
    assert inspection.scan_shape == (4, 5)
    assert inspection.data_paths[0] == "/entry/detector/detector"
    assert [candidate.node.path for candidate in inspection.data] == ["/entry/detector/detector", "/entry/sum/sum"]


def test_areadetector_starts_with_one_frame(tmp_path: Path) -> None:
    with new_file(tmp_path / "ad.h5") as h5file:
        data = h5file.create_dataset("entry/data/data", (1, 6, 7), "u2", maxshape=(None, None, None), chunks=(1, 6, 7))
        h5file["entry/instrument/detector/data"] = data
        attributes = h5file.create_group("entry/instrument/NDAttributes")
        attributes.create_dataset("NDArrayUniqueId", (1,), "i4", maxshape=(None,), chunks=(16384,))
        attributes.create_dataset("NDArrayTimeStamp", (1,), "f8", maxshape=(None,), chunks=(16384,))
    inspection = inspect_file(tmp_path / "ad.h5")
    assert inspection.key_paths == ("/entry/instrument/NDAttributes/NDArrayUniqueId",)
    assert len(inspection.data_paths) == 1
    assert inspection.data_paths[0] in ("/entry/data/data", "/entry/instrument/detector/data")
    assert inspection.scan_shape == (1,)
    assert any("extent" in note for note in inspection.notes)


@pytest.mark.parametrize(
    ("keys", "fill", "data"),
    [("uid", 0, "data"), ("frame", -1, "data"), ("INDEX/trainId", 0, "INSTRUMENT/SPB/image"), ("entry/frame number", 0, "entry/frames")],
)
def test_other_facilities_keys(tmp_path: Path, keys: str, fill: int, data: str) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file.create_dataset(keys, (10,), "i8", chunks=(10,), fillvalue=fill)
        h5file.create_dataset(data, (10, 4, 4), "u4", chunks=(1, 4, 4))
    inspection = inspect_file(tmp_path / "scan.h5")
    assert (inspection.key_paths, inspection.data_paths, inspection.scan_shape) == ((f"/{keys}",), (f"/{data}",), (10,))


def test_without_keys_it_says_that_nothing_tells(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        growing(h5file, "entry/data/data", (0, 4, 4), "u2", 2)
        growing(h5file, "entry/sum", (0,), "f8")
    inspection = inspect_file(tmp_path / "scan.h5")
    assert (inspection.keys, inspection.key_paths, inspection.scan_shape) == ((), (), None)
    assert inspection.data_paths == ("/entry/data/data",)
    assert inspection.length_paths == ("/entry/data/data",)
    assert any("No key dataset was found" in note for note in inspection.notes)
    assert any("The length of /entry/data/data" in note and "would stand in for keys" in note for note in inspection.notes)


def test_old_signal_and_interpretation_attributes_decide(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        growing(h5file, "keys/a", (3,), "i4")
        growing(h5file, "one/first", (3, 4, 4), "u2", 2)
        label(growing(h5file, "two/second", (3, 4, 4), "u2", 2), interpretation="image", signal="1")
    inspection = inspect_file(tmp_path / "scan.h5")
    assert [candidate.node.path for candidate in inspection.data] == ["/two/second", "/one/first"]
    assert inspection.data_paths == ("/two/second",)


def test_each_detectors_signal_is_shown_the_images_first(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        for name, frame in {"diode": (), "mca": (64,), "eiger": (8, 8)}.items():
            group = h5file.create_group(f"entry/{name}")
            label(group, NX_class="NXdata", signal="data")
            growing(group, "data", (2, 3, *frame), "u4", len(frame))
            growing(h5file, f"entry/keys/{name}", (2, 3), "i4")
    inspection = inspect_file(tmp_path / "scan.h5")
    assert inspection.key_paths == ("/entry/keys/diode", "/entry/keys/eiger", "/entry/keys/mca")
    assert inspection.data_paths == ("/entry/eiger/data", "/entry/mca/data", "/entry/diode/data")


def test_keys_that_do_not_fit_are_left_out_and_named(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file["keys/a"] = np.zeros((2, 3), "i4")
        h5file["keys/b"] = np.zeros((2, 3), "i4")
        h5file["keys/c"] = np.zeros((7,), "i4")
        h5file["keys/names"] = np.zeros((2, 3), "f8")
        growing(h5file, "data", (2, 3, 4, 4), "u2", 2)
    inspection = inspect_file(tmp_path / "scan.h5")
    assert inspection.key_paths == ("/keys/a", "/keys/b")
    assert any("/keys/c" in note and "does not fit" in note for note in inspection.notes)


def test_masks_axes_and_times_are_not_taken_for_frames(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file["uid"] = np.zeros(4, "i4")
        for name in ("pixel_mask", "flatfield"):
            h5file[f"det/{name}"] = np.zeros((4, 32, 32), "u4")
        h5file["det/timestamps"] = np.zeros(4)
        growing(h5file, "det/values", (4, 8, 8), "u2", 2)
    inspection = inspect_file(tmp_path / "scan.h5")
    assert inspection.data_paths == ("/det/values",)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_finished_flag_may_have_any_rank(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        growing(h5file, "scan/keys/a", (4,), "i4")
        h5file["elsewhere/finished"] = np.zeros((), "i4")
        h5file["scan/finished"] = np.zeros(shape, "i4")
        h5file["done"] = np.zeros(4, "i4")
    inspection = inspect_file(tmp_path / "scan.h5")
    assert inspection.finished_path == "/scan/finished"
    assert [candidate.node.path for candidate in inspection.finished] == ["/scan/finished", "/elsewhere/finished"]


def test_a_flag_that_nobody_will_see_change_is_told(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file.create_dataset("scan_finished", (1,), "i4")
    inspection = inspect_file(tmp_path / "scan.h5")
    assert inspection.finished_path == "/scan_finished"
    assert any("cannot see it change" in note for note in inspection.notes)


def test_links_of_every_kind_and_circles_are_walked_once(tmp_path: Path) -> None:
    with new_file(tmp_path / "b.h5") as h5file:
        h5file["inner/data"] = np.zeros((2, 3, 3), "u2")
        h5file["inner/back"] = h5py.ExternalLink("a.h5", "/entry")
    with new_file(tmp_path / "a.h5") as h5file:
        entry = h5file.create_group("entry")
        entry["self"] = entry
        entry["soft"] = h5py.SoftLink("/entry/value")
        entry["value"] = 5
        entry["nowhere"] = h5py.SoftLink("/not/there")
        entry["other"] = h5py.ExternalLink("b.h5", "/inner")
        entry["wrong"] = h5py.ExternalLink("b.h5", "/not/there")
        entry["type"] = np.dtype("i4")
    inspection = inspect_file(tmp_path / "a.h5")
    assert {node.path: (node.kind, node.note) for node in inspection.tree} == {
        "/entry": ("group", ""),
        "/entry/nowhere": ("broken link", "soft link to /not/there, which is not there"),
        "/entry/other": ("group", "external link to b.h5:/inner"),
        "/entry/other/back": ("group", "external link to a.h5:/entry; the same object as /entry"),
        "/entry/other/data": ("dataset", ""),
        "/entry/self": ("group", "the same object as /entry"),
        "/entry/soft": ("dataset", "soft link to /entry/value"),
        "/entry/value": ("dataset", "the same object as /entry/soft"),
        "/entry/wrong": ("broken link", node(inspection, "/entry/wrong").note),
    }
    assert "external link to b.h5:/not/there" in node(inspection, "/entry/wrong").note
    assert any("/entry/nowhere" in note for note in inspection.notes)


def test_whoever_waits_for_a_large_file_hears_of_each_object(tmp_path: Path) -> None:
    path = tmp_path / "large.h5"
    with h5py.File(path, "w", libver="v110") as file:
        for number in range(300):
            file.create_group(f"groups/{number}")
    heard: list[None] = []
    inspection = inspect_file(path, at_each=lambda: heard.append(None))
    assert len(heard) >= len(inspection.tree) == 301


def test_a_missing_filter_is_named(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file["uid"] = np.zeros(4, "i4")
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_chunk((1, 8, 8))
        creation.set_filter(307 + 70, h5py.h5z.FLAG_OPTIONAL, (1,))
        creation.set_deflate(3)
        h5py.h5d.create(h5file.id, b"data", h5py.h5t.NATIVE_INT16, h5py.h5s.create_simple((4, 8, 8)), creation)
        growing(h5file, "shuffled", (4, 2), "i2", 1, shuffle=True, compression="gzip")
    inspection = inspect_file(tmp_path / "scan.h5")
    assert node(inspection, "/data").filters == ("filter 377 (missing)", "gzip")
    assert node(inspection, "/shuffled").filters == ("shuffle", "gzip")
    assert inspection.data_paths[0] == "/data"
    assert any("/data needs the filter filter 377" in note for note in inspection.notes)


def test_a_virtual_data_set_tells_what_is_missing(tmp_path: Path) -> None:
    with new_file(tmp_path / "one.h5") as h5file:
        h5file["data"] = np.ones((2, 3, 3), "u2")
    layout = h5py.VirtualLayout((4, 3, 3), "u2")
    layout[:2] = h5py.VirtualSource("one.h5", "data", (2, 3, 3))
    layout[2:] = h5py.VirtualSource("two.h5", "data", (2, 3, 3))
    with new_file(tmp_path / "master.h5") as h5file:
        h5file.create_virtual_dataset("data", layout)
        h5file["uid"] = np.zeros(4, "i4")
    inspection = inspect_file(tmp_path / "master.h5")
    assert node(inspection, "/data").note == "virtual, 2 sources, 1 of its files not there yet"
    assert any("would read as fill" in note for note in inspection.notes)


def test_one_damaged_object_costs_a_note_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "scan.h5"
    with new_file(path) as h5file:
        h5file["uid"] = np.zeros(4, "i4")
        growing(h5file, "data", (4, 3, 3), "u2", 2)
        broken = h5file.create_dataset("broken", data=np.arange(3))
        address = h5py.h5o.get_info(broken.id).addr
    content = bytearray(path.read_bytes())
    content[address + 10] ^= 0xFF
    path.write_bytes(content)
    with h5py.File(path, "r", locking=False) as h5file:
        inspection = inspect_open(h5file)
    assert node(inspection, "/broken").kind == "unreadable"
    assert node(inspection, "/broken").note.startswith("damaged: ")
    assert any("cannot be read: /broken (damaged: " in note for note in inspection.notes)
    assert not any("lead nowhere" in note for note in inspection.notes)
    assert (inspection.key_paths, inspection.data_paths) == (("/uid",), ("/data",))


def test_odd_types_are_listed_and_not_chosen(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file["keys/a"] = np.zeros(4, "i4")
        h5file["text"] = "words"
        h5file["keys/names"] = np.array([b"a", b"b", b"c", b"d"])
        h5file["table"] = np.zeros((4, 3, 3), [("x", "i4"), ("y", "f8")])
        h5file["nothing"] = h5py.Empty("f4")
        h5file["complex"] = np.zeros((4, 3, 3), "c8")
    inspection = inspect_file(tmp_path / "scan.h5")
    assert node(inspection, "/text").dtype == "string"
    assert node(inspection, "/table").dtype == "compound (x, y)"
    assert node(inspection, "/nothing").shape == ()
    assert inspection.key_paths == ("/keys/a",)
    assert inspection.data_paths == ("/complex",)


def test_an_old_file_cannot_be_followed_live_and_says_so(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "old.h5", "w") as h5file:
        h5file["uid"] = np.zeros(4, "i4")
        growing(h5file, "data", (4, 3, 3), "u2", 2)
    inspection = inspect_file(tmp_path / "old.h5")
    assert inspection.state is FileState.NO_SWMR
    assert inspection.data_paths == ("/data",)
    assert any("cannot be followed live" in note for note in inspection.notes)


def test_inspection_leaves_nothing_open(tmp_path: Path) -> None:
    with new_file(tmp_path / "other.h5") as h5file:
        h5file["data"] = np.zeros((4, 3, 3), "u2")
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file["uid"] = np.zeros(4, "i4")
        h5file["linked"] = h5py.ExternalLink("other.h5", "/data")
        h5file["group/data"] = np.zeros((4, 3, 3), "u2")
    with h5py.File(tmp_path / "scan.h5", "r", swmr=True, locking=False) as h5file:
        before = h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_ALL)
        assert len(inspect_open(h5file).tree) == 4
        assert h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_ALL) == before


def test_a_plainly_opened_file_may_link_to_itself(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        h5file["uid"] = np.zeros(4, "i4")
        h5file["z"] = h5py.ExternalLink("scan.h5", "/uid")
    with h5py.File(tmp_path / "scan.h5", "r", locking=False) as h5file:
        inspection = inspect_open(h5file)
    assert node(inspection, "/z").note == "external link to scan.h5:/uid; the same object as /uid"


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotThereError):
        inspect_file(tmp_path / "none.h5")


@pytest.mark.slow
def test_twenty_thousand_objects_are_all_seen(tmp_path: Path) -> None:
    path = tmp_path / "big.h5"
    with new_file(path) as h5file:
        for number in range(400):
            group = h5file.create_group(f"entry/group{number:03d}")
            for value in range(48):
                group[f"value{value:02d}"] = 1.5
        growing(h5file, "entry/keys/a", (4,), "i4")
        growing(h5file, "entry/zz/data", (4, 3, 3), "u2", 2)
    inspection = inspect_file(path)
    assert len(inspection.tree) == 1 + 400 * 49 + 4
    assert (inspection.key_paths, inspection.data_paths) == (("/entry/keys/a",), ("/entry/zz/data",))


def test_a_pixel_mask_of_the_frames_size_comes_before_others(tmp_path: Path) -> None:
    with new_file(tmp_path / "scan.h5") as h5file:
        growing(h5file, "entry/data/data", (0, 4, 6), "u2", 2)
        h5file["entry/other/pixel_mask"] = np.zeros((9, 9), "u4")
        h5file["entry/data/pixel_mask"] = np.zeros((4, 6), "u4")
        h5file["entry/name/pixel_mask"] = np.zeros((4, 6), "f8")
    masks = inspect_file(tmp_path / "scan.h5").masks
    assert [candidate.node.path for candidate in masks] == ["/entry/data/pixel_mask", "/entry/other/pixel_mask"]
    assert "as large as the frames" in masks[0].why
