"""Short names for key datasets, told apart by no more of their paths than is needed."""

from __future__ import annotations

from collections.abc import Sequence

_SAYS_NOTHING = {"uniqueKeys", "NDArrayUniqueId", "keys", "uid", "NDAttributes", "entry", "diamond_scan", "instrument"}


def detector_names(key_paths: Sequence[str]) -> list[str]:
    """Return one name per path: its last telling part, and more of it where two would be alike."""
    names = [_telling(path) for path in key_paths]
    return [name if names.count(name) == 1 else path.strip("/") for name, path in zip(names, key_paths, strict=True)]


def _telling(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    telling = [part for part in parts if part not in _SAYS_NOTHING]
    return telling[-1] if telling else (parts[-1] if parts else "keys")
