"""Frozen classes of fields: what ``dataclass(frozen=True, slots=True)`` gives, made in a fifth of the time.

A dataclass compiles six methods of its own (Python 3.11: 0.6 ms). Window and reader have some 150 such classes each, and
making them was a tenth of what either does before the first picture. Here the methods are shared. An instance takes two
microseconds to build instead of one; what users of the library build stays a dataclass, for its signature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields, is_dataclass
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform, overload

_Class = TypeVar("_Class", bound=type[Any])


@overload
def frozen(cls: _Class, /) -> _Class: ...
@overload
def frozen(*, eq: bool = True) -> Callable[[_Class], _Class]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: Any = None, /, *, eq: bool = True) -> Any:
    """Make a class with annotated fields a frozen one with slots; ``fields``, ``replace`` and ``asdict`` of ``dataclasses`` take it.

    Parameters
    ----------
    cls : type
        The class; its bases with fields are made by ``frozen`` as well.
    eq : bool
        Instances are equal, and hash alike, if their fields are; False: each is equal to itself alone.
    """
    if cls is None:
        return lambda one: _made(one, eq)
    return _made(cls, eq)


def is_frozen(cls: type[Any]) -> bool:
    """Return whether a class is one of fields that nobody sets, made by ``frozen`` or as a frozen dataclass."""
    return is_dataclass(cls) and (hasattr(cls, "_names") or bool(getattr(cls, "__dataclass_params__").frozen))  # noqa: B009


def _made(cls: type[Any], eq: bool) -> Any:
    own = set(vars(cls))
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    every = fields(made)
    made._names = tuple(one.name for one in every)
    shared: dict[str, Any] = {
        "__init__": _init(made),
        "__repr__": _repr,
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__getstate__": _state,
        "__setstate__": _set_state,
    }
    if eq:
        made._compared = tuple(one.name for one in every if one.compare)
        made._hashed = tuple(one.name for one in every if (one.compare if one.hash is None else one.hash))
        shared |= {"__eq__": _equal, "__hash__": _hash}
    for name, method in shared.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _init(made: type[Any]) -> Callable[..., None]:
    taken = [one for one in fields(made) if one.init]
    names = tuple(one.name for one in taken)
    defaults = {one.name: one.default for one in fields(made) if one.default is not MISSING}
    factories = {one.name: one.default_factory for one in fields(made) if one.default_factory is not MISSING}
    needed = frozenset(names) - defaults.keys() - factories.keys()
    known = frozenset(names)
    finish = hasattr(made, "__post_init__")

    def __init__(self: Any, *args: Any, **values: Any) -> None:
        given = dict(zip(names, args, strict=False))
        if len(args) > len(names) or not values.keys() <= known or not given.keys().isdisjoint(values):
            raise TypeError(f"{made.__name__}() takes {', '.join(names)}, each once; it got {len(args)} values and {', '.join(values)}")
        given.update(values)
        if not needed <= given.keys():
            raise TypeError(f"{made.__name__}() also needs {', '.join(name for name in names if name in needed - given.keys())}")
        put = object.__setattr__
        for name, value in (defaults | given).items():
            put(self, name, value)
        for name, make in factories.items():
            if name not in given:
                put(self, name, make())
        if finish:
            self.__post_init__()

    return __init__


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({shown})"


def _refuse_to_set(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return all(_same(getattr(self, name), getattr(other, name)) for name in self._compared)


def _same(one: object, other: object) -> bool:
    return one is other or bool(one == other)  # as tuples compare: NaN is equal to itself where it is the same object


def _hash(self: Any) -> int:
    return hash(tuple([getattr(self, name) for name in self._hashed]))


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self._names]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(self._names, state, strict=True):
        object.__setattr__(self, name, value)
