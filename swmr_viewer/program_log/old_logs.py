"""Each start of the program has a log of its own, for two cannot write to one; here old ones are removed."""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

KEPT = 20
"""Logs of so many starts are kept in any case."""
KEPT_S = 7 * 86400.0
"""Those of other computers are kept for so long (s) at the least: nobody knows here whether they are written."""
PREFIX = "swmr_viewer-"


def name_of_log(host: str, pid: int, started: float) -> str:
    """Return the name of the log of a process that started then (s since 1970)."""
    return f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S', time.localtime(started))}-{_in_name(host)}-{pid}.log"


def _in_name(host: str) -> str:
    return "".join(c if c.isalnum() or c == "." else "_" for c in host)[:60] or "computer"


def remove_old(folder: Path, host: str, now: float, kept: int = KEPT) -> None:
    """Remove the oldest logs, with what was rotated out of them; those of processes that run stay."""
    families: dict[str, list[Path]] = defaultdict(list)
    for path in folder.glob(f"{PREFIX}*.log*"):
        families[path.name.partition(".log")[0]].append(path)
    changed = {name: max(map(_changed_at, paths)) for name, paths in families.items()}
    for name in sorted(changed, key=changed.__getitem__, reverse=True)[kept:]:
        if not _may_be_written(name, host, now - changed[name]):
            for path in families[name]:
                with suppress(OSError):
                    path.unlink()


def _changed_at(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _may_be_written(name: str, host: str, age_s: float) -> bool:
    its_host, pid = name.split("-")[-2:]
    if its_host != _in_name(host):
        return age_s < KEPT_S
    return pid.isdecimal() and _runs(int(pid))


def _runs(pid: int) -> bool:
    if sys.platform == "win32":
        return False  # a file that is open cannot be removed there
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
