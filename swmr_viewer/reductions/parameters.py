"""Parameters of a reduction: fields of a frozen dataclass that know their bounds and units, so that each can be typed, or kept as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from swmr_viewer.reductions.contract import ReductionError
from swmr_viewer.reductions.parameter_info import ParameterInfo, ParameterKind, json_of
from swmr_viewer.reductions.parameter_values import value_from

_KEY = "swmr_viewer.parameter"


def parameter(
    default: Any,
    *,
    words: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: Iterable[str] = (),
    kind: ParameterKind | str | None = None,
) -> Any:
    """Return a field of a class of parameters.

    Parameters
    ----------
    default : object
        Its value where nothing is set. None: the parameter may be nothing, and ``kind`` is needed.
    words : str
        What it means, in a few words.
    unit : str
        Of its numbers.
    low, high : float, optional
        The lowest and highest value; of lists and ranges, of each number in them.
    choices : iterable of str
        Of texts: there are no others.
    kind : ParameterKind or str, optional
        By default as the type of ``default`` tells: bool, int, float, str, or a tuple of numbers.

    Returns
    -------
    dataclasses.Field
        For ``bins: int = parameter(1000, words="bins", low=1)`` in a frozen dataclass.
    """
    choices = tuple(choices)
    told = ParameterKind(kind) if kind is not None else _kind_of(default, choices)
    info = ParameterInfo("", told, json_of(default), words, unit, low, high, choices, default is None)
    return dataclasses.field(default=default, metadata={_KEY: info})


def _kind_of(default: Any, choices: tuple[str, ...]) -> ParameterKind:
    if choices:
        return ParameterKind.CHOICE
    for type_, kind in (
        (bool, ParameterKind.YES_NO),
        (int, ParameterKind.INTEGER),
        (float, ParameterKind.NUMBER),
        (str, ParameterKind.TEXT),
        (tuple, ParameterKind.NUMBERS),
    ):
        if isinstance(default, type_):
            return kind
    raise TypeError(f"parameter() needs a kind where the default is {default!r}: one of {', '.join(ParameterKind)}")


def parameters_of(kind: type) -> tuple[ParameterInfo, ...]:
    """Return what is to be known of each parameter.

    Parameters
    ----------
    kind : type
        A frozen dataclass; fields that were not made by `parameter` have no bounds.

    Raises
    ------
    ReductionError
        If it is none, or a field has no default, or one that no kind of parameter has.
    """
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise ReductionError(f"{_named(kind)} is no frozen dataclass.", "Write @dataclass(frozen=True) over the class of parameters.")
    found = []
    for field in _settable(kind):
        if field.default is dataclasses.MISSING:
            raise ReductionError(f"The parameter {field.name} of {_named(kind)} has no default.", "Give it one with parameter(...).")
        info = field.metadata.get(_KEY)
        try:
            info = info if isinstance(info, ParameterInfo) else ParameterInfo("", _kind_of(field.default, ()), json_of(field.default))
            info = dataclasses.replace(info, name=field.name)
            value_from(info, field.default)
        except (TypeError, ValueError) as error:
            raise ReductionError(f"The parameter {field.name} of {_named(kind)} cannot be used: its default is {error}.") from error
        found.append(info)
    return tuple(found)


def parameters_from(kind: type, values: Mapping[str, Any]) -> Any:
    """Return parameters with these values.

    Parameters
    ----------
    kind : type
        The dataclass, as for `parameters_of`.
    values : mapping
        By name: texts as they are typed, or what JSON has. What is not there has its default.

    Returns
    -------
    object
        Of type ``kind``.

    Raises
    ------
    ReductionError
        If there is no such parameter, or a value is none for it; the sentence says what there is.
    """
    known = {info.name: info for info in parameters_of(kind)}
    for name in values:
        if name not in known:
            raise ReductionError(f"There is no parameter {name!s:.100}.", nearest(str(name), tuple(known)))
    try:
        return kind(**{name: _value(known[name], given) for name, given in values.items()})
    except ValueError as error:  # of the class's own __post_init__
        raise ReductionError(f"These parameters do not fit together: {str(error).rstrip('.')}.") from error


def checked_parameters(parameters: Any) -> Any:
    """Return parameters that a script built, with each value of its right type.

    Raises
    ------
    ReductionError
        As for `parameters_from`.
    """
    return parameters_from(type(parameters), {info.name: getattr(parameters, info.name) for info in parameters_of(type(parameters))})


def values_of(parameters: Any) -> dict[str, Any]:
    """Return the values of parameters by their names, as JSON has them: `parameters_from` makes the same of them."""
    return {field.name: json_of(getattr(parameters, field.name)) for field in _settable(parameters)}


def _settable(of: Any) -> list[dataclasses.Field[Any]]:
    return [field for field in dataclasses.fields(of) if field.init]


def _value(info: ParameterInfo, given: Any) -> Any:
    try:
        return value_from(info, given)
    except ValueError as error:
        unit = f" ({info.unit})" if info.unit else ""
        raise ReductionError(f"{info.name}{unit} is {info.expected}, not {error}.") from error


def nearest(name: str, names: tuple[str, ...]) -> str:
    """Return which names there are, and which one was meant, in a sentence."""
    from difflib import get_close_matches

    near = get_close_matches(name, names, 1, 0.6)
    if not names:
        return "There is nothing to set."
    meant = f"Did you mean {near[0]}? " if near else ""
    return f"{meant}There are: {', '.join(names)}."


def _named(kind: Any) -> str:
    return str(getattr(kind, "__qualname__", kind))
