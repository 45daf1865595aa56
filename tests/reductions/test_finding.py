"""Reductions are found by name: built in, in installed packages, in scripts; nothing that is broken breaks the list."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import traceback
from pathlib import Path

import numpy as np
import pytest

from swmr_viewer.reductions import (
    FrameDescription,
    ReductionError,
    ReductionInfo,
    as_arrays,
    available,
    checked_class,
    describe,
    prepare_reduction,
    reduction_class,
    reduction_named,
)
from tests.reductions.scripts import SPREAD

BUILT_IN = ["statistics", "centre_of_mass", "radial", "pyfai1d", "pyfai2d"]
DESCRIPTION = FrameDescription((3, 4), "<u2", unit="counts")
FRAME = np.arange(12, dtype="<u2").reshape(3, 4)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "of my own.py"
    path.write_text(SPREAD)
    return path


def test_what_is_built_in_is_listed_first() -> None:
    assert [info.name for info in available()][:5] == BUILT_IN
    assert all(info.origin == "built in" and info.words for info in available()[:5])


def test_listing_imports_none_of_them() -> None:
    ask = (
        "import sys; from swmr_viewer.reductions import available; available();"
        "print([name for name in sys.modules if name.startswith('swmr_viewer.reductions.')"
        " and name.rpartition('.')[2] in ('statistics', 'radial', 'pyfai')], {'pyFAI', 'h5py', 'PySide6'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[] set()\n", "")


def test_a_script_of_ones_own(script: Path) -> None:
    found = describe(f"{script}:Spread")
    assert (found.name, found.words, found.origin) == (f"{script}:Spread", "Spread of pixels", str(script))
    assert found.result_name == "spread"
    assert [(one.name, one.high) for one in found.parameters] == [("power", 4.0)]
    assert pickle.loads(pickle.dumps(found)) == found == ReductionInfo(**{name: getattr(found, name) for name in found.__slots__})
    reduction = reduction_named(f"{script}:Spread", {"power": "2"})
    outputs = prepare_reduction(reduction, DESCRIPTION)
    assert [(one.name, one.unit) for one in outputs] == [("spread", "counts")]
    assert as_arrays(reduction(FRAME, None), outputs) == {"spread": 242.0}


def test_a_copy_is_another_object(script: Path) -> None:
    reduction = reduction_named(f"{script}:Wider", {"power": "2"})
    for other in (copy.copy(reduction), copy.deepcopy(reduction), pickle.loads(pickle.dumps(reduction))):
        assert other is not reduction
        assert (type(other), other.parameters) == (type(reduction), reduction.parameters)


ELSEWHERE = """
import pickle, sys
import numpy as np
from swmr_viewer.reductions import FrameDescription, prepare_reduction
reductions = pickle.load(sys.stdin.buffer)
for reduction in reductions:
    prepare_reduction(reduction, FrameDescription((3, 4), "<u2"))
    print(reduction.name, reduction(np.arange(12, dtype="<u2").reshape(3, 4), None), type(reduction.parameters).__name__)
try:
    reductions[0](np.zeros(()), np.zeros((3, 3), bool))
except IndexError:
    import traceback
    print("    pixels = frame" in traceback.format_exc())
print(len([name for name in sys.modules if name.startswith("swmr_viewer_script_")]))
"""


@pytest.mark.parametrize("pickler", ["pickle", "cloudpickle"])
def test_a_script_runs_where_its_file_is_not(script: Path, tmp_path: Path, pickler: str) -> None:
    """As on a worker of another machine: its text goes along, and is run once; tracebacks show its lines. Dask has its own pickle."""
    dumps = pytest.importorskip(pickler).dumps
    sent = dumps([reduction_named(f"{script}:Spread", {"power": 2}), reduction_named(f"{script}:Wider")])
    script.unlink()
    (tmp_path / "elsewhere").mkdir()
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], input=sent, capture_output=True, cwd=tmp_path / "elsewhere", timeout=60)
    assert done.stderr.decode() == ""
    assert done.stdout.decode().splitlines() == [
        "spread {'spread': 242.0} SpreadParameters",
        "wider {'spread': 22.0} SpreadParameters",
        "True",
        "1",
    ]


def test_a_script_that_was_changed_is_another(script: Path) -> None:
    first = reduction_named(f"{script}:Spread")
    script.write_text(SPREAD.replace("FACTOR = 2.0", "FACTOR = 3.0"))
    second = reduction_named(f"{script}:Spread")
    for reduction, expected in ((first, 22.0), (second, 33.0), (pickle.loads(pickle.dumps(first)), 22.0)):
        prepare_reduction(reduction, DESCRIPTION)
        assert reduction(FRAME, None) == {"spread": expected}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("radal", r"There is no reduction radal\. Did you mean radial\? There are: statistics, .* One of your own: file\.py:Name\."),
        ("", r"There is no reduction \. There are: statistics"),
        ("\x1b[31m", r"There is no reduction \\x1b\[31m\."),
        ("SCRIPT", r"names no class of the script\. Write file\.py:Name\."),
        ("SCRIPT:", r"names no class of the script"),
        ("SCRIPT:a.b", r"names no class of the script"),
        ("SCRIPT:Nothing", r"Nothing in .* is no reduction\. There are: Keys, NoName, Odd, .*, Wider\."),
        ("SCRIPT:Reduction", r"Reduction in .* is no reduction"),
        ("SCRIPT:SpreadParameters", r"SpreadParameters in .* is no reduction"),
        ("SCRIPT:NOT_A_CLASS", r"NOT_A_CLASS in .* is no reduction"),
        ("SCRIPT:Unfinished", r"SCRIPT:Unfinished lacks __call__\."),
        ("SCRIPT:Taken", r"SCRIPT:Taken is called radial, and that name is taken\. Give it another one\."),
        ("SCRIPT:Keys", r"SCRIPT:Keys is called keys, and that name is taken\."),
        ("SCRIPT:Slash", r"SCRIPT:Slash has no usable name: 'a/b'\. A name is a letter"),
        ("SCRIPT:NoName", r"SCRIPT:NoName has no usable name: None"),
        ("SCRIPT:Odd", r"int is no frozen dataclass"),
        ("SCRIPT:Raises", r"SCRIPT:Raises cannot be made: RuntimeError: no detector\."),
        ("nowhere/file.py:Name", r"nowhere/file\.py cannot be read: No such file or directory\."),
    ],
)
def test_what_cannot_be_used_is_told(script: Path, name: str, words: str) -> None:
    with pytest.raises(ReductionError, match="^" * words.startswith("There") + words.replace("SCRIPT", ".*")):
        reduction_named(name.replace("SCRIPT", str(script)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"import nothing_of_that_name", r"cannot be run: ModuleNotFoundError: No module named .* \(line 1\)\."),
        (b"\n\ndef f(:", r"cannot be run: SyntaxError: .*\(line 3\)\."),
        (b"import sys\nsys.exit(3)", r"cannot be run: SystemExit: 3 \(line 2\)\."),
        (b"\xff\xfe\x00", r"is no script: "),
        (b"# coding: klingon\n", r"is no script: "),
        (b"a\0b", r"cannot be run: "),
    ],
)
def test_a_script_that_fails(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "broken.py"
    path.write_bytes(text)
    before = set(sys.modules)
    with pytest.raises(ReductionError, match=words):
        reduction_class(f"{path}:Name")
    assert not [name for name in set(sys.modules) - before if name.startswith("swmr_viewer_script_")]


def test_a_folder_is_no_script(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(ReductionError, match="cannot be read"):
        reduction_class(f"{tmp_path / 'folder.py'}:Name")


def test_tracebacks_show_the_lines_of_a_script(script: Path) -> None:
    reduction = reduction_named(f"{script}:Spread")
    with pytest.raises(AttributeError) as caught:
        reduction(3, None)  # type: ignore[arg-type]
    assert "if not pixels.size" in "".join(traceback.format_exception(caught.value))


def test_a_class_of_the_library_is_held_against_the_same_rules(script: Path) -> None:
    spread = reduction_class(f"{script}:Spread")
    assert checked_class(spread, "Spread") is spread
    with pytest.raises(ReductionError, match=r"three of mine is called spread\. The entry point and the class must have one name"):
        checked_class(spread, "three of mine", "three")
    with pytest.raises(ReductionError, match="7 is no reduction"):
        checked_class(7, "7")
