"""Damaged files through ``follow`` and ``inspect``: never a hang beyond the limit, never a wrong frame, never a traceback.

``python -m tests.live.damaged --files 300`` makes that many (seeded) and prints how they fared; a few run with the tests.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import h5py
import hdf5plugin
import numpy as np

KEYS, DATA = "/entry/keys", "/entry/data"
FRAME = (16, 12)
LIMIT_S = 40.0
"""What a command may take on a damaged file; an environment that starts slowly has some more."""
GRACE_S = 20.0

_SUPERBLOCK = 48
"""Bytes; what is damaged there is refused at once."""


def pixels(index: int) -> np.ndarray:
    """Return frame ``index`` of every file."""
    return (np.arange(np.prod(FRAME)).reshape(FRAME) * (index + 3) + index + 1).astype(np.uint16)


@dataclass(frozen=True)
class Sound:
    """A file before it is damaged."""

    name: str
    content: bytes
    raw: tuple[tuple[int, int], ...]
    """(start, stop) of chunks: a changed pixel, or key, is not to be told from another value."""
    n_frames: int
    has_checksums: bool = True


# ---- sound files


def _growing(file: h5py.File, **how: object) -> None:
    file.create_dataset(DATA, (0, *FRAME), np.uint16, maxshape=(None, *FRAME), chunks=(1, *FRAME), **how)
    file.create_dataset(KEYS, (0,), np.int32, maxshape=(None,), chunks=(4,))


def _fixed(file: h5py.File) -> None:
    file.create_dataset(DATA, (30, *FRAME), np.uint16, chunks=(1, *FRAME))
    file.create_dataset(KEYS, (30,), np.int32, chunks=(8,))


def _two_axes(file: h5py.File) -> None:
    file.create_dataset(DATA, (5, 6, *FRAME), np.uint16, maxshape=(None, None, *FRAME), chunks=(1, 1, *FRAME))
    file.create_dataset(KEYS, (5, 6), np.int32, maxshape=(None, None), chunks=(1, 6))


def _several_in_a_chunk(file: h5py.File) -> None:
    file.create_dataset(DATA, (0, *FRAME), np.uint16, maxshape=(None, *FRAME), chunks=(4, *FRAME), **hdf5plugin.Bitshuffle())
    file.create_dataset(KEYS, (0,), np.int32, maxshape=(None,), chunks=(1,))


def _write(file: h5py.File, n_frames: int) -> None:
    data, keys = file[DATA], file[KEYS]
    for index in range(n_frames):
        if keys.ndim == 1 and keys.shape[0] <= index:
            data.resize(index + 1, 0)
            keys.resize(index + 1, 0)
        at = np.unravel_index(index, keys.shape)
        data[at] = pixels(index)
        data.flush()
        keys[at] = index + 1
        keys.flush()


def _chunks(file: h5py.File) -> tuple[tuple[int, int], ...]:
    found = []
    for path in (DATA, KEYS):
        for number in range(file[path].id.get_num_chunks()):
            chunk = file[path].id.get_chunk_info(number)
            found.append((chunk.byte_offset, chunk.byte_offset + chunk.size))
    return tuple(found)


def _sound(
    folder: Path, name: str, make: Callable[[h5py.File], None], n_frames: int, *, libver: str = "v110", killed: bool = True
) -> Sound:
    """Write a file; ``killed``: as it is when its writer dies while it is in SWMR mode."""
    path = folder / f"{name}.h5"
    with h5py.File(path, "w", libver=libver) as file:
        make(file)
        if libver != "earliest":
            file.swmr_mode = True
        _write(file, n_frames)
        file.flush()
        content = path.read_bytes()
        raw = _chunks(file)
    return Sound(name, content if killed else path.read_bytes(), raw, n_frames, libver != "earliest")


def sound_files(folder: Path) -> list[Sound]:
    """Write one file of each layout."""
    return [
        _sound(folder, "growing", partial(_growing, compression="gzip"), 40),
        _sound(folder, "growing-plain", _growing, 40),
        _sound(folder, "fixed", _fixed, 30),
        _sound(folder, "two-axes", _two_axes, 30),
        _sound(folder, "several-in-a-chunk", _several_in_a_chunk, 40),
        _sound(folder, "closed", _growing, 40, killed=False),
        _sound(folder, "long", _growing, 400),
        _sound(folder, "earliest", _fixed, 30, libver="earliest", killed=False),
    ]


# ---- damage


def damaged(sound: Sound, chance: random.Random) -> tuple[str, bytes]:
    """Return what was done to it, and its bytes after that."""
    content = bytearray(sound.content)
    ways = ("cut", "bytes", "zeros") if sound.has_checksums else ("cut",)
    way = chance.choice(ways)
    if way == "cut":
        del content[chance.randrange(_SUPERBLOCK, len(content)) :]
        return way, bytes(content)
    metadata = [at for at in range(_SUPERBLOCK, len(content)) if not any(start <= at < stop for start, stop in sound.raw)]
    for _ in range(chance.choice((1, 4, 40)) if way == "bytes" else 1):
        at = chance.choice(metadata)
        if way == "bytes":
            content[at] ^= chance.randrange(1, 256)
            continue
        for offset in range(chance.choice((16, 512))):
            if at + offset < len(content) and not any(start <= at + offset < stop for start, stop in sound.raw):
                content[at + offset] = 0
    return way, bytes(content)


# ---- through the commands


@dataclass(frozen=True)
class Outcome:
    """How a command fared with a damaged file."""

    what: str
    command: str
    status: int | None
    seconds: float
    n_frames: int
    n_wrong: int
    words: str

    @property
    def verdict(self) -> str:
        """One word; the first three are faults of ours."""
        if self.status is None:
            return "hangs"
        if self.n_wrong:
            return "wrong"
        if "Traceback" in self.words or "Exception ignored" in self.words or self.status not in (0, 2, 3, 4):
            return "crashes"
        return {0: "read", 3: "read"}.get(self.status, "refused")


COMMANDS = ("follow", "follow-anything", "inspect")
FAULTS = ("hangs", "wrong", "crashes")


def run(path: Path, what: str, command: str) -> Outcome:
    """Run one command on a file."""
    arguments = {
        "follow": ["--keys", KEYS, "--data", DATA, "--timeout", "0.5"],
        "inspect": ["--json"],
        "follow-anything": ["--timeout", "0.5"],
    }
    words = [sys.executable, "-m", "swmr_viewer", command.partition("-")[0], str(path), *arguments[command]]
    began = time.monotonic()
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT_S + GRACE_S, check=False)
    except subprocess.TimeoutExpired as error:
        return Outcome(what, command, None, time.monotonic() - began, 0, 0, str(error.stderr or ""))
    lines = [json.loads(line) for line in done.stdout.splitlines()] if command != "inspect" else []
    frames = [line for line in lines if line["event"] == "frame"]
    n_wrong = sum(not _is_right(frame) for frame in frames)
    return Outcome(what, command, done.returncode, time.monotonic() - began, len(frames), n_wrong, done.stderr)


def _is_right(frame: dict[str, object]) -> bool:
    told = frame["data"].get(DATA)  # type: ignore[attr-defined]
    expected = pixels(frame["index"])  # type: ignore[arg-type]
    return told is None or (told["min"], told["max"], told["sum"]) == (
        int(expected.min()),
        int(expected.max()),
        int(expected.sum(dtype=np.int64)),
    )


def outcomes(folder: Path, n_files: int, seed: int, commands: Sequence[str] = COMMANDS, n_at_once: int = 2) -> Iterator[Outcome]:
    """Damage files in turn, and yield how each command fared with each."""
    sound = sound_files(folder)

    def one(number: int) -> list[Outcome]:
        chance = random.Random(f"{seed}-{number}")
        origin = sound[number % len(sound)]
        way, content = damaged(origin, chance)
        path = folder / f"damaged{number}.h5"
        path.write_bytes(content)
        found = [run(path, f"{number} {origin.name} {way}", command) for command in commands]
        path.unlink()
        return found

    with ThreadPoolExecutor(n_at_once) as pool:
        for several in pool.map(one, range(n_files)):
            yield from several


def main(argv: list[str] | None = None) -> int:
    """Print each fault, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--all", action="store_true", help="print every outcome")
    args = parser.parse_args(argv)
    counts: Counter[str] = Counter()
    longest = 0.0
    n_frames = 0
    with tempfile.TemporaryDirectory() as folder:
        for outcome in outcomes(Path(folder), args.files, args.seed):
            counts[f"{outcome.command}: {outcome.verdict}"] += 1
            longest = max(longest, outcome.seconds)
            n_frames += outcome.n_frames
            if args.all or outcome.verdict in FAULTS or outcome.seconds > LIMIT_S:
                print(f"{outcome.what} {outcome.command}: {outcome.verdict}, status {outcome.status}, {outcome.seconds:.1f} s,", end=" ")
                print(f"{outcome.n_frames} frames, {outcome.n_wrong} wrong: {outcome.words.strip()[-300:]}", flush=True)
    print(*(f"{name} {n}" for name, n in sorted(counts.items())), f"{n_frames} frames, longest {longest:.1f} s", sep="\n")
    return int(any(name.endswith(FAULTS) for name in counts))


if __name__ == "__main__":
    sys.exit(main())
