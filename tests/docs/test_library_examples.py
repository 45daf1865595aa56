"""Every example of docs/library.md, run in its order and compared with the output that the page shows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.simulator.pattern import make_frame
from swmr_viewer.simulator.plan import ScanPlan
from tests.live.writers import LiveWriter

PAGE = Path(__file__).parents[2] / "docs" / "library.md"
BLOCK = re.compile(r"(?P<live><!-- live -->\n)?```python\n(?P<code>.*?)```\n(?:```text\n(?P<output>.*?)```\n)?", re.DOTALL)

PLAN = ScanPlan(scan_shape=(4, 5), frame_shape=(64, 80), n_keys=2, period_s=0.01)


@dataclass(frozen=True)
class Example:
    """One block of code, and what it prints."""

    code: str
    output: str
    is_live: bool


def examples() -> Iterator[Example]:
    for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield Example(found["code"], found["output"] or "", found["live"] is not None)


@pytest.mark.live
def test_the_page_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {}
    n_run = {True: 0, False: 0}
    for example in examples():
        with LiveWriter(tmp_path / "scan.h5", PLAN, stepped=False) if example.is_live else nullcontext() as writer:
            said = io.StringIO()
            with redirect_stdout(said):
                exec(compile(example.code, str(PAGE), "exec"), known)
            assert said.getvalue() == example.output
            n_run[example.is_live] += 1
            if writer is not None:
                writer.wait_exit(0)
                writer.path.unlink()
    assert n_run == {True: 4, False: 8}
    check_rings(known)


def check_rings(known: dict[str, Any]) -> None:
    with h5py.File("rings.h5", "r") as file:
        curves = file["entry/rings/sum"][()]
    for index in range(20):
        image = np.asarray(make_frame(PLAN, index), float)
        expected = [image.ravel()[known["ring"] == number].sum() for number in range(20)]
        assert np.allclose(curves[divmod(index, 5)], expected)


def test_no_code_on_the_page_is_left_out() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.count("```python") == len(list(examples())) == 12
    assert text.count("<!-- live -->") == sum(example.is_live for example in examples())
    assert text.count("```text") == sum(bool(example.output) for example in examples())
