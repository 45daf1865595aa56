"""All benchmarks in one table: ``make bench``, or ``python -m tests.benchmarks [--json FILE|-] [--only NAME ...]``.

Each script gives rows by ``rows()``, in a process of its own: what, ours, peer, peer_name, ratio (ours / peer), unit, runs; or what
and left_out, which says why. A script first makes sure that both sides did the same work, and ends with a message where they did not.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCRIPTS = ("follower_latency", "poll_cost", "finished_frames", "decoding", "examining", "window_thread", "reductions", "on_screen")
ROOT = Path(__file__).parents[2]
PACKAGES = ("swmr-viewer", "numpy", "h5py", "hdf5plugin", "PySide6-Essentials", "pyqtgraph", "swmr-tools")
LONGEST_S = 600.0
"""A script that takes longer is ended."""
_RUN = "import importlib, json, sys; rows = importlib.import_module(sys.argv[1]).rows(); json.dump(rows, open(sys.argv[2], 'w'))"


def measured_by(script: str) -> list[dict[str, Any]]:
    """Return the rows of a script; one that says what went wrong, where it has none."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.json"
        command = [sys.executable, "-c", _RUN, f"tests.benchmarks.{script}", str(rows)]
        try:
            ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONGEST_S, check=False)
        except subprocess.TimeoutExpired:
            return [{"what": script, "failed": f"it took longer than {LONGEST_S:.0f} s"}]
        if ended.returncode or not rows.exists():
            return [{"what": script, "failed": (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]}]
        return [{"script": script, **row} for row in json.loads(rows.read_text())]


def circumstances() -> dict[str, str]:
    """Return when, where and with what it is measured."""
    versions = {"Python": platform.python_version(), "HDF5": _hdf5_version()} | {
        name: importlib.metadata.version(name) for name in PACKAGES
    }
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "is missing"


def _hdf5_version() -> str:
    import h5py

    return str(h5py.version.hdf5_version)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [("what", "ours", "the peer, or the limit", "ratio", "runs"), ("---",) * 5, *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines[1] = tuple("-" * width for width in widths)
    return "\n".join(f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in lines)


def cells(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the words of a row."""
    why = row.get("failed") or row.get("left_out")
    if why:
        return str(row["what"]), "failed" if "failed" in row else "left out", str(why), "", ""
    peer = f"{number(row['peer'])} {row['unit']} ({row['peer_name']})"
    return str(row["what"]), f"{number(row['ours'])} {row['unit']}", peer, number(row["ratio"]), f"{row['runs']}"


def number(value: float) -> str:
    """Return three digits that matter."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def main(argv: list[str] | None = None) -> int:
    """Run them one after another; 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write all of it there as well; -: to standard output, in place of the table")
    parser.add_argument("--only", nargs="+", choices=SCRIPTS, default=SCRIPTS, metavar="NAME", help=f"of {', '.join(SCRIPTS)}")
    args = parser.parse_args(argv)
    facts, rows, since_s = circumstances(), list[dict[str, Any]](), time.monotonic()
    for script in args.only:
        print(f"{script} ...", file=sys.stderr, flush=True)
        rows += measured_by(script)
    facts["took"] = f"{time.monotonic() - since_s:.0f} s"
    text = json.dumps({**facts, "rows": rows}, indent=1)
    if args.json == "-":
        print(text)
    else:
        print("\n".join(f"{name}: {value}" for name, value in facts.items()), table(rows), sep="\n\n")
        if args.json:
            Path(args.json).write_text(text + "\n")
    return int(any("failed" in row for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
