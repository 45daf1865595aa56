"""What one part of a soak showed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.reliability.soak.judging import Row


@dataclass
class Result:
    """Words, figures and faults; it is good if there is no fault and nothing grew."""

    name: str
    words: list[str] = field(default_factory=list)
    """What was done, and what was not."""
    rows: list[Row] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.faults and not any(row.is_growth for row in self.rows)

    def expect(self, what: str, found: object, expected: object) -> None:
        """Note a fault where something is not what it must be."""
        if found != expected:
            self.faults.append(f"{what}: {found}, not {expected}")

    def note_window(self, told: dict[str, Any], state: dict[str, Any], n_frames: int, n_wrong: int) -> None:
        """Take what the window tells at the end of a scan."""
        self.expect("frames that were told to be complete", state["n_told"], n_frames)
        self.expect("frames that were told, each once", state["n_announced"], n_frames)
        self.expect("frames that are complete", state["n_complete"], n_frames)
        self.expect("values of regions, and of the reduction, that are wrong", n_wrong, 0)
        self.note_health(told)

    def note_health(self, told: dict[str, Any]) -> None:
        """Take what must never be, whatever is shown."""
        self.expect("frames that were painted wrong", told["n_wrong"], 0)
        self.expect("whether any frame was painted", told["n_painted"] > 0, True)
        self.expect("problems that the window reported", told["problems"], [])

    def text(self) -> str:
        """Return it as a table."""
        lines = [f"{self.name}: {'good' if self.is_good else 'NOT GOOD'}", *(f"  {words}" for words in self.words)]
        if self.rows:
            lines.append(f"  {'':42}{'early':>10}{'late':>10}{'may grow':>10}")
        for row in self.rows:
            allowed = "" if row.allowed is None else f"{row.allowed:10,.1f}"
            what = f"{row.what}{f' ({row.unit})' if row.unit else ''}"
            lines.append(f"  {what:42}{row.early:10,.1f}{row.late:10,.1f}{allowed:>10}{'   GREW' if row.is_growth else ''}")
        return "\n".join([*lines, *(f"  FAULT: {fault}" for fault in self.faults)])

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.name,
            "is_good": self.is_good,
            "words": self.words,
            "faults": self.faults,
            "rows": [r.as_json() for r in self.rows],
        }
