"""The files beside the opened one that data really come from, shortly and in whole: pure."""

from __future__ import annotations

import os
from collections.abc import Iterable

from swmr_viewer.core.frozen import frozen

MOST_TOLD = 50
"""Of a scan over thousands of files the others are only counted."""
_MOST_UP = 2
"""A file that lies further up than so many folders is told by its whole path."""


@frozen
class OtherFiles:
    """Which other files some data come from."""

    names: tuple[str, ...] = ()
    """Absolute paths, in the order in which the file names them; of very many the first."""
    n: int = 0
    """How many there are."""

    def short_text(self, home: str) -> str:
        """Return them in a few words, as seen from the folder of the opened file: ``from ../raw/det.h5 and 11 others``; "": none."""
        if not self.names:
            return ""
        more = self.n - 1
        others = f" and {more} other{'s' if more > 1 else ''}" if more else ""
        return f"from {_seen_from(self.names[0], os.path.dirname(os.path.abspath(home)))}{others}"

    def whole_text(self) -> str:
        """Return all that is known, a line each."""
        more = self.n - len(self.names)
        return "\n".join([*self.names, *([f"and {more} more"] if more else [])])


NO_OTHERS = OtherFiles()


def joined_files(several: Iterable[OtherFiles]) -> OtherFiles:
    """Return the files of several, each once; as many as the longest of them has at least."""
    all_of = tuple(several)
    names = tuple(dict.fromkeys(name for one in all_of for name in one.names))
    return OtherFiles(names[:MOST_TOLD], max((len(names), *(one.n for one in all_of))))


def _seen_from(path: str, folder: str) -> str:
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # on another drive
        return path
    return path if relative.split(os.sep).count(os.pardir) > _MOST_UP else relative
