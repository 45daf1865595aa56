"""Files that appear complete, together, and never in the place of another."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from uuid import uuid4


def place_together(contents: Mapping[str, bytes], folder: Path, stem: str) -> tuple[Path, ...]:
    """Write files that differ in their endings under the first of ``stem``, ``stem-2`` ... that is free for all of them.

    Parameters
    ----------
    contents : mapping of str to bytes
        What goes into the file of each ending (``.png``).
    folder : Path
        Where.
    stem : str
        File name without ending.

    Returns
    -------
    tuple of Path
        The files, in the order of ``contents``. Programs that do this at the same time get different names.

    Raises
    ------
    OSError
        If a file cannot be written; nothing is left behind then.
    """
    parts: list[Path] = []
    try:
        for ending, content in contents.items():
            parts.append(folder / f".{uuid4().hex}{ending}.part")
            with parts[-1].open("xb") as file:
                file.write(content)
        return _first_free(parts, list(contents), folder, stem)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _first_free(parts: list[Path], endings: list[str], folder: Path, stem: str) -> tuple[Path, ...]:
    for number in count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        targets = [folder / f"{name}{ending}" for ending in endings]
        if not any(os.path.lexists(target) for target in targets) and _place_all(parts, targets):
            return tuple(targets)
    raise AssertionError("counting never ends")


def _place_all(parts: list[Path], targets: list[Path]) -> bool:
    """Give all parts their names; False (and none placed) if somebody took one of the names in the meantime."""
    placed: list[tuple[Path, Path]] = []
    try:
        for part, target in zip(parts, targets, strict=True):
            _place(part, target)
            placed.append((part, target))
    except BaseException as error:
        for part, target in placed:
            _take_back(part, target)
        if isinstance(error, FileExistsError):
            return False
        raise
    return True


def _place(part: Path, target: Path) -> None:
    """Rename without replacing: a hard link fails where the name is taken; without hard links (FAT, some shares) claim it first."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            os.replace(part, target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise


def _take_back(part: Path, target: Path) -> None:
    with contextlib.suppress(OSError):
        if part.exists():
            target.unlink()
        else:
            os.replace(target, part)
