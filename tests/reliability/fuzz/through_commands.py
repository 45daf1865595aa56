"""A case through ``follow`` and ``inspect``, as processes that people start."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from typing import Any

from tests.reliability.fuzz.cases import QUIET_S, Case
from tests.reliability.fuzz.judging import LONGEST_S, Outcome, Shown

_STATUSES = {"follow": (0, 2, 3, 4, 5), "inspect": (0, 2, 4)}


def run(case: Case) -> Outcome:
    """Let a case go through both, side by side."""
    outcome, began = Outcome(), time.monotonic()
    started = {name: _start(name, words) for name, words in (("follow", _follow_words(case)), ("inspect", [str(case.main), "--json"]))}
    for name, process in started.items():
        try:
            out, notes = process.communicate(timeout=max(1.0, began + LONGEST_S - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            outcome.faults.append(f"{name} hangs")
            continue
        _judge(case, outcome, name, process.returncode, out, notes)
    outcome.seconds = time.monotonic() - began
    return outcome


def _start(name: str, words: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "swmr_viewer", name, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace")


def _follow_words(case: Case) -> list[str]:
    asked = case.request
    words = [str(case.main), "--timeout", str(QUIET_S), "--wait", str(QUIET_S)]
    for option, paths in (("--keys", asked.key_paths), ("--length", asked.length_paths), ("--data", asked.data_paths)):
        words += [option, *paths] if paths else []
    return words


def _judge(case: Case, outcome: Outcome, name: str, status: int, out: str, notes: str) -> None:
    if status not in _STATUSES[name] or "Traceback" in notes or "Exception ignored" in notes:
        outcome.faults.append(f"{name} crashes with {status}: {notes[-500:]}")
    elif status in (2, 4):
        lines = notes.strip().splitlines()
        outcome.refuse(case, name, lines[-1] if lines else "", None)
    outcome.replaced += [line for line in notes.splitlines() if line.startswith("the reader was replaced")]
    if name == "follow":
        lines = [json.loads(line) for line in out.splitlines()]
        _take(outcome, lines)
    elif status == 0:
        json.loads(out)


def _take(outcome: Outcome, lines: list[dict[str, Any]]) -> None:
    shape: tuple[int, ...] = ()
    for line in lines:
        if line["event"] == "opened":
            shape = tuple(line["scan_shape"])
        elif line["event"] == "frame":
            position = tuple(line["position"])
            whole = shape if _is_within(position, shape) else tuple(at + 1 for at in position)
            outcome.shown += [Shown(path, position, whole, told) for path, told in line["data"].items()]


def _is_within(position: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(position) == len(shape) and math.prod(shape) > 0 and all(at < n for at, n in zip(position, shape, strict=True))
