"""The one place of the user's settings: where they are, how values are written and read, and how they are forgotten.

Settings are edited by hand and outlive versions: whatever is read is held against the types of what it is to become.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass, replace
from enum import Enum
from functools import lru_cache
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from PySide6.QtCore import QSettings, QStandardPaths

NAME = "swmr_viewer"
EXTERNAL_KEY = "open/external"
DAMAGED = (TypeError, ValueError, OverflowError)
"""What `from_plain` raises."""
Value = TypeVar("Value")
_hints: Callable[[Any], dict[str, Any]] = lru_cache(get_type_hints)


def settings() -> QSettings:
    """Return the user's settings: a file below ``~/.config`` on Linux, a property list on macOS, the registry on Windows."""
    return QSettings(NAME, NAME)


def presets_file() -> Path:
    """Return where this user's presets are: a JSON file that people can read, in the platform's folder for configuration."""
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(base) / NAME / "presets.json"


def forget_settings() -> None:
    """Forget every setting of this user; what is asked for afterwards is the default."""
    stored = settings()
    stored.clear()
    stored.sync()


def read_setting(key: str, default: Value, kind: Any = None) -> Value:
    """Return what is stored under a key; the default where nothing is, or nothing of its type (or of ``kind``)."""
    kind, text = kind or type(default), str(settings().value(key, "") or "")
    try:
        return cast(Value, from_plain(kind, _plain_of(kind, text))) if text else default
    except DAMAGED:
        return default


def _plain_of(kind: Any, text: str) -> object:
    if kind is int:
        return int(text)
    return text.split(",") if get_origin(kind) is tuple else text.lower() == "true" if kind is bool else text


def write_setting(key: str, value: object) -> None:
    """Store a truth value, a number, a text, a path, or several texts without commas; None is stored as nothing."""
    text = ",".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value or "")
    settings().setValue(key, text)


def external_is_read() -> bool:
    """Return whether data of other files are read, where a file leads to such."""
    return read_setting(EXTERNAL_KEY, True)


def read_group(group: str, default: Value) -> Value:
    """Return a dataclass whose fields are settings of their own; each that is missing or damaged is as in ``default``."""
    assert is_dataclass(default)
    kinds = _hints(type(default))
    found = {
        field.name: read_setting(f"{group}/{field.name}", getattr(default, field.name), kinds[field.name]) for field in fields(default)
    }
    return cast(Value, replace(cast(Any, default), **found))


def write_group(group: str, value: Any) -> None:
    """Store each field of a dataclass."""
    for field in fields(value):
        write_setting(f"{group}/{field.name}", getattr(value, field.name))


def to_plain(value: Any) -> dict[str, Any]:
    """Return a dataclass as JSON has it; numbers of numpy's become Python's."""
    return cast(dict[str, Any], json.loads(json.dumps(asdict(value), default=float)))


def from_plain(kind: Any, plain: Any) -> Any:
    """Return a value of this type from what JSON gave.

    Fields that are missing have their defaults.

    Parameters
    ----------
    kind : type
        A dataclass, an enum, a path, a plain type, or a tuple, a literal or ``X | None`` of such.

    Raises
    ------
    TypeError, ValueError, OverflowError
        If it is none: numbers are finite, and a truth value is no number.
    """
    origin, args = get_origin(kind), get_args(kind)
    if origin is UnionType:
        (given,) = set(args) - {NoneType}
        return None if plain is None else from_plain(given, plain)
    if origin is Literal and isinstance(plain, str) and plain in args:
        return plain
    if origin is tuple and isinstance(plain, list | tuple):
        kinds = args[:1] * len(plain) if args[-1] is Ellipsis else args
        return tuple(from_plain(part, value) for part, value in zip(kinds, plain, strict=True))
    if is_dataclass(kind) and isinstance(plain, dict):
        hints = _hints(kind)
        if unknown := plain.keys() - hints:
            raise ValueError(f"{kind} has no {unknown}")
        return cast(Any, kind)(**{name: from_plain(hints[name], value) for name, value in plain.items()})
    if kind is Path or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(plain)
    if kind is float and type(plain) is int:
        plain = float(plain)
    if type(plain) is not kind or (kind is float and not isfinite(plain)):
        raise ValueError(f"{plain!r} is no {kind}")
    return plain
