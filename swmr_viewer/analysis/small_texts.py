"""Text files that are read whole, up to a length."""

from __future__ import annotations

from pathlib import Path


def read_small_text(file: str | Path, most_bytes: int) -> str:
    """Return the text of a file (UTF-8).

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is longer than so many bytes, or no text; the words say which.
    """
    with Path(file).open("rb") as opened:
        content = opened.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ValueError("it is too long")
    return content.decode("utf-8")
