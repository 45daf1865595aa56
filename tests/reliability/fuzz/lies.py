"""Damage that no checksum tells: metadata that lie and are sealed again, and headers of compressed chunks."""

from __future__ import annotations

import random

from tests.reliability.fuzz.anatomy import SUPERBLOCK, Anatomy, Block, Chunk, anatomy, messages, seal
from tests.reliability.fuzz.damages import Damage, Damaged, changed_anywhere, changed_raw

_DATASPACE, _DATATYPE, _LAYOUT, _PIPELINE = 0x01, 0x03, 0x08, 0x0B
_EDGES = (0, 1, 2, 7, 8, 15, 16, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF, 1 << 40, 1 << 60)
_HEADER_BYTES = 40


def _value(chance: random.Random, size: int, before: int) -> int:
    """Return a number that may well be believed, or lies at the edge of something."""
    near = before + chance.choice((-1, 1, -8, 8, before, -before // 2))
    return chance.choice((near, near, chance.choice(_EDGES), chance.randrange(1 << 8 * size))) % (1 << 8 * size)


def _lie(content: bytearray, chance: random.Random, start: int, stop: int, order: str = "little") -> str:
    """Set a number that stands somewhere there."""
    size = min(chance.choice((1, 2, 4, 8)), stop - start)
    at = chance.randrange(start, stop - size + 1)
    before = int.from_bytes(content[at : at + size], order)  # type: ignore[arg-type]
    value = _value(chance, size, before)
    content[at : at + size] = value.to_bytes(size, order)  # type: ignore[arg-type]
    return f"{size} bytes at {at} set to {value}"


def chunk_header(damaged: Damaged, chance: random.Random) -> None:
    """Let the header of a compressed chunk tell wrong lengths, counts, or another format."""
    name, content, known = _with_chunks(damaged, chance)
    chunks = [chunk for chunk in known.chunks if chunk.is_filtered]
    if not chunks:
        return changed_raw(damaged, chance)
    for _ in range(chance.randint(1, 3)):
        chunk = chance.choice(chunks)
        stop = min(chunk.stop, chunk.start + chance.choice((16, _HEADER_BYTES, chunk.stop - chunk.start)))
        if stop <= len(content) and stop > chunk.start:
            damaged.say(f"chunk of {chunk.path} in {name}: {_lie(content, chance, chunk.start, stop, chance.choice(('little', 'big')))}")
    damaged.is_unchecked = True


def _with_chunks(damaged: Damaged, chance: random.Random) -> tuple[str, bytearray, Anatomy]:
    names = [name for name in sorted(damaged.files) if any(chunk.is_filtered for chunk in anatomy(damaged.sound.files[name]).chunks)]
    if not names:
        return damaged.some_file(chance)
    name = chance.choice(names)
    return name, damaged.files[name], anatomy(damaged.sound.files[name])


def exchanged_chunks(damaged: Damaged, chance: random.Random) -> None:
    """Let a chunk begin with what belongs to another."""
    name, content, known = _with_chunks(damaged, chance)
    if len(known.chunks) < 2:
        return changed_anywhere(damaged, chance)
    one, other = chance.sample(known.chunks, 2)
    n = min(_length(one), _length(other), chance.choice((12, 64, 1 << 20)))
    content[one.start : one.start + n] = content[other.start : other.start + n]
    damaged.is_unchecked = True
    damaged.say(f"{n} bytes of {other.path} at {other.start} of {name} stand at the start of the chunk of {one.path} at {one.start}")


def _length(chunk: Chunk) -> int:
    return chunk.stop - chunk.start


def index(damaged: Damaged, chance: random.Random) -> None:
    """Let the index of chunks tell wrong places, lengths, or counts, with the right checksum."""
    _sealed(damaged, chance, ("FADB", "FAHD", "EAHD", "EAIB", "EASB", "EADB", "BTHD", "BTIN", "BTLF"))


def any_metadata(damaged: Damaged, chance: random.Random) -> None:
    """Let any metadata lie, with the right checksum."""
    _sealed(damaged, chance, ())


def superblock(damaged: Damaged, chance: random.Random) -> None:
    """Let the superblock lie, with the right checksum: flags, addresses, the end of the file."""
    name, content, known = damaged.some_file(chance)
    if chance.random() < 0.5:
        content[11] = chance.choice((0, 1, 4, 5, 0xFF))
        damaged.say(f"flags of {name} set to {content[11]}")
    else:
        damaged.say(f"superblock of {name}: {_lie(content, chance, 9, SUPERBLOCK)}")
    if known.has_checksums:
        seal(content, Block("superblock", 0, SUPERBLOCK))
    damaged.is_unchecked = True


def _sealed(damaged: Damaged, chance: random.Random, kinds: tuple[str, ...]) -> None:
    name, content, known = damaged.some_file(chance)
    blocks = [block for block in known.blocks if block.kind in kinds or not kinds]
    if not blocks:
        return changed_anywhere(damaged, chance)
    for _ in range(chance.choice((1, 1, 2, 3))):
        block = chance.choice(blocks)
        damaged.say(f"{block.kind} of {name}: {_lie(content, chance, block.start + 4, block.stop)}")
        seal(content, block)
    damaged.is_unchecked = True


def _of_message(kind: int, words: str) -> Damage:
    def lie(damaged: Damaged, chance: random.Random) -> None:
        name, content, known = damaged.some_file(chance)
        headers = [block for block in known.blocks if block.kind == "OHDR"]
        found = [(block, start, stop) for block in headers for what, start, stop in messages(bytes(content), block) if what == kind]
        if not found:
            return any_metadata(damaged, chance)
        block, start, stop = chance.choice(found)
        if stop > start:
            damaged.say(f"{words} in {name}: {_lie(content, chance, start, stop)}")
            seal(content, block)
        damaged.is_unchecked = True
        return None

    return lie


shape = _of_message(_DATASPACE, "a shape")
element_type = _of_message(_DATATYPE, "a type")
layout = _of_message(_LAYOUT, "a layout")
pipeline = _of_message(_PIPELINE, "a filter")


def huge_shape(damaged: Damaged, chance: random.Random) -> None:
    """Let a data set have a length of 2^60, or thereabouts."""
    name, content, known = damaged.some_file(chance)
    headers = [block for block in known.blocks if block.kind == "OHDR"]
    found = [(block, start, stop) for block in headers for what, start, stop in messages(bytes(content), block) if what == _DATASPACE]
    found = [one for one in found if content[one[1] + 1] > 0]
    if not found:
        return any_metadata(damaged, chance)
    block, start, _ = chance.choice(found)
    rank = content[start + 1]
    axis = chance.randrange(rank)
    length = 1 << chance.choice((24, 31, 32, 40, 60, 62))
    content[start + 4 + 8 * axis : start + 12 + 8 * axis] = length.to_bytes(8, "little")
    seal(content, block)
    damaged.is_unchecked = True
    damaged.say(f"axis {axis} of a data set in {name} said to be {length}")


LIES: tuple[Damage, ...] = (
    chunk_header,
    chunk_header,
    exchanged_chunks,
    index,
    index,
    any_metadata,
    superblock,
    shape,
    huge_shape,
    element_type,
    layout,
    pipeline,
    pipeline,
)
