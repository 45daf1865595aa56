"""Words for people on a terminal: what files hold reaches it as plain text only, whatever the terminal can show."""

from __future__ import annotations

from typing import TextIO

from swmr_viewer.core.plain_text import plain


def tell(words: str, stream: TextIO) -> None:
    """Print lines; characters that the stream has no code for are written out."""
    for line in words.split("\n"):
        told = plain(line)
        encoding = stream.encoding or "utf-8"
        stream.write(told.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()


def tell_line(words: str, stream: TextIO) -> None:
    """Print a sentence, in which a name may hold line breaks, as one line."""
    tell(plain(words), stream)
