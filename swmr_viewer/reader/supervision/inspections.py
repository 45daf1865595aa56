"""Files that somebody asked to inspect, until they are answered. Pure."""

from __future__ import annotations

from swmr_viewer.reader.messages import Inspect, Inspected

_KILLS = 2


class Inspections:
    """The inspections that are under way, oldest first."""

    def __init__(self) -> None:
        self._last_id = 0
        self._open: dict[int, Inspect] = {}
        self._kills: dict[int, int] = {}

    def ask(self, path: str) -> Inspect:
        """Return the request for one more."""
        self._last_id += 1
        self._open[self._last_id] = Inspect(self._last_id, path)
        return self._open[self._last_id]

    def note_answer(self, answer: Inspected) -> None:
        """Take note of an answer."""
        self._open.pop(answer.request_id, None)

    def note_death(self, doing: Inspect | None, why: str) -> Inspected | None:
        """Take note that the reader died, and return the answer to an inspection that killed it too often."""
        if doing is None or doing.request_id not in self._open:
            return None
        self._kills[doing.request_id] = self._kills.get(doing.request_id, 0) + 1
        if self._kills[doing.request_id] < _KILLS:
            return None
        del self._open[doing.request_id]
        return Inspected(
            doing.request_id,
            None,
            f"{doing.path} cannot be inspected: reading it ended the reader {_KILLS} times ({why}).",
            "The file may be damaged; check it with h5dump or h5check.",
            "FileBrokenError",
        )

    def oldest(self) -> Inspect | None:
        """Return the one that the reader works on, if any."""
        return next(iter(self._open.values()), None)

    def requests(self) -> tuple[Inspect, ...]:
        """Return what to send to a new reader."""
        return tuple(self._open.values())

    def give_up(self, why: str) -> tuple[Inspected, ...]:
        """Answer all of them with an error."""
        answers = tuple(Inspected(number, None, why, "Close other programs and try again.", "ReaderError") for number in self._open)
        self._open.clear()
        return answers
