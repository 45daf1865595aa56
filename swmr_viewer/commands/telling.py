"""Words for people on a terminal: what files hold reaches it as plain text only, whatever the terminal can show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.plain_text import plain


class OutputError(SwmrViewerError):
    """Standard output takes nothing more, and not because its reader went."""


@contextmanager
def output_told() -> Iterator[None]:
    """Turn what goes wrong with standard output into a sentence.

    Raises
    ------
    BrokenPipeError
        If whoever read it has gone: nobody needs to be told.
    OutputError
        If it cannot be written for another reason, as where a disk is full.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Standard output cannot be written: {error.strerror}.", "Make room for it, and start again.") from error


def tell(words: str, stream: TextIO | None) -> None:
    """Print lines; characters that the stream has no code for are written out. None: the stream was closed before we started."""
    if stream is None:
        return
    for line in words.split("\n"):
        told = plain(line)
        encoding = stream.encoding or "utf-8"
        stream.write(told.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()


def tell_line(words: str, stream: TextIO | None) -> None:
    """Print a sentence, in which a name may hold line breaks, as one line; that nobody can read it ends nothing."""
    with suppress(OSError):
        tell(plain(words), stream)
