"""How much memory a process that reads may take: half of the machine's, or what is said."""

from __future__ import annotations

import argparse

import pytest

from swmr_viewer.core.memory_limit import VARIABLE, add_memory_argument, machine_memory, memory_limit, parsed


@pytest.mark.parametrize(
    ("text", "size"), [("8G", 8 << 30), ("1.5 g", 3 << 29), ("512M", 1 << 29), ("300MiB", 300 << 20), ("1TB", 1 << 40), ("none", None)]
)
def test_a_size_is_read_as_people_write_it(text: str, size: int | None) -> None:
    assert parsed(text) == size


@pytest.mark.parametrize("text", ["", "8", "G", "8 GGG", "255M", "nan", "8K"])
def test_what_is_no_size_is_refused_before_anything_starts(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_memory_argument(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--reader-memory", text])
    assert "is no size of memory" in capsys.readouterr().err


def test_half_of_the_machine_unless_something_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    there = machine_memory()
    monkeypatch.delenv(VARIABLE, raising=False)
    assert memory_limit() == (None if there is None else max(256 << 20, there // 2))
    monkeypatch.setenv(VARIABLE, "nonsense")
    assert memory_limit() == (None if there is None else max(256 << 20, there // 2))
    parser = argparse.ArgumentParser()
    add_memory_argument(parser)
    parser.parse_args(["--reader-memory", "2G"])
    assert memory_limit() == 2 << 30
    parser.parse_args(["--reader-memory", "none"])
    assert memory_limit() is None
