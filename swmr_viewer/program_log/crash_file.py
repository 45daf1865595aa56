"""Where each thread was when a library ended the process: a file beside the log, which is there only after a crash."""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

ENDING = ".crash"


@contextmanager
def crashes_noted(log_path: Path) -> Iterator[None]:
    """While this lasts, a crash of this process leaves its threads' stacks in a file beside the log.

    Where something else notes crashes already, or the file cannot be made, nothing is done.
    """
    path = log_path.with_name(log_path.name + ENDING)
    if faulthandler.is_enabled():
        yield
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open(path, "wb"))  # it stays open: after a crash nothing can be opened any more
        except OSError:
            yield
            return
        faulthandler.enable(file)
        stack.callback(faulthandler.disable)
        yield
    with suppress(OSError):
        path.unlink()


def crashes_in(folder: Path) -> tuple[Path, ...]:
    """Return what earlier crashes left, the oldest first."""
    found = sorted(folder.glob(f"*{ENDING}"))
    return tuple(path for path in found if _size(path) > 0)


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
