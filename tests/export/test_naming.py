"""Names from patterns, and numbers as text."""

from __future__ import annotations

import csv
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.errors import ExportError
from swmr_viewer.core.nexus_writing import allowed_names
from swmr_viewer.export import exact_text, fitting, matrix, stem_of, table, write_snapshot
from swmr_viewer.program_log.old_logs import name_of_log
from tests.export.test_snapshot import snapshot_of


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("{file}_{data}_{index}", "i03-1234_entry-eiger-data_000017"),
        ("{index:03d} at {position}", "017-at-1-7"),
        ("{date}_{time}", "2026-03-01_12-30-05"),
        ("../../{file}", "-..-i03-1234"),
        ("con", "_con"),
        ("x" * 400 + "{index}", "x" * 180),
    ],
)
def test_a_pattern_becomes_a_name(pattern: str, name: str) -> None:
    assert stem_of(snapshot_of(1), pattern) == name


@pytest.mark.parametrize("pattern", ["{frame}", "{index", "{index.real}", "{file[0]}", "{}", "{index:xyz}", "{file:03d}", "", " / "])
def test_a_pattern_that_cannot_be_filled_is_a_sentence(pattern: str) -> None:
    with pytest.raises(ExportError, match=r"pattern .* \{?") as caught:
        stem_of(snapshot_of(1), pattern)
    assert "{index}" in caught.value.remedy


ESCAPES = ("../../x", "/etc/passwd", "..", ".", "", "a/../../b", "C:\\x", "~", "-rf", " . ", "file.", "a:b", "a*?<>|b", "a\0b", "line\nend")
RESERVED = ("con", "nul", "lpt1.h5", "COM\u00b9.txt")
LONG = ("x" * 10_000, "\u4e2d" * 300, "\U0001f600" * 90, "e\u0301" * 200)
INVISIBLE = ("\u202egnp.h5", "\udcff\udcfe")
ODD = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(codec=None, categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Po", "Mn", "Lo"]), max_size=60),
    st.sampled_from((*ESCAPES, *RESERVED, *LONG, *INVISIBLE)),
)


def is_allowed_everywhere(name: str) -> bool:
    is_reserved = re.fullmatch(r"(con|prn|aux|nul|(com|lpt)[\d\u00b9\u00b2\u00b3])(\..*)?", name, re.IGNORECASE)
    is_plain = name.isprintable() and not set(name) & set('<>:"/\\|?* ')
    return bool(name) and is_plain and not is_reserved and not name.startswith((".", "~")) and not name.endswith((".", " "))


@given(ODD, ODD)
def test_whatever_a_file_names_its_snapshots_and_tables_stay_in_their_folder(file: str, data: str) -> None:
    shot = replace(snapshot_of(1), file=f"/data/{file}", data_path=data)
    for pattern in ("{file}_{data}_{index}", "{data}", "{file}", "{file}/{data}", "../{data}"):
        try:
            stem = stem_of(shot, pattern)
        except ExportError:
            continue
        assert is_allowed_everywhere(stem)
        for ending in ("_curves-12.json", "-12345.tiff"):
            assert len(f"{stem}{ending}".encode()) <= 255
            assert os.path.dirname(os.path.normpath(os.path.join("/out", stem + ending))) == "/out"


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "\u4e2d" * 300, "\u202egnp", "a\nb", "\udcff", "con", "x" * 10_000])
def test_a_snapshot_of_an_odd_file_is_written_beside_nothing_else(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    shot = replace(snapshot_of(1.5), file=f"/data/{name}", data_path=f"/entry/{name}", key_paths=(name,))
    written = write_snapshot(shot, folder, stem_of(shot), ("npy",))
    assert {path.parent for path in written} == {folder}
    assert sorted(folder.iterdir()) == sorted(written)
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["here"]
    assert json.loads(written[-1].read_text(encoding="utf-8"))["key_paths"] == [name]


@given(st.lists(st.one_of(ODD, st.sampled_from(["x", "x_1", "x_2", "x_3", "data"])), max_size=8))
def test_names_within_a_file_are_allowed_and_none_is_there_twice(names: list[str]) -> None:
    allowed = allowed_names(names)
    assert len(set(allowed)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_.]+", name) and name not in (".", "..", "data", "title") for name in allowed)


@given(ODD)
def test_a_host_of_any_name_has_a_log_in_its_folder(host: str) -> None:
    name = name_of_log(host, 1, 0.0)
    assert os.path.basename(name) == name
    assert len(name.encode()) <= 255
    assert name.isprintable()


@given(st.text(max_size=60))
def test_any_name_is_allowed_everywhere_or_refused(text: str) -> None:
    try:
        stem = stem_of(snapshot_of(1), text.replace("{", "").replace("}", ""))
    except ExportError:
        return
    assert stem
    assert not set(stem) & set('<>:"/\\|?* \n\0')
    assert not stem.endswith(".")


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "u8", "i8", "i1", "?"])
def test_text_reads_back_bit_for_bit(dtype: str) -> None:
    random = np.random.default_rng(7)
    values = random.normal(0, 1e3, 200).astype(dtype) if "f" in dtype else random.integers(0, 100, 200).astype(dtype)
    back = np.array([exact_text(value) for value in values])
    read = back.astype(int).astype(dtype) if dtype == "?" else back.astype(dtype)
    assert read.tobytes() == values.tobytes()
    assert exact_text(np.uint64(2**64 - 1)) == "18446744073709551615"
    assert exact_text(np.float32(0.1)) == "0.1"


def test_a_spectrum_is_written_as_csv_with_the_axis_of_its_file(tmp_path: Path) -> None:
    facts = DataFacts(axis_names=("energy",), axis_units=("eV",), axis_values=((1.0, 2.5, 4.0),))
    values = np.array([0.1, np.nan, 3e-30], np.float32)
    path, _ = write_snapshot(snapshot_of(values, facts=facts), tmp_path, "shot", ("csv",))
    with path.open(newline="") as file:
        names, *rows = csv.reader(file)
    assert names == ["channel", "energy (eV)", "value"]
    assert [row[:2] for row in rows] == [["0", "1.0"], ["1", "2.5"], ["2", "4.0"]]
    assert rows[1][2] == ""
    assert [np.float32(row[2]) for row in rows[::2]] == [values[0], values[2]]


def test_a_scalar_is_written_as_csv(tmp_path: Path) -> None:
    path, _ = write_snapshot(snapshot_of(np.float64(0.1)), tmp_path, "shot", ("csv",))
    assert path.read_text() == "index,value\n17,0.1\n"


def test_csv_quotes_names_and_refuses_images(tmp_path: Path) -> None:
    assert table({'a,"b"': np.array([1])}) == '"a,""b"""\n1\n'
    assert matrix(np.array([[1, 2], [3, 4]])) == "1\t2\n3\t4\n"
    assert matrix(np.array([1.5, 2])) == "1.5\n2.0\n"
    with pytest.raises(ExportError, match="CSV holds curves"):
        write_snapshot(snapshot_of(np.zeros((2, 2))), tmp_path, "shot", ("csv",))


def test_each_kind_of_frame_has_its_formats() -> None:
    every = ("png", "tiff", "npy", "h5", "csv", "json")
    assert fitting(every, np.zeros((2, 2))) == ("png", "tiff", "npy", "h5", "json")
    assert fitting(every, np.zeros(2)) == ("png", "npy", "h5", "csv", "json")
    assert fitting(every, np.zeros((2, 2, 2))) == ("png", "tiff", "npy", "h5", "json")
