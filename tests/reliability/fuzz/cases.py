"""Cases: each is made again by its number and the seed alone."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from swmr_viewer.core.conditions import Timeout
from swmr_viewer.reader.messages import FollowRequest
from tests.reliability.fuzz import special, usual
from tests.reliability.fuzz.damages import DAMAGES, OF_SEVERAL_FILES, Damaged
from tests.reliability.fuzz.lies import LIES
from tests.reliability.fuzz.sound import CODECS, Sound, names, sound

QUIET_S = 0.3
"""After so long without a key following ends."""
_COMPRESSED = ("malcolm_demo", "gda_grid", "odin", "dectris", "lima", *CODECS)
COMMANDS_EACH, WINDOW_EACH = 20, 10
"""Every so manieth case goes through the commands, and through the window."""
_SLOW_EACH = 125


@dataclass(eq=False)
class Case:
    """One file, and how it is to be followed."""

    number: int
    kind: str
    """What was done, in one word."""
    words: str
    folder: Path
    main: Path
    request: FollowRequest
    is_unchecked: bool
    """Whether h5py's answer for the same bytes is as good as what was written."""
    sound: Sound | None = None

    @property
    def through(self) -> str:
        """What it goes through."""
        if self.number % COMMANDS_EACH == 5:
            return "commands"
        return "window" if self.number % WINDOW_EACH == 3 else "reader"

    def written(self, path: str, position: tuple[int, ...]) -> np.ndarray | None:
        """Return what was written at a position; None: only h5py can tell."""
        if self.sound is not None:
            return self.sound.frame(path, position)
        if path in (usual.DATA, "/entry/small") and len(position) == 1 and self.kind not in ("huge_shapes", "huge_frames"):
            return usual.frame(position[0]) if position[0] < usual.N else None
        return None


@contextmanager
def case(number: int, seed: int, folder: Path) -> Iterator[Case]:
    """Make a case, in a folder that is gone when it is left."""
    chance = random.Random(f"{seed}-{number}")
    place = folder / f"case{number}"
    shutil.rmtree(place, ignore_errors=True)
    try:
        if number % _SLOW_EACH == _SLOW_EACH - 1:
            yield _special(number, place, chance, sorted(special.SLOW)[number // _SLOW_EACH % len(special.SLOW)])
        elif chance.random() < 0.12:
            yield _special(number, place, chance, chance.choice(sorted(special.SPECIAL)))
        else:
            yield _damaged(number, place, chance)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _special(number: int, place: Path, chance: random.Random, kind: str) -> Case:
    main = special.build(place, kind, chance)
    keys, data = (("/keys",), ()) if kind == "odd_names" else ((usual.KEYS,), (usual.DATA,))
    request = _request(chance, main, keys, data)
    return Case(number, kind, kind, place, main, request, is_unchecked=True)


def _damaged(number: int, place: Path, chance: random.Random) -> Case:
    lies = chance.random() < 0.4
    damage = chance.choice(LIES if lies else DAMAGES)
    chosen = sound(chance.choice([name for name in names() if not lies or chance.random() < 0.3 or name.startswith(_COMPRESSED)]))
    if not lies and len(chosen.files) > 1 and chance.random() < 0.4:
        damage = chance.choice(OF_SEVERAL_FILES)
    damaged = Damaged(chosen, {name: bytearray(content) for name, content in chosen.files.items()})
    for _ in range(chance.choice((1, 1, 1, 2))):
        if all(name in damaged.files for name in chosen.files):
            damage(damaged, chance)
    place.mkdir(parents=True)
    for name, content in damaged.files.items():
        (place / name).write_bytes(content)
    for put in damaged.after:
        put(place)
    data = tuple(chosen.written)
    request = _request(chance, place / chosen.main, chosen.key_paths, data, chosen)
    kind = damage.__name__ if damage.__name__ != "lie" else "message"
    words = f"{chosen.name}: {damaged.words}"
    return Case(number, kind, words, place, place / chosen.main, request, damaged.is_unchecked, chosen)


def _request(chance: random.Random, main: Path, keys: tuple[str, ...], data: tuple[str, ...], chosen: Sound | None = None) -> FollowRequest:
    given = chance.choice(("all", "all", "nothing", "keys", "data"))
    lengths = chosen.length_paths if chosen is not None else ()
    return FollowRequest(
        str(main),
        key_paths=keys if given in ("all", "keys") else (),
        data_paths=data if given in ("all", "data") else (),
        finished_path=chosen.finished_path if chosen is not None and given == "all" else None,
        conditions=(Timeout(QUIET_S),),
        wait_s=QUIET_S,
        length_paths=lengths if given in ("all", "keys") else (),
        scan_shape=chosen.scan_shape if chosen is not None and chosen.tells_shape and given == "all" else None,
        looks_on=False,
    )


def open_as_is(path: Path) -> h5py.File:
    """Open a file as a reader of live files does, or plainly."""
    try:
        return h5py.File(path, "r", swmr=True, locking=False)
    except (OSError, ValueError):
        return h5py.File(path, "r", locking=False)
