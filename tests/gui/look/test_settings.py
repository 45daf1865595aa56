"""What was stored is held against the types of what it is to become."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from swmr_viewer.gui.look.settings import DAMAGED, from_plain, read_group, read_setting, settings, write_group, write_setting


@dataclass(frozen=True, slots=True)
class Example:
    folder: Path | None = None
    names: tuple[str, ...] = ("a", "b")
    is_on: bool = True
    order: Literal["name", "time"] = "time"


@pytest.mark.parametrize("value", [Example(), Example(Path("/data"), ("b",), False, "name")])
def test_a_group_comes_back(value: Example) -> None:
    write_group("example", value)
    assert read_group("example", Example(names=("other",))) == value


def test_a_field_that_is_damaged_is_as_usual_and_the_others_are_not() -> None:
    settings().setValue("example/order", "size")
    settings().setValue("example/folder", "/data")
    assert read_group("example", Example()) == Example(Path("/data"))


@pytest.mark.parametrize("stored", [True, "true"])
def test_a_truth_value_is_read_however_the_platform_stored_it(stored: object) -> None:
    settings().setValue("notify/beep", stored)
    assert read_setting("notify/beep", False)
    write_setting("notify/beep", False)
    assert not read_setting("notify/beep", True)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (int, True), (float, True), (float, "1"), (float, 10**400), (float, float("inf")), (bool, 1), (str, None), (tuple[int, int], [1]),
        (tuple[int, ...], "12"), (Example, {"unknown": 1}), (Example, []), (Literal["a"], "b"), (str | None, 3),
    ],
)  # fmt: skip
def test_what_is_of_another_type_is_refused(kind: Any, plain: Any) -> None:
    with pytest.raises(DAMAGED):
        from_plain(kind, plain)
