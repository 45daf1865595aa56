"""What is done to sound files: one function for each kind, by the chance that it is given."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.reliability.fuzz.anatomy import Anatomy, anatomy
from tests.reliability.fuzz.sound import Sound

_SUPERBLOCK = 48
_PAGES = (16, 512, 4096)


@dataclass
class Damaged:
    """Files on their way to being damaged."""

    sound: Sound
    files: dict[str, bytearray]
    words: str = ""
    """What was done."""
    is_unchecked: bool = False
    """HDF5 itself cannot notice it: what h5py reads is the truth then."""
    after: list[Callable[[Path], None]] = field(default_factory=list)
    """What is to be done in the folder once the files are there."""

    def say(self, words: str) -> None:
        """Note what was done."""
        self.words = f"{self.words}, {words}" if self.words else words

    def some_file(self, chance: random.Random) -> tuple[str, bytearray, Anatomy]:
        """Return one of the files, and what is known of it."""
        name = self.sound.main if chance.random() < 0.4 else chance.choice(sorted(self.files))
        return name, self.files[name], anatomy(self.sound.files[name])


Damage = Callable[[Damaged, random.Random], None]


def cut(damaged: Damaged, chance: random.Random) -> None:
    """Lose the end of a file."""
    name, content, _ = damaged.some_file(chance)
    near_end = max(_SUPERBLOCK, len(content) - chance.choice((1, 8, 200, 3000)))
    at = chance.choice((chance.randrange(len(content)), chance.randrange(_SUPERBLOCK, len(content)), near_end))
    del content[at:]
    damaged.say(f"{name} cut at {at}")


def changed_metadata(damaged: Damaged, chance: random.Random) -> None:
    """Change bytes behind which a checksum stands."""
    name, content, known = damaged.some_file(chance)
    n = chance.choice((1, 4, 40))
    for _ in range(n):
        at = chance.randrange(8, len(content))
        if not known.is_unchecked(at, at + 1):
            content[at] ^= chance.randrange(1, 256)
    damaged.is_unchecked |= not known.has_checksums
    damaged.say(f"{n} bytes of metadata of {name} changed")


def changed_anywhere(damaged: Damaged, chance: random.Random) -> None:
    """Change bytes wherever they are."""
    name, content, known = damaged.some_file(chance)
    n = chance.choice((1, 10, 200))
    for _ in range(n):
        at = chance.randrange(len(content))
        content[at] ^= chance.randrange(1, 256)
        damaged.is_unchecked |= known.is_unchecked(at, at + 1)
    damaged.say(f"{n} bytes of {name} changed")


def changed_raw(damaged: Damaged, chance: random.Random) -> None:
    """Change pixels, keys, or what they are compressed to."""
    name, content, known = damaged.some_file(chance)
    if not known.chunks:
        return changed_anywhere(damaged, chance)
    n = chance.choice((1, 3, 30))
    for _ in range(n):
        chunk = chance.choice(known.chunks)
        if chunk.stop > chunk.start and chunk.stop <= len(content):
            content[chance.randrange(chunk.start, chunk.stop)] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    damaged.is_unchecked = True
    damaged.say(f"{n} raw bytes of {name} changed")


def zeros(damaged: Damaged, chance: random.Random) -> None:
    """Lose a block, which reads as zeros."""
    name, content, known = damaged.some_file(chance)
    size = chance.choice(_PAGES)
    at = chance.randrange(len(content)) // size * size
    stop = min(at + size, len(content))
    content[at:stop] = bytes(stop - at)
    damaged.is_unchecked |= known.is_unchecked(at, stop)
    damaged.say(f"{size} zeros in {name} at {at}")


def shuffled(damaged: Damaged, chance: random.Random) -> None:
    """Let two blocks change places."""
    name, content, known = damaged.some_file(chance)
    size = chance.choice((8, *_PAGES))
    if len(content) < 2 * size:
        return zeros(damaged, chance)
    one, other = (chance.randrange(len(content) // size) * size for _ in range(2))
    content[one : one + size], content[other : other + size] = content[other : other + size], content[one : one + size]
    damaged.is_unchecked |= known.is_unchecked(one, one + size) or known.is_unchecked(other, other + size)
    # Metadata of one kind fit anywhere: what is found at another's address is right by its checksum.
    damaged.is_unchecked = True
    damaged.say(f"blocks of {size} at {one} and {other} of {name} exchanged")


def repeated(damaged: Damaged, chance: random.Random) -> None:
    """Let a block stand in another's place as well."""
    name, content, _ = damaged.some_file(chance)
    size = min(chance.choice(_PAGES), len(content))
    one, other = (chance.randrange(0, max(1, len(content) - size + 1)) for _ in range(2))
    content[other : other + size] = content[one : one + size]
    damaged.is_unchecked = True
    damaged.say(f"block of {size} at {one} of {name} repeated at {other}")


def flags(damaged: Damaged, chance: random.Random) -> None:
    """Change what the superblock says of itself."""
    name, content, known = damaged.some_file(chance)
    at = chance.choice((8, 9, 10, 11, 11, 11))
    content[at] = chance.choice((0, 1, 4, 5, 255, chance.randrange(256)))
    damaged.is_unchecked |= not known.has_checksums
    damaged.say(f"byte {at} of {name} set to {content[at]}")


def longer(damaged: Damaged, chance: random.Random) -> None:
    """Let a file go on with what does not belong to it."""
    name, content, _ = damaged.some_file(chance)
    more = chance.choice((b"\0" * 5000, chance.randbytes(777), bytes(content)))
    content += more
    damaged.say(f"{name} longer by {len(more)}")


def older(damaged: Damaged, chance: random.Random) -> None:
    """Let a page be as it was before it was written to last: storage that shows old pages."""
    name, content, known = damaged.some_file(chance)
    at = chance.randrange(len(content)) // 512 * 512
    if not known.chunks:
        return zeros(damaged, chance)
    chunk = chance.choice(known.chunks)
    content[chunk.start : chunk.stop] = bytes(chunk.stop - chunk.start)
    if chance.random() < 0.5:
        del content[max(_SUPERBLOCK, at) :]
    damaged.is_unchecked = True
    damaged.say(f"a chunk of {chunk.path} in {name} not written, {len(content)} bytes left")


# ---- several files


def missing(damaged: Damaged, chance: random.Random) -> None:
    """Let a file be gone."""
    others = sorted(set(damaged.files) - {damaged.sound.main}) or [damaged.sound.main]
    for name in chance.sample(others, chance.randint(1, min(2, len(others)))):
        del damaged.files[name]
        damaged.say(f"{name} missing")


def no_file(damaged: Damaged, chance: random.Random) -> None:
    """Let something else have the name of a file."""
    others = sorted(set(damaged.files) - {damaged.sound.main}) or [damaged.sound.main]
    name = chance.choice(others)
    what = chance.choice(("folder", "pipe", "empty", "text", "link to itself"))
    if what == "pipe" and sys.platform == "win32":
        what = "folder"
    del damaged.files[name]
    damaged.after.append(lambda folder: _put(folder / name, what))
    damaged.say(f"{name} is a {what}")


def _put(path: Path, what: str) -> None:
    match what:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "empty":
            path.touch()
        case "text":
            path.write_text("a scan\n" * 400)
        case _:
            path.symlink_to(path.name)


def exchanged(damaged: Damaged, chance: random.Random) -> None:
    """Let two files have each other's names."""
    if len(damaged.files) < 2:
        return shuffled(damaged, chance)
    one, other = chance.sample(sorted(damaged.files), 2)
    damaged.files[one], damaged.files[other] = damaged.files[other], damaged.files[one]
    damaged.is_unchecked = True
    damaged.say(f"{one} and {other} exchanged")


DAMAGES: tuple[Damage, ...] = (
    cut,
    cut,
    changed_metadata,
    changed_metadata,
    changed_anywhere,
    changed_raw,
    zeros,
    zeros,
    shuffled,
    repeated,
    flags,
    longer,
    older,
)
OF_SEVERAL_FILES: tuple[Damage, ...] = (missing, missing, no_file, exchanged)
