"""Frozen classes behave as frozen dataclasses do, across the pipe as well."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from dataclasses import field
from typing import ClassVar

import pytest

from swmr_viewer.core.frozen import frozen

NAN = float("nan")


@frozen
class Base:
    kind: ClassVar[str] = "base"
    n: int


@frozen
class Point(Base):
    kind: ClassVar[str] = "point"
    x: float = 0.0
    tags: list[str] = field(default_factory=list, hash=False)
    doubled: float = field(init=False, default=0.0, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "doubled", 2 * self.x)

    @property
    def name(self) -> str:
        return f"{self.kind} {self.n}"


@frozen(eq=False)
class Frame:
    pixels: list[int]


def test_built_and_shown() -> None:
    point = Point(1, x=2.5)
    assert (point.n, point.x, point.tags, point.doubled, point.name) == (1, 2.5, [], 5.0, "point 1")
    assert Point(1).tags is not Point(1).tags
    assert repr(point) == "Point(n=1, x=2.5, tags=[])"
    assert not hasattr(point, "__dict__")


@pytest.mark.parametrize(("args", "values"), [((), {}), ((1, 2, [], 4), {}), ((1,), {"n": 2}), ((1,), {"y": 2}), ((1,), {"doubled": 2})])
def test_built_wrongly(args: tuple[int, ...], values: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=r"Point\(\)"):
        Point(*args, **values)  # type: ignore[arg-type]


def test_frozen() -> None:
    for change in (lambda: setattr(Point(1), "x", 2.0), lambda: setattr(Point(1), "y", 2.0), lambda: delattr(Point(1), "x")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()


def test_equal_and_hashed_by_fields() -> None:
    assert Point(1, 2.0) == Point(1, 2.0) != Point(1, 3.0)
    assert Point(1, NAN) == Point(1, NAN)
    assert Point(1) != Base(1)
    assert hash(Point(1, 2.0, ["a"])) == hash(Point(1, 2.0, ["b"]))
    frame = Frame([1])
    assert frame != Frame([1])
    assert len({frame, frame, Frame([1])}) == 2


def test_the_functions_of_dataclasses_take_it() -> None:
    assert dataclasses.replace(Point(1, 2.0, ["a"]), x=3.0) == Point(1, 3.0, ["a"])
    assert dataclasses.asdict(Point(1, 2.0, ["a"])) == {"n": 1, "x": 2.0, "tags": ["a"], "doubled": 4.0}
    match Point(1, 2.0):
        case Point(n, x):
            assert (n, x) == (1, 2.0)


def test_copied_and_pickled() -> None:
    point = Point(1, 2.0, ["a"])
    assert pickle.loads(pickle.dumps(point)) == copy.deepcopy(point) == point


def test_the_reader_compiles_hardly_any_class() -> None:
    count = (
        "import dataclasses\n"
        "made, process = [], dataclasses._create_fn\n"
        "dataclasses._create_fn = lambda name, *a, **k: made.append(name) or process(name, *a, **k)\n"
        "import swmr_viewer.reader.child.loop\n"
        "print(len(made))"
    )
    if not hasattr(dataclasses, "_create_fn"):
        pytest.skip("this Python compiles a class at once")
    done = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < 120  # it was 800
