"""Short names for what is found in a file, each of one thing alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from swmr_viewer.core.plain_text import plain

_OF_THEIR_GROUP = ("value", "data", "value_set", "raw_value")
"""Fields that are called after the group that they are in."""
_LONGEST = 60


def last_name(path: str) -> str:
    """Return the last part of a path that says what it is: of a field that is called after its group, that of the group."""
    parts = [part for part in path.split("/") if part]
    return parts[-2] if len(parts) > 1 and parts[-1] in _OF_THEIR_GROUP else parts[-1]


class Names:
    """Gives names.

    Parameters
    ----------
    taken : collection of str
        Names that nothing here may have.
    """

    def __init__(self, taken: Collection[str] = ()) -> None:
        self._taken = set(taken)
        self._given: dict[str, str] = {}

    def of(self, path: str, wanted: str = "") -> str:
        """Return the name of what is at a path: as wanted, else its last part; with more of its path where another one has that.

        What was asked before has the name that it got then.
        """
        if path not in self._given:
            parts = [plain(part) for part in path.split("/") if part]
            if len(parts) > 1 and parts[-1] in _OF_THEIR_GROUP:
                parts = parts[:-1]
            self._given[path] = name = next(name for name in _candidates(wanted, parts) if name not in self._taken)
            self._taken.add(name)
        return self._given[path]


def _candidates(wanted: str, parts: list[str]) -> Iterator[str]:
    if wanted:
        yield wanted[-_LONGEST:]
    for n in range(1, len(parts) + 1):
        yield "_".join(parts[-n:])[-_LONGEST:]
    number = 2
    while True:
        yield f"{(wanted or parts[-1])[-_LONGEST:]}_{number}"
        number += 1
