"""What processes of this program say to one another: values of a few known classes, and nothing that runs code where it is read.

A process that reads files may be taken over by a broken one, and whoever unpickles what such a process sends runs whatever it likes. So
messages are pickled values in which only the makers here stand for anything that is not plain: of values, members of enumerations,
arrays. No class is ever on the unpickler's stack, and nothing that a message can call does more than make a value.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from functools import cache
from importlib import import_module
from io import BytesIO
from multiprocessing.connection import Connection
from operator import attrgetter
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from swmr_viewer.core.frozen import is_frozen
from swmr_viewer.core.plain_text import plain

MOST_BYTES = 1 << 29
"""Of one message. The largest are the points of curves, the keys of very long scans (80 MB of ten million) and what is in a file of
200,000 objects."""

_MOST_TOLD = 200
_PACKAGE = "swmr_viewer."
_MODULES = frozenset(
    {
        "analysis.frame_statistics",
        "analysis.masks",
        "analysis.preview",
        "analysis.regions",
        "analysis.views",
        "core.conditions",
        "core.data_facts",
        "core.errors",
        "core.file_state",
        "core.inspection",
        "core.other_files",
        "core.pixel_geometry",
        "engines.choice",
        "quantities.fits.fit_values",
        "quantities.fits.plain_statistics",
        "reader.messages.corrections",
        "reader.messages.events",
        "reader.messages.follow_request",
        "reader.messages.frame_events",
        "reader.messages.request",
        "reader.messages.requests",
        "reader.messages.requests_of_frames",
        "reader.messages.requests_of_values",
        "reducing.messages.events",
        "reducing.messages.orders",
        "reducing.messages.request",
        "reductions.contract",
        "reductions.finding",
        "reductions.parameter_info",
    }
)
"""Where the values are defined that messages are made of: frozen classes of fields, and enumerations."""


class ForeignMessageError(Exception):
    """What came is no message of this program's."""


def send_message(connection: Connection, message: Any) -> None:
    """Send a message; blocks while the other side does not read.

    Raises
    ------
    TypeError
        If there is something in it that messages do not hold.
    OSError
        If nobody reads.
    """
    connection.send_bytes(packed(message))


def receive_message(connection: Connection) -> Any:
    """Return the next message; waits for it.

    Raises
    ------
    ForeignMessageError
        If it is none, or larger than any is; the other side is not to be trusted then.
    EOFError, OSError
        If the other side is gone.
    """
    try:
        return unpacked(connection.recv_bytes(MOST_BYTES))
    except OSError as error:
        if str(error) == "bad message length":
            raise ForeignMessageError(f"A message has more than {MOST_BYTES >> 20} MB.") from error
        raise


def packed(message: Any) -> Any:
    """Return a message as bytes.

    Raises
    ------
    TypeError
        If there is something in it that messages do not hold.
    """
    out = BytesIO()
    _Packer(out, protocol=5).dump(message)
    return out.getbuffer()


def unpacked(data: bytes | memoryview) -> Any:
    """Return the message that ``packed`` made bytes of.

    Raises
    ------
    ForeignMessageError
        If these are not of its kind.
    """
    try:
        return _Unpacker(BytesIO(data)).load()
    except Exception as error:
        raise ForeignMessageError(plain(str(error))[:_MOST_TOLD]) from error


# ---- reading: makers without state, which no message can change, and nothing else


class _Maker:
    __slots__ = ()


class _MakesValue(_Maker):
    __slots__ = ()

    def __call__(self, kind: str, values: tuple[Any, ...]) -> Any:
        made_of, names = _value_class(kind)
        made = made_of.__new__(made_of)
        for name, value in zip(names, values, strict=True):
            object.__setattr__(made, name, value)
        return made


class _MakesMember(_Maker):
    __slots__ = ()

    def __call__(self, kind: str, name: str) -> Any:
        return _enumeration(kind)[name]


class _MakesArray(_Maker):
    __slots__ = ()

    def __call__(self, dtype: str, shape: tuple[int, ...], data: bytes) -> Any:
        kind = np.dtype(str(dtype))
        return np.frombuffer(data, kind).reshape(shape) if len(data) else np.empty(shape if 0 in shape else 0, kind)


class _MakesNumber(_Maker):
    __slots__ = ()

    def __call__(self, dtype: str, data: bytes) -> Any:
        return np.frombuffer(data, np.dtype(str(dtype)))[0]


class _MakesPath(_Maker):
    __slots__ = ()

    def __call__(self, text: str) -> Path:
        return Path(text)


class _MakesSlice(_Maker):
    __slots__ = ()

    def __call__(self, start: Any, stop: Any, step: Any) -> slice:
        return slice(start, stop, step)


_VALUE, _MEMBER, _ARRAY, _NUMBER, _PATH, _SLICE = _MakesValue(), _MakesMember(), _MakesArray(), _MakesNumber(), _MakesPath(), _MakesSlice()
_MAKERS = {"_VALUE": _VALUE, "_MEMBER": _MEMBER, "_ARRAY": _ARRAY, "_NUMBER": _NUMBER, "_PATH": _PATH, "_SLICE": _SLICE}


class _Unpacker(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module != __name__ or name not in _MAKERS:
            raise ForeignMessageError(f"{module}.{name} stands in no message.")
        return _MAKERS[name]


@cache
def _class_named(kind: str) -> Any:
    module, _, name = kind.rpartition(".")
    if module not in _MODULES:
        raise ForeignMessageError(f"{kind} stands in no message.")
    found = getattr(import_module(_PACKAGE + module), name, None)
    if not isinstance(found, type) or found.__module__ != _PACKAGE + module:
        raise ForeignMessageError(f"{kind} stands in no message.")
    return found


@cache
def _value_class(kind: str) -> tuple[Any, tuple[str, ...]]:
    found = _class_named(kind)
    if not is_frozen(found):
        raise ForeignMessageError(f"{kind} is no value.")
    return found, tuple(one.name for one in fields(found))


@cache
def _enumeration(kind: str) -> Any:
    found = _class_named(kind)
    if not issubclass(found, Enum):
        raise ForeignMessageError(f"{kind} has no members.")
    # There is one of each member in a process: a message must not set the state of it.
    cast(Any, found).__setstate__ = _refuse_state
    return found


def _refuse_state(self: object, state: object) -> None:
    raise ForeignMessageError(f"{self!r} has no state.")


# ---- writing


class _Packer(pickle.Pickler):
    def reducer_override(self, one: Any) -> Any:
        kind = type(one)
        pack = _packings.get(kind)
        if pack is None:
            try:
                pack = _packings[kind] = _packing_of(kind)
            except ForeignMessageError as error:
                raise TypeError(f"{kind.__module__}.{kind.__qualname__} is no part of messages.") from error
        return pack(one)


def _packing_of(kind: type[Any]) -> Callable[[Any], Any]:
    name = f"{kind.__module__.removeprefix(_PACKAGE)}.{kind.__qualname__}"
    if issubclass(kind, np.ndarray):
        return _pack_array
    if issubclass(kind, np.generic):
        return lambda one: (_NUMBER, (one.dtype.str, one.tobytes()))
    if issubclass(kind, Path):
        return lambda one: (_PATH, (str(one),))
    if kind is slice:
        return lambda one: (_SLICE, (one.start, one.stop, one.step))
    if issubclass(kind, _Maker):
        known = next(name for name, make in _MAKERS.items() if type(make) is kind)
        return lambda _: known
    if issubclass(kind, Enum):
        _enumeration(name)
        return lambda one: (_MEMBER, (name, one.name))
    names = _value_class(name)[1]
    if len(names) < 2:
        return lambda one: (_VALUE, (name, tuple([getattr(one, each) for each in names])))
    values: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
    return lambda one: (_VALUE, (name, values(one)))


_packings: dict[type[Any], Callable[[Any], Any]] = {}


def _pack_array(array: npt.NDArray[Any]) -> Any:
    kind = array.dtype
    if kind.hasobject or kind.names is not None:
        raise TypeError(f"Arrays of {kind} are no part of messages.")
    data: Any = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return _ARRAY, (kind.str, array.shape, pickle.PickleBuffer(data) if array.size else b"")
