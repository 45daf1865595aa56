"""``python -m tests.reliability.fuzz --cases N --minutes M``: broken files of every kind, through reader, commands and window.

Each fault is printed with its case's number, and ends it with status 1; ``--case 4711`` runs that one again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from swmr_viewer.core.memory_limit import VARIABLE
from tests.reliability.fuzz import through_commands
from tests.reliability.fuzz.cases import Case, case
from tests.reliability.fuzz.judging import Outcome, judge
from tests.reliability.fuzz.oracle import Oracle
from tests.reliability.fuzz.through_reader import STUCK_S, Readers
from tests.reliability.fuzz.through_window import Window

_TELL_EACH = 100
READER_MEMORY = "1G"
"""What a file makes HDF5 ask for beyond this is refused; without it that is half of the machine's memory."""


class Fuzz:
    """All that cases go through, made when it is first needed; use it in a ``with`` statement."""

    def __init__(self, seed: int = 0, stuck_after_s: float = STUCK_S) -> None:
        self._seed = seed
        self._stuck_after_s = stuck_after_s
        self._stack = ExitStack()
        self._readers: Readers | None = None
        self._window: Window | None = None

    def __enter__(self) -> Fuzz:
        self._stack.enter_context(patch.dict(os.environ, {VARIABLE: READER_MEMORY}))
        self._folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="fuzz-")))
        self._oracle = Oracle()
        self._stack.callback(self._oracle.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def words(self, number: int) -> str:
        """Return what a case is."""
        with case(number, self._seed, self._folder) as one:
            return f"{one.kind} {one.words} {one.through}"

    def run(self, number: int, through: str = "") -> tuple[Case, Outcome]:
        """Run one case, and judge it."""
        with case(number, self._seed, self._folder) as one:
            outcome = self._run(one, through or one.through)
            judge(one, outcome, self._oracle)
            return one, outcome

    def _run(self, one: Case, through: str) -> Outcome:
        if through == "commands":
            return through_commands.run(one)
        if through == "window":
            if self._window is None:
                self._window = Window(self._stuck_after_s)
                self._stack.callback(self._window.close)
            return self._window.run(one)
        if self._readers is None:
            self._readers = Readers(self._stuck_after_s)
            self._stack.callback(self._readers.close)
        return self._readers.run(one)


class Account:
    """What is told at the end."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.longest: tuple[float, int] = (0.0, -1)
        self.highest: tuple[int, int] = (0, -1)
        self.longest_turn_ms: tuple[int, int] = (0, -1)
        self.faulty: list[int] = []

    def note(self, one: Case, outcome: Outcome) -> None:
        """Take note of a case."""
        self.kinds[one.kind] += 1
        turn = outcome.counts.pop("longest turn of the window (ms)", 0)
        self.longest_turn_ms = max(self.longest_turn_ms, (turn, one.number))
        self.counts.update(outcome.counts)
        self.counts.update({"cases": 1, f"through {one.through}": 1, "refusals told": len(outcome.refusals)})
        self.counts.update(f"readers lost: {_sort_of(why)}" for why in outcome.replaced)
        self.longest = max(self.longest, (outcome.seconds, one.number))
        self.highest = max(self.highest, (outcome.peak_bytes, one.number))
        if outcome.faults:
            self.faulty.append(one.number)

    def lines(self) -> Iterator[str]:
        """Yield what is told."""
        yield from (f"{name}: {n}" for name, n in sorted(self.counts.items()))
        yield "kinds: " + ", ".join(f"{name} {n}" for name, n in sorted(self.kinds.items()))
        yield f"longest case: {self.longest[0]:.1f} s (case {self.longest[1]})"
        yield f"most memory of a reader: {self.highest[0] / 1e6:.0f} MB (case {self.highest[1]})"
        yield f"longest turn of the window: {self.longest_turn_ms[0]} ms (case {self.longest_turn_ms[1]})"
        yield f"faulty cases: {len(self.faulty)} {self.faulty}"


def _sort_of(why: str) -> str:
    return "did not answer" if "did not answer" in why else why.rpartition(": ")[2]


def main(argv: list[str] | None = None) -> int:
    """Run cases until their number or the time is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=None, help="how many (default: 5000, or as many as the minutes allow)")
    parser.add_argument("--minutes", type=float, default=None, help="begin no case after so many minutes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--only", default="", metavar="WORD", help="cases of which a word is told")
    parser.add_argument("--case", type=int, default=None, metavar="NUMBER", help="this case alone, told in full")
    parser.add_argument("--through", default="", choices=("", "reader", "commands", "window"))
    args = parser.parse_args(argv)
    account, end = Account(), time.monotonic() + 60 * (args.minutes or 1e6)
    n_cases = args.cases if args.cases is not None else (10**9 if args.minutes else 5000)
    numbers = range(args.first, args.first + n_cases) if args.case is None else (args.case,)
    with TemporaryDirectory(prefix="fuzz-home-") as home, Fuzz(args.seed) as fuzz:
        os.environ.update({f"XDG_{name}_HOME": home for name in ("CONFIG", "DATA", "CACHE", "STATE")} | {"HOME": home})
        with suppress(KeyboardInterrupt):  # what was found so far is told
            _run_all(fuzz, account, args, numbers, end)
    print(*account.lines(), sep="\n", flush=True)
    return int(bool(account.faulty))


def _run_all(fuzz: Fuzz, account: Account, args: argparse.Namespace, numbers: Iterable[int], end: float) -> None:
    for number in numbers:
        if time.monotonic() > end:
            return
        if args.only and args.only not in fuzz.words(number):
            continue
        one, outcome = fuzz.run(number, args.through)
        account.note(one, outcome)
        if args.case is not None or outcome.faults:
            _tell(one, outcome, in_full=args.case is not None)
        if account.counts["cases"] % _TELL_EACH == 0:
            print(f"up to case {number}: {len(account.faulty)} faulty, {account.counts['frames as written']} frames", flush=True)


def _tell(one: Case, outcome: Outcome, *, in_full: bool) -> None:
    print(f"case {one.number} through {one.through}, {one.kind}: {one.words[:600]!r}", flush=True)
    for fault in outcome.faults:
        print(f"    {fault[:1500]}", flush=True)
    if in_full:
        print(f"    asked: {one.request}"[:1500])
        print(*(f"    told: {words[:600]!r}" for words in outcome.refusals), *(f"    lost: {why}" for why in outcome.replaced), sep="\n")
        print(f"    {len(outcome.shown)} frames, {outcome.seconds:.1f} s, {outcome.peak_bytes / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
