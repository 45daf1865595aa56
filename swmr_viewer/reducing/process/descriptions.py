"""Which reductions are to be described: each is given up where its code hangs, or ends the process again and again."""

from __future__ import annotations

from collections.abc import Sequence

from swmr_viewer.reducing.messages import Described

MOST_DEATHS = 3
"""Of processes in a row that were to describe the same."""
LOADED_WITHIN_S = 30.0
"""From when a process was asked: the largest packages take some seconds, from a cold network disk several times as long."""


class Descriptions:
    """Names that are asked for and not answered yet.

    Parameters
    ----------
    within_s : float
        Longest time (s) that a description may take.
    """

    def __init__(self, within_s: float = LOADED_WITHIN_S) -> None:
        self._within_s = within_s
        self._asked_at: dict[str, float] = {}
        self._n_deaths = 0

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they were asked for."""
        return tuple(self._asked_at)

    def ask(self, names: Sequence[str], now_s: float) -> tuple[str, ...]:
        """Note what is asked for, and return what was not before."""
        new = tuple(dict.fromkeys(name for name in names if name not in self._asked_at))
        self._asked_at |= dict.fromkeys(new, now_s)
        return new

    def ask_again(self, now_s: float) -> None:
        """Another process is asked for all of them: their time begins anew."""
        self._asked_at = dict.fromkeys(self._asked_at, now_s)

    def note(self, name: str) -> bool:
        """Note an answer, and return whether it was still wanted."""
        self._n_deaths = 0
        return self._asked_at.pop(name, None) is not None

    def overdue(self, now_s: float) -> list[Described]:
        """Give up what takes too long, and return what is told of it."""
        late = [name for name, asked_at in self._asked_at.items() if now_s - asked_at > self._within_s]
        for name in late:
            del self._asked_at[name]
        why = f"was not loaded within {self._within_s:.0f} s: its code hangs, or the storage"
        return [Described(name, None, f"{name} {why}.") for name in late]

    def after_death(self, reason: str) -> list[Described]:
        """Give up the first one if processes die again and again of it."""
        if not self._asked_at:
            return []
        self._n_deaths += 1
        if self._n_deaths < MOST_DEATHS:
            return []
        self._n_deaths = 0
        name = next(iter(self._asked_at))
        del self._asked_at[name]
        return [Described(name, None, f"The process that was to load {name} is gone: {reason}.")]
