"""Parameters: set alike by texts, by JSON and by scripts; each wrong value is refused in a sentence that says what there is."""

from __future__ import annotations

import json
import os
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swmr_viewer.analysis import Region, RegionFile, save_regions
from swmr_viewer.reductions import (
    NoParameters,
    ParameterInfo,
    ParameterKind,
    ReductionError,
    checked_parameters,
    parameter,
    parameters_from,
    parameters_of,
    values_of,
)
from swmr_viewer.reductions.parameter_info import text_of


@dataclass(frozen=True)
class Every:
    bins: int = parameter(1000, words="bins", low=1, high=100_000)
    threshold: float = parameter(0.5, words="threshold", unit="counts", low=0.0)
    factor: float | None = parameter(None, words="factor", kind="number", low=-1, high=1)
    whole: bool = parameter(True, words="whole frame")
    label: str = parameter("", words="label")
    unit: str = parameter("q_A^-1", words="unit", choices=("q_A^-1", "2th_deg", "px"))
    poni: str = parameter("", words="PONI file", kind="file")
    at: tuple[float, ...] = parameter((), words="places")
    window: tuple[float, float] | None = parameter(None, words="range", kind="range")
    peaks: tuple[tuple[float, float], ...] = parameter((), words="peaks", kind="ranges", low=0)
    regions: tuple[Region, ...] = parameter((), words="regions", kind="regions")


NUMBERS = st.floats(-1e6, 1e6)
PLACES = st.floats(0, 1e6)
TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=20)
POINTS = st.tuples(NUMBERS, NUMBERS)


def pairs(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(numbers, numbers).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: tuple(sorted(ends)))


EVERY = st.builds(
    Every,
    bins=st.integers(1, 100_000),
    threshold=PLACES,
    factor=st.none() | st.floats(-1, 1),
    whole=st.booleans(),
    label=TEXTS,
    unit=st.sampled_from(["q_A^-1", "2th_deg", "px"]),
    poni=st.sampled_from(["", os.path.abspath("a.poni"), os.path.abspath("folder, of mine/b.poni")]),
    at=st.lists(NUMBERS, max_size=4).map(tuple),
    window=st.none() | pairs(NUMBERS),
    peaks=st.lists(pairs(PLACES), max_size=4).map(tuple),
    regions=st.lists(
        st.builds(Region, TEXTS.filter(bool), st.sampled_from(["rectangle", "ellipse"]), st.tuples(POINTS, POINTS)),
        max_size=3,
        unique_by=lambda one: one.name,
    ).map(tuple),
)


@given(EVERY)
def test_dialog_command_line_and_file_set_them_alike(every: Every) -> None:
    values = values_of(every)
    assert parameters_from(Every, json.loads(json.dumps(values))) == every
    assert parameters_from(Every, {info.name: text_of(info, values[info.name]) for info in parameters_of(Every)}) == every
    assert checked_parameters(every) == every


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary(max_size=5)
    | st.from_regex(r"[-0-9:;,=. enaxA\[\]{}\"]{0,20}"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["name", "kind", "points"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.sampled_from([info.name for info in parameters_of(Every)]), ANYTHING)
@settings(max_examples=1000)
def test_whatever_is_given_is_a_value_or_refused_in_a_sentence(name: str, given: Any) -> None:
    try:
        found = parameters_from(Every, {name: given})
    except ReductionError as error:
        words = str(error)
    else:
        words = ""
        assert parameters_from(Every, json.loads(json.dumps(values_of(found), allow_nan=False))) == found
    assert len(words) < 600
    assert "\n" not in words


def test_what_is_known_of_each_can_be_sent() -> None:
    infos = parameters_of(Every)
    assert [info.name for info in infos] == list(values_of(Every()))
    assert pickle.loads(pickle.dumps(infos)) == infos
    kinds = dict(zip((info.name for info in infos), infos, strict=True))
    assert kinds["threshold"] == ParameterInfo("threshold", ParameterKind.NUMBER, 0.5, "threshold", "counts", low=0.0)
    assert kinds["whole"].kind is ParameterKind.YES_NO
    assert kinds["at"].kind is ParameterKind.NUMBERS
    assert (kinds["factor"].is_optional, kinds["factor"].default_text) == (True, "none")
    assert kinds["bins"].default_text == "1000"
    assert parameters_of(NoParameters) == ()


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("bins", "1e3", 1000),
        ("bins", 20.0, 20),
        ("threshold", " 3 ", 3.0),
        ("factor", "none", None),
        ("factor", "", None),
        ("whole", "No", False),
        ("whole", "1", True),
        ("unit", "PX", "px"),
        ("poni", "none", ""),
        ("poni", "x.poni", os.path.abspath("x.poni")),
        ("poni", Path("x.poni"), os.path.abspath("x.poni")),
        ("at", "1, 2.5,4", (1.0, 2.5, 4.0)),
        ("at", 7, (7.0,)),
        ("window", "-10:12", (-10.0, 12.0)),
        ("window", "none", None),
        ("peaks", "10:12, 15:16.5", ((10.0, 12.0), (15.0, 16.5))),
        ("peaks", [[1, 2]], ((1.0, 2.0),)),
        ("regions", "A=10:30, 12:40;", (Region("A", "rectangle", ((10.0, 12.0), (30.0, 40.0))),)),
        ("regions", "Fe Ka = 100:150; B=1:2,3:4", None),
        ("regions", [Region("A", "ellipse", ((1.0, 2.0), (3.0, 4.0)))], (Region("A", "ellipse", ((1.0, 2.0), (3.0, 4.0))),)),
    ],
)
def test_what_may_be_typed(name: str, given: Any, value: Any) -> None:
    found = getattr(parameters_from(Every, {name: given}), name)
    if name == "regions" and value is None:
        assert [(one.name, one.points) for one in found] == [("Fe Ka", ((100.0, 0.0), (150.0, 1e7))), ("B", ((1.0, 3.0), (2.0, 4.0)))]
    else:
        assert found == value
        assert type(found) is type(value)


def test_regions_of_a_file(tmp_path: Path) -> None:
    regions = (Region("A", "polygon", ((1.0, 2.0), (3.0, 4.0), (5.0, 1.0))),)
    save_regions(RegionFile(regions), tmp_path / "some.json")
    assert parameters_from(Every, {"regions": str(tmp_path / "some.json")}).regions == regions
    assert parameters_from(Every, {"regions": tmp_path / "some.json"}).regions == regions


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("bins", "many", "bins is a whole number from 1 to 100000, not 'many'."),
        ("bins", "0", "bins is a whole number from 1 to 100000, not 0."),
        ("bins", 1.5, "bins is a whole number from 1 to 100000, not 1.5."),
        ("bins", True, "bins is a whole number from 1 to 100000, not True."),
        ("bins", "9" * 400, "bins is a whole number from 1 to 100000, not '999"),
        ("bins", None, "bins is a whole number from 1 to 100000, not nothing."),
        ("bins", [1], "not [1]."),
        ("bims", "3", "There is no parameter bims. Did you mean bins? There are: bins, threshold,"),
        ("zzz", "3", "There is no parameter zzz. There are: bins, threshold,"),
        ("threshold", "nan", "threshold (counts) is a number from 0 on, not 'nan'."),
        ("threshold", float("inf"), "not inf."),
        ("threshold", 10**400, "not 1000"),
        ("threshold", "-1", "threshold (counts) is a number from 0 on, not -1."),
        ("factor", "2", "factor is a number from -1 to 1, or none, not 2."),
        ("whole", "maybe", "whole is yes or no, not 'maybe'."),
        ("whole", 1, "whole is yes or no, not 1."),
        ("unit", "q_a", "unit is one of q_A^-1, 2th_deg, px, not 'q_a'."),
        ("unit", ["px"], "not ['px']."),
        ("label", "two\nlines", "label is a text, not"),
        ("label", "x" * 70_000, "not a text of 70000 characters."),
        ("poni", 3, "poni is the path of a file, not 3."),
        ("poni", "a\0b", "poni is the path of a file, not"),
        ("at", "1;2", "at is numbers such as 1, 2.5, 4, not '1;2'."),
        ("at", [[1]], "not [1]."),
        ("at", list(range(2000)), "not [0, 1, 2,"),
        ("window", "12", "window is a range such as 10:12, or none, not '12'."),
        ("window", "12:10", "not '12:10', whose first number is not the lower one."),
        ("peaks", "10:12, x", "not 'x'."),
        ("peaks", [[-1, 2]], "peaks is ranges such as 10:12, 15:16.5, each number from 0 on, not -1."),
        ("regions", "nowhere.json", "not 'nowhere.json' (The regions in nowhere.json cannot be read: No such file or directory)."),
        ("regions", "two\nlines", r"not 'two\nlines' (The regions in two\nlines cannot be read: No such file or directory)."),
        ("regions", "[{]", "regions is a file of regions, or regions such as"),
        ("regions", "[" * 100_000, "regions is"),
        ("regions", "A=1:2; A=3:4", "two regions have one name"),
        ("regions", "A=1:x", "(1:x is no range)."),
        ("regions", "A=2:1", "(2:1 has not the lower number first)."),
        ("regions", "A=1:nan", "regions is"),
        ("regions", [{"name": "A", "kind": "star", "points": []}], "region A is neither rectangle, ellipse nor polygon."),
        ("regions", 5, "not 5."),
    ],
)
def test_what_is_wrong_is_told_with_what_there_is(name: str, given: Any, words: str) -> None:
    with pytest.raises(ReductionError) as caught:
        parameters_from(Every, {name: given})
    assert words in str(caught.value)
    assert len(str(caught.value)) < 400


@dataclass(frozen=True)
class Plain:
    n: int = 3
    x: float = 0.5


@dataclass(frozen=True)
class Ordered:
    low: float = parameter(0.0, words="low")
    high: float = parameter(1.0, words="high")

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError("low is not below high.")


def test_fields_without_words_have_no_bounds() -> None:
    assert parameters_from(Plain, {"n": "-7", "x": "2"}) == Plain(-7, 2.0)


def test_parameters_that_do_not_fit_together() -> None:
    with pytest.raises(ReductionError, match=r"^These parameters do not fit together: low is not below high\.$"):
        parameters_from(Ordered, {"low": 2})


def test_what_a_script_built_is_held_against_the_bounds() -> None:
    assert checked_parameters(Every(peaks=[[1, 2]])) == Every(peaks=((1.0, 2.0),))  # type: ignore[arg-type]
    with pytest.raises(ReductionError, match="bins is a whole number from 1 to 100000, not -1"):
        checked_parameters(Every(bins=-1))


@dataclass
class Changing:
    n: int = 3


@dataclass(frozen=True)
class Needing:
    n: int


@dataclass(frozen=True)
class Making:
    n: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Odd:
    n: int = parameter("many", words="n", kind="integer")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (int, "int is no frozen dataclass"),
        (3, "3 is no frozen dataclass"),
        (Changing, "Changing is no frozen dataclass"),
        (Needing, "The parameter n of Needing has no default"),
        (Making, "The parameter n of Making has no default"),
        (Odd, "The parameter n of Odd cannot be used: its default is 'many'"),
    ],
)
def test_a_class_that_is_none_of_parameters(kind: Any, words: str) -> None:
    with pytest.raises(ReductionError, match=words):
        parameters_of(kind)


def test_a_parameter_that_may_be_nothing_needs_a_kind() -> None:
    with pytest.raises(TypeError, match="needs a kind"):
        parameter(None, words="x")
