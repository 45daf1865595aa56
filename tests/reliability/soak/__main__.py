"""Long runs of the real window: ``make soak``, or ``python -m tests.reliability.soak [--minutes M] [--part frames|hour|files|all]``.

Two million small frames, an hour of frames at 10 Hz, and 500 files one after another, each in one window beside a writer in SWMR mode, with
regions measured, a curve shown and a reduction that writes its results. Exit status 1 if anything grew, was lost, or was wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from tests.reliability.soak.files_part import soak_files
from tests.reliability.soak.led import SoakError
from tests.reliability.soak.result import Result
from tests.reliability.soak.steady import Steady
from tests.reliability.soak.steady_part import soak_steady

PARTS = ("frames", "hour", "files")
MEASURED_HZ = 1000.0
"""So many small frames are measured in a second by one reader, roughly, with two regions: it ends long after the writer."""
FILE_S = 3.0
"""What a file takes, roughly: half of them are found by looking into a folder once a second."""
PATIENCE, MORE_S = 1.5, 30.0
"""Without a limit a part may take so many times as long as was reckoned; and in any case so much longer. What is left then is cut off."""
FEWEST_FILES = 16


@dataclass(frozen=True)
class Sizes:
    """How long the parts are."""

    n_frames: int = 2_000_000
    rate_hz: float = 6000.0
    hour_s: float = 3600.0
    n_files: int = 500

    def seconds(self, part: str) -> float:
        """Return what a part takes, roughly."""
        return {"frames": self.n_frames / self.rate_hz + self.n_frames / MEASURED_HZ, "hour": self.hour_s, "files": self.n_files * FILE_S}[
            part
        ]

    def shortened(self, parts: tuple[str, ...], limit_s: float) -> Sizes:
        """Return them so that these parts together take no longer than this, each in proportion."""
        share = min(1.0, limit_s / sum(map(self.seconds, parts)))
        n_files = max(min(FEWEST_FILES, self.n_files), int(share * self.n_files))
        return replace(self, n_frames=max(1, int(share * self.n_frames)), hour_s=share * self.hour_s, n_files=n_files)

    def words(self, parts: tuple[str, ...]) -> str:
        told = {
            "frames": f"{self.n_frames:,} frames at {self.rate_hz:,.0f}/s",
            "hour": f"{self.hour_s / 60:.1f} minutes at 10 Hz",
            "files": f"{self.n_files} files",
        }
        return ", ".join(told[part] for part in parts)


def soak(part: str, sizes: Sizes, folder: Path, limit_s: float) -> Result:
    """Run one part in a folder of its own, until the limit."""
    try:
        if part == "files":
            return soak_files(sizes.n_files, folder, limit_s)
        if part == "hour":
            return soak_steady(part, Steady(round(10 * sizes.hour_s), (256, 256), 10.0, 1, compressed=True), folder, limit_s)
        return soak_steady(part, Steady(sizes.n_frames, rate_hz=sizes.rate_hz), folder, limit_s)
    except (SoakError, ValueError) as error:
        return Result(part, faults=[str(error)])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.soak", description=__doc__)
    whole = Sizes()
    parser.add_argument(
        "--minutes", type=float, help="make all parts shorter, so that together they take so long, and half a minute each at most"
    )
    parser.add_argument("--part", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--frames", type=int, default=whole.n_frames, help="how many small frames (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=whole.rate_hz, help="small frames in a second (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=whole.hour_s, help="how long at 10 Hz (default: %(default)s)")
    parser.add_argument("--files", type=int, default=whole.n_files, help="how many files (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures there as well")
    args = parser.parse_args(argv)
    parts = PARTS if args.part == "all" else (args.part,)
    asked = Sizes(args.frames, args.rate, args.seconds, args.files)
    sizes = asked if args.minutes is None else asked.shortened(parts, 60 * args.minutes)
    print(sizes.words(parts) + (f"; shortened from {asked.words(parts)}" if sizes != asked else ""), flush=True)
    results = []
    for part in parts:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            began_s = time.monotonic()
            limit_s = sizes.seconds(part) * (PATIENCE if args.minutes is None else 1) + MORE_S
            results.append(soak(part, sizes, Path(folder), limit_s))
            print(f"{results[-1].text()}\n  took {time.monotonic() - began_s:.0f} s", flush=True)
    if args.json is not None:
        args.json.write_text(json.dumps([one.as_json() for one in results], indent=1))
    return int(not all(one.is_good for one in results))


if __name__ == "__main__":
    sys.exit(main())
