"""The file of a reduction's results: what stands where, in which order it is seen, and how it is gone on with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, open_swmr
from swmr_viewer.core.discovery import inspect_file
from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.nexus import read_facts
from swmr_viewer.reducing.output.output_file import OutputFile
from swmr_viewer.reductions import Output, OutputAxis
from tests.reducing.output.outputs import DATA, N_BINS, OUTPUTS, VALUES, Q, done_positions, make_scan, output_of, results

ALL = np.ones(4, bool)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return make_scan(tmp_path / "scan.h5")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.h5"


@pytest.fixture
def opened(scan: Path, out: Path) -> Iterator[Any]:
    """Outputs of the scan; all are ended at the end."""
    made: list[OutputFile] = []

    def one(**how: Any) -> OutputFile:
        made.append(output_of(scan, out, **how))
        return made[-1]

    yield one
    for output in made:
        output.close()


def test_each_result_lies_at_its_position_and_only_once(opened: Any, out: Path) -> None:
    output = opened()
    assert output.write((1, 0), results((1, 0), 4), np.array([True, False, True, True])) == 3
    assert output.undone((1, 0), 4) == [((1, 1), 1)]
    wrong = {name: values + 1 for name, values in results((1, 0), 4).items()}
    wrong_but_one = {
        name: np.where(np.arange(4).reshape(-1, *[1] * (v.ndim - 1)) == 1, results((1, 0), 4)[name], v) for name, v in wrong.items()
    }
    assert output.write((1, 0), wrong_but_one, ALL) == 1
    assert output.write((1, 0), wrong, ALL) == 0
    assert (output.n_done, output.undone((1, 0), 4), output.undone((0, 2), 2)) == (4, [], [((0, 2), 2)])
    output.finish()
    assert done_positions(out).tolist() == [[1, 0], [1, 1], [1, 2], [1, 3]]
    with h5py.File(out) as file:
        group = file["entry/azimuthal"]
        assert np.isnan(group["total"][0]).all()
        assert np.isnan(group["cake"][2]).all()
        assert (group["n_bad"][0].tolist(), file["entry/scan_finished"][:].tolist()) == ([0] * 4, [1])


def test_keys_are_set_when_their_results_can_be_seen_and_not_before(scan: Path, out: Path, opened: Any) -> None:
    now = [0.0]
    output = opened(flush_s=1, clock=lambda: now[0])
    with h5py.File(out, "r", swmr=True, locking=False) as reader:
        keys, total = reader["entry/keys/azimuthal"], reader["entry/azimuthal/total"]
        output.write((0, 0), results((0, 0), 2), np.ones(2, bool))
        keys.refresh()
        assert not keys[()].any()
        now[0] = 1
        output.flush_if_due()
        keys.refresh()
        total.refresh()
        assert keys[0].tolist() == [1, 1, 0, 0]
        assert total[0, :2].tolist() == results((0, 0), 2)["total"].tolist()


def test_the_scan_may_grow_along_any_axis(opened: Any, out: Path) -> None:
    output = opened(shape=(1, 1))
    positions = [(0, 0), (0, 30), (7, 2), (3, 40), (100, 0)]
    for first in positions:
        assert output.write(first, results(first, 2), np.ones(2, bool)) == 2
    assert output.scan_shape == (101, 42)
    output.grow((101, 50))
    output.close()
    assert len(done_positions(out)) == output.n_done == 10
    again = opened(shape=(1, 1))
    assert (again.n_done, again.scan_shape) == (10, (101, 50))
    assert again.undone((0, 29), 4) == [((0, 29), 1), ((0, 32), 1)]
    assert again.undone((500, 0), 3) == [((500, 0), 3)]


@pytest.mark.parametrize("shape", [(12,), (2, 3, 2), (1,)])
def test_scans_of_every_rank(tmp_path: Path, out: Path, shape: tuple[int, ...]) -> None:
    scan = make_scan(tmp_path / "other.h5", shape)
    output = output_of(scan, out, shape)
    first = (0,) * len(shape)
    n = shape[-1]
    assert output.write(first, results(first, n), np.ones(n, bool)) == n
    output.finish()
    assert len(done_positions(out)) == n


def test_a_scan_of_a_single_point_has_one_axis_here(scan: Path, out: Path) -> None:
    output = output_of(scan, out, ())
    assert output.write((), results((0,), 1), np.ones(1, bool)) == 1
    output.finish()
    assert done_positions(out).tolist() == [[0]]


def test_the_same_again_goes_on_and_the_flag_follows(opened: Any, out: Path) -> None:
    first = opened()
    first.write((0, 0), results((0, 0), 4), ALL)
    first.finish()
    idle = opened()
    assert idle.n_done == 4
    idle.close()
    with h5py.File(out) as file:
        assert file["entry/scan_finished"][0] == 1
    more = opened()
    more.write((1, 0), results((1, 0), 4), ALL)
    more.close()
    with h5py.File(out) as file:
        assert file["entry/scan_finished"][0] == 0
    opened().finish()
    assert len(done_positions(out)) == 8
    assert sorted(path.name for path in out.parent.iterdir() if path.is_file()) == ["out.h5", "scan.h5"]


def test_axes_are_copied_and_brought_up_to_date(scan: Path, out: Path) -> None:
    with h5py.File(scan, "r+") as file:
        for name in ("m0", "rbv"):
            values = file["entry/det"].pop(name)[()]
            file["entry/det"].create_dataset(name, data=values * np.nan, maxshape=(None,) * values.ndim)
        file["entry/det/m0"].attrs["units"] = "mm"
    output = output_of(scan, out)
    output.write((0, 0), results((0, 0), 4), ALL)
    output._source.close()
    output.close()
    with h5py.File(scan, "r+") as file:
        file["entry/det/m0"][:] = [5, 6, 7]
        file["entry/det/rbv"][:] = np.arange(12).reshape(3, 4)
    again = output_of(scan, out)
    again.write((1, 0), results((1, 0), 4), ALL)
    again.flush()
    with h5py.File(out, "r", swmr=True, locking=False) as reader:
        group = reader["entry/azimuthal"]
        assert group["rbv"][1].tolist() == [4, 5, 6, 7]
        assert np.isnan(group["rbv"][2]).all()
        assert group["m0"].attrs["units"] == b"mm"
    again.finish()
    with h5py.File(out) as file:
        assert file["entry/azimuthal/rbv"][:].ravel().tolist() == list(range(12))
        assert file["entry/azimuthal/m0"][:].tolist() == [5, 6, 7]


def test_axes_of_a_source_that_is_written_anew_in_place_are_not_copied(opened: Any, scan: Path, out: Path) -> None:
    output = opened()
    output.write((0, 0), results((0, 0), 4), ALL)
    output.flush()
    scan.write_bytes(scan.read_bytes()[:500])
    output.write((1, 0), results((1, 0), 4), ALL)
    output.close()
    assert len(done_positions(out)) == 8
    with h5py.File(out) as file:
        assert file["entry/azimuthal/rbv"][:].ravel().tolist() == list(range(12))


# ---- what others find in it


def test_the_viewer_finds_everything_by_itself(opened: Any, out: Path) -> None:
    output = opened()
    output.write((0, 0), results((0, 0), 4), ALL)
    output.flush()
    found = inspect_file(out)
    assert [key.node.path for key in found.keys] == ["/entry/keys/azimuthal"]
    assert found.finished[0].node.path == "/entry/scan_finished"
    shown = {candidate.node.path.rsplit("/", 1)[-1] for candidate in found.data}
    assert found.data[0].node.path == "/entry/azimuthal/intensity"
    assert {"intensity", "total", "n_bad", "cake"} <= shown
    with open_swmr(out) as file:
        pattern = read_facts(file, "/entry/azimuthal/intensity", 2, (N_BINS,))
        assert (pattern.axis_names, pattern.axis_units, pattern.unit, pattern.interpretation) == (("q",), ("1/nm",), "counts", "spectrum")
        assert pattern.axis_values == (tuple(Q.values.tolist()),)
        assert [axis.name for axis in pattern.scan_axes] == ["m0", "m1"]
        cake = read_facts(file, "/entry/azimuthal/cake", 2, (3, N_BINS))
        assert (cake.axis_names, cake.axis_units, cake.interpretation) == (("chi", "q"), ("deg", "1/nm"), "image")
        total = read_facts(file, "/entry/azimuthal/total", 2, ())
        assert (total.unit, [axis.name for axis in total.scan_axes]) == ("counts", ["m0", "m1"])
        assert sorted(Follower(file, "/entry/keys", termination_conditions=["always_true"])) == [0, 1, 2, 3]


def test_nexus_programs_find_signals_axes_and_what_was_done(opened: Any, scan: Path, out: Path) -> None:
    opened().close()
    with h5py.File(out) as file:
        assert (file.attrs["default"], file["entry"].attrs["default"]) == (b"entry", b"azimuthal")
        for group, signal, axes, others in [
            ("azimuthal", b"intensity", [b"m0", b"m1", b"q"], None),
            ("azimuthal_total", b"total", [b"m0", b"m1"], [b"n_bad"]),
            ("azimuthal_cake", b"cake", [b"m0", b"m1", b"chi", b"q"], None),
        ]:
            attributes = file["entry"][group].attrs
            assert (attributes["NX_class"], attributes["signal"], attributes["axes"].tolist()) == (b"NXdata", signal, axes)
            assert (attributes.get("auxiliary_signals", np.empty(0)).tolist() or None) == others
            shapes = {name: file["entry"][group][name].shape for name in [signal, *axes, *(others or [])]}
            assert shapes[signal] == tuple(shapes[axis][0] for axis in axes)
            assert all(shapes[other] == shapes[signal] for other in others or [])
        process = file["entry/process"]
        assert (process.attrs["NX_class"], process["program"][()], process["reduction"][()]) == (b"NXprocess", b"swmr_viewer", b"azimuthal")
        assert process["parameters/npt"][()] == N_BINS
        assert process["parameters/peaks"][()].tolist() == [[1, 2]]
        assert b'"unit": "q_nm^-1"' in process["note/data"][()]
        assert (process["source/file_name"][()].decode(), process["source/data_path"][()]) == (str(scan), DATA.encode())


def test_names_that_stand_there_already_get_others(scan: Path, out: Path) -> None:
    axis = OutputAxis("m0", np.arange(5.0))
    outputs = (Output("rbv", (5,), axes=(axis,)), Output("m1", (5,), axes=(replace(axis, values=np.arange(5.0) + 1),)))
    output = output_of(scan, out, outputs=outputs, reduction="folder/mine.py:keys")
    values = {"rbv": np.ones((4, 5)), "m1": np.full((4, 5), 2.0)}
    output.write((0, 0), values, ALL)
    output.close()
    again = output_of(scan, out, outputs=outputs, reduction="folder/mine.py:keys")
    assert again.n_done == 4
    again.finish()
    with h5py.File(out) as file:
        (name,) = file["entry/keys"]
        group = file["entry"][name]
        assert (group["rbv"].shape, group["m1"].shape, group["m0"][:].tolist()) == ((3, 4, 5), (3, 4, 5), [0, 1, 2, 3, 4])
        assert {"m0", "m1", "rbv"} < set(group)
        assert len(group) == 7  # two results, their two axes, and three of the scan


# ---- what is refused


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"reduction": "statistics"}, "results of 'azimuthal'"),
        ({"values": VALUES | {"npt": 7}}, "its parameters are"),
        ({"outputs": OUTPUTS[:2]}, "something else then"),
        ({"outputs": (replace(OUTPUTS[0], axes=(replace(Q, values=Q.values * 1.1),)), *OUTPUTS[1:])}, "something else then"),
        ({"outputs": (replace(OUTPUTS[0], dtype="f8"), *OUTPUTS[1:])}, "something else then"),
        ({"data_path": "/entry/det/rbv"}, "made from /entry/det/data"),
    ],
)
def test_an_output_of_something_else_is_not_touched(opened: Any, out: Path, other: dict[str, Any], why: str) -> None:
    output = opened()
    output.write((0, 0), results((0, 0), 4), ALL)
    output.close()
    before = out.read_bytes()
    with pytest.raises(ExportError, match=f"belongs to something else: .*{why}"):
        opened(**other)
    assert out.read_bytes() == before
    assert opened().n_done == 4


def test_axes_that_another_computer_rounds_otherwise_are_the_same(opened: Any) -> None:
    opened().close()
    rounded = replace(Q, values=Q.values * (1 + 1e-13))
    opened(outputs=(replace(OUTPUTS[0], axes=(rounded,)), *OUTPUTS[1:3], replace(OUTPUTS[3], axes=(OUTPUTS[3].axes[0], rounded)))).close()


@pytest.mark.parametrize("how", ["in place", "renamed over"])
def test_a_source_that_was_written_anew_is_another_one(opened: Any, scan: Path, out: Path, how: str) -> None:
    output = opened()
    output.write((0, 0), results((0, 0), 4), ALL)
    output.close()
    output._source.close()
    if how == "in place":
        make_scan(scan, seed=1)
    else:
        make_scan(scan.with_name("new.h5"), seed=1).replace(scan)
    with pytest.raises(ExportError, match=r"another scan is in .*scan\.h5 now"):
        opened()


def test_a_source_that_was_moved_to_other_storage_and_back_is_the_same(opened: Any, scan: Path) -> None:
    output = opened()
    output.write((0, 0), results((0, 0), 4), ALL)
    output.close()
    output._source.close()
    copy = scan.with_name("copy.h5")
    copy.write_bytes(scan.read_bytes())
    copy.replace(scan)
    assert opened().n_done == 4


def _text(path: Path) -> None:
    path.write_text("precious")


def _foreign(path: Path) -> None:
    with h5py.File(path, "w", libver="v110") as file:
        file["entry/keys/azimuthal"] = np.ones(3)


def _pretender(path: Path) -> None:
    with h5py.File(path, "w", libver="v110") as file:
        file["entry/process/program"] = np.bytes_(b"swmr_viewer")
        file["entry/process/note"] = 3


def _cut(path: Path) -> None:
    _foreign(path)
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_text, "no file of results"),
        (Path.touch, "no file of results"),
        (_foreign, "belongs to something else: it is no file of results"),
        (_pretender, "belongs to something else"),
        (_cut, "cannot be taken up"),
        (Path.mkdir, "is a folder"),
        (lambda path: path.symlink_to("elsewhere.h5"), "is a link"),
    ],
)
def test_what_is_there_and_none_of_ours_is_not_touched(opened: Any, out: Path, make: Any, why: str) -> None:
    make(out)
    before = out.read_bytes() if out.is_file() else None
    with pytest.raises(ExportError, match=why):
        opened()
    assert (out.read_bytes() if out.is_file() else None) == before
    assert not (out.parent / "elsewhere.h5").exists()
    assert not list(out.parent.glob(".out*"))


def test_a_file_that_another_program_writes_is_not_touched(opened: Any, out: Path) -> None:
    with h5py.File(out, "w", libver="v110") as file:
        with pytest.raises(ExportError, match="being written by another program"):
            opened()
        file["entry"] = 1
        file.swmr_mode = True
        file.flush()
        with pytest.raises(ExportError, match=r"cannot be taken up|belongs to something else"):
            opened()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="who may do everything is refused nothing")
def test_a_file_that_may_not_be_written_is_told(opened: Any, out: Path) -> None:
    opened().close()
    out.chmod(0o444)
    with pytest.raises(ExportError, match="may not be written"):
        opened()


def test_a_folder_that_is_not_there_is_told(scan: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Check that its folder is there"):
        output_of(scan, tmp_path / "no" / "out.h5")


def test_results_that_were_not_announced_are_refused(opened: Any, out: Path) -> None:
    output = opened()
    with pytest.raises(ValueError, match=r"intensity has the shape \(4, 3\)"):
        output.write((0, 0), results((0, 0), 4) | {"intensity": np.ones((4, 3))}, ALL)
    assert output.write((0, 0), results((0, 0), 4), ALL) == 4


@pytest.mark.parametrize("piece", [b"BTLF", b"FRHP", b"OHDR"])
def test_a_damaged_output_is_told_and_left_alone(opened: Any, out: Path, piece: bytes) -> None:
    output = opened()
    output.write((0, 0), results((0, 0), 4), ALL)
    output.close()
    content = bytearray(out.read_bytes())
    places = [at for at in range(len(content)) if content.startswith(piece, at)]
    if not places:
        pytest.skip(f"HDF5 writes no {piece!r} here")
    for at in places:
        content[at + 8] ^= 0xFF
    out.write_bytes(content)
    with pytest.raises(ExportError, match=r"there already|belongs to something else"):
        opened()
    assert out.read_bytes() == bytes(content)


def test_storage_without_hard_links(opened: Any, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    output = opened()
    assert output.write((0, 0), results((0, 0), 4), ALL) == 4
    output.finish()
    assert len(done_positions(out)) == 4
    assert not list(out.parent.glob(".out*"))


def test_a_name_that_is_taken_at_the_last_moment_is_not_taken_from_its_owner(
    opened: Any, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(part: Path, path: Path) -> None:
        path.write_text("precious")
        link(part, path)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(ExportError, match="cannot be written: File exists"):
        opened()
    assert out.read_text() == "precious"
    assert not list(out.parent.glob(".out*"))


@pytest.mark.parametrize("name", ["wëird näme.h5", "with'quote\".h5", "o\udcff.h5"])
def test_names_of_any_kind(scan: Path, tmp_path: Path, name: str) -> None:
    if sys.platform != "linux" and "\udcff" in name:
        pytest.skip("names are text here")
    (source := tmp_path / f"scan {name}").write_bytes(scan.read_bytes())
    for _ in range(2):
        output = output_of(source, tmp_path / name, values={"ü": "ä", "big": 2**80, "ragged": [[1], [1, 2]], "none": None, "yes": True})
        output.write((0, 0), results((0, 0), 4), ALL)
        output.close()
        assert output.n_done == 4


def test_outputs_of_every_type_are_kept(scan: Path, out: Path) -> None:
    types = ("?", "u1", "i8", "f2", "f8", "c8", ">u2")
    outputs = tuple(Output(f"one_{number}", (2,), dtype=dtype) for number, dtype in enumerate(types))
    output = output_of(scan, out, outputs=outputs)
    output.write((0, 0), {one.name: np.ones((4, 2), one.dtype) for one in outputs}, ALL)
    output.finish()
    with h5py.File(out) as file:
        for one in outputs:
            values = file[f"entry/azimuthal/{one.name}"]
            assert values.dtype == np.dtype(one.dtype)
            assert (values[0] == 1).all()
            assert np.isnan(values[1]).all() if values.dtype.kind in "fc" else not values[1].any()


# ---- two at once


def test_two_runs_at_once_are_one_too_many(opened: Any, scan: Path, out: Path) -> None:
    output = opened()
    output.write((0, 0), results((0, 0), 4), ALL)
    with pytest.raises(ExportError, match=rf"being written by another run \(process {os.getpid()}\)"):
        opened()
    command = [sys.executable, "-m", "tests.reducing.output.outputs", str(scan), str(out), "0", "0"]
    other = subprocess.run(command, capture_output=True, text=True, timeout=60, input="close\n")
    assert other.returncode == 1
    assert "being written by another run" in other.stderr
    output.finish()
    assert len(done_positions(out)) == 4
