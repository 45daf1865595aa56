"""Which reductions there are: built in, of installed packages (entry points ``swmr_viewer.reductions``), of a script that is named."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.plain_text import plain
from swmr_viewer.reductions.contract import Reduction, ReductionError
from swmr_viewer.reductions.outputs import is_name
from swmr_viewer.reductions.parameter_info import ParameterInfo
from swmr_viewer.reductions.parameters import nearest, parameters_from, parameters_of
from swmr_viewer.reductions.scripts import class_of_script, is_script

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "swmr_viewer.reductions"
BUILT_IN_ORIGIN = "built in"
RESERVED = ("keys", "scan_finished", "title", "definition", "start_time", "end_time")
"""What else stands where results stand."""
_HERE = "swmr_viewer.reductions"
_BUILT_IN = {
    "statistics": (f"{_HERE}.statistics", "Statistics", "Counts, extremes and regions"),
    "centre_of_mass": (f"{_HERE}.centre_of_mass", "CentreOfMass", "Centre of mass"),
    "radial": (f"{_HERE}.radial", "Radial", "Radial or azimuthal profile"),
    "pyfai1d": (f"{_HERE}.pyfai", "Pyfai1d", "Azimuthal pattern (pyFAI)"),
    "pyfai2d": (f"{_HERE}.pyfai", "Pyfai2d", "Cake (pyFAI)"),
}
_NEEDS_PYFAI = ("pyfai1d", "pyfai2d")


@frozen
class ReductionInfo:
    """What is to be known of a reduction, to choose and to set it; plain values."""

    name: str
    """By which it is chosen; of a script ``path/to/file.py:Name``."""
    words: str = ""
    """What the window says; "": the name."""
    origin: str = BUILT_IN_ORIGIN
    """``built in``, the names of the packages that bring it, or the script's path."""
    result_name: str = ""
    """Results stand below ``/entry/RESULT_NAME``; "" until it is described, as are ``parameters``."""
    parameters: tuple[ParameterInfo, ...] = ()


def available() -> tuple[ReductionInfo, ...]:
    """Return the reductions that there are, the built-in ones first; nothing of a package is imported, and none of them breaks the list."""
    built_in = [ReductionInfo(name, words) for name, (_, _, words) in _BUILT_IN.items()]
    installed = [ReductionInfo(name, "", ", ".join(sorted(found))) for name, found in sorted(_installed().items())]
    return (*built_in, *installed)


def describe(name: str) -> ReductionInfo:
    """Return what is to be known of a reduction, with its parameters; it is imported for that.

    Raises
    ------
    ReductionError
        As for `reduction_named`.
    """
    kind = reduction_class(name)
    return ReductionInfo(name, plain(kind.words), _origin(name), kind.name, parameters_of(kind.Parameters))


def reduction_named(name: str, values: Mapping[str, Any] | None = None) -> Reduction:
    """Return a reduction, ready to be sent to where it runs.

    Parameters
    ----------
    name : str
        Of a built-in one, of one of an installed package, or ``path/to/file.py:Name``.
    values : mapping, optional
        Of its parameters, as for `parameters_from`.

    Raises
    ------
    ReductionError
        If there is none of that name, it cannot be imported, is no reduction, or a value does not fit; the sentence says what there is.
    """
    kind = reduction_class(name)
    if name in _NEEDS_PYFAI and find_spec("pyFAI") is None:
        raise ReductionError(f"{name} needs pyFAI, which is not installed.", "Install it with: pip install 'swmr-viewer[pyfai]'.")
    parameters = parameters_from(kind.Parameters, values or {})
    try:
        return kind(parameters)
    except ReductionError:
        raise
    except Exception as error:
        raise ReductionError(f"{name} cannot be made: {type(error).__name__}: {error}.") from error


def reduction_class(name: str) -> type[Reduction]:
    """Return the class of a reduction; raises as `reduction_named` does."""
    if is_script(name):
        return checked_class(class_of_script(name), name)
    if name in _BUILT_IN:
        module, class_name, _ = _BUILT_IN[name]
        try:
            found: type[Reduction] = getattr(import_module(module), class_name)
        except ImportError as error:
            raise ReductionError(f"{name} cannot be imported: {error}.", "Install swmr-viewer again.") from error
        return found
    packages = _installed().get(name)
    if not packages:
        names = tuple(one.name for one in available())
        raise ReductionError(f"There is no reduction {plain(name)!s:.100}.", nearest(name, names) + " One of your own: file.py:Name.")
    if len(packages) > 1:
        raise ReductionError(f"Several packages bring a reduction {name}: {', '.join(sorted(packages))}.", "Uninstall all but one.")
    ((package, point),) = packages.items()
    return checked_class(_loaded(point, package), f"{name} of {package}", name)


def checked_class(kind: Any, what: str, name: str | None = None) -> type[Reduction]:
    """Return a class that can be used as a reduction.

    Parameters
    ----------
    kind : object
        What was found, or a script of the library gave.
    what : str
        It, in words.
    name : str, optional
        By which it was chosen: it must be its own.

    Raises
    ------
    ReductionError
        If it is none, lacks a method, or its name or parameters are none.
    """
    if not isinstance(kind, type) or not issubclass(kind, Reduction):
        raise ReductionError(f"{what} is no reduction.", "It is to be a class that is derived from swmr_viewer.Reduction.")
    if missing := sorted(getattr(kind, "__abstractmethods__", ())):
        raise ReductionError(f"{what} lacks {' and '.join(missing)}.")
    own = inspect.getattr_static(kind, "name", None)
    if not is_name(own):
        raise ReductionError(f"{what} has no usable name: {own!r:.40}.", "A name is a letter, then letters, digits and _.")
    if own in RESERVED or (own in _BUILT_IN and not kind.__module__.startswith(f"{_HERE}.")):
        raise ReductionError(f"{what} is called {own}, and that name is taken.", "Give it another one.")
    if name is not None and own != name:
        raise ReductionError(f"{what} is called {own}.", "The entry point and the class must have one name.")
    if not isinstance(kind.words, str):
        raise ReductionError(f"The words of {what} are no text.")
    parameters_of(kind.Parameters)
    return kind


def _loaded(point: EntryPoint, package: str) -> Any:
    try:
        return point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a package does when it is imported
        words = f"{point.name} of {package} cannot be imported: {type(error).__name__}: {error}."
        raise ReductionError(words, f"Mend or uninstall {package}.") from error


def _origin(name: str) -> str:
    if is_script(name):
        return name.rpartition(":")[0]
    return BUILT_IN_ORIGIN if name in _BUILT_IN else ", ".join(sorted(_installed().get(name, ())))


def _installed() -> dict[str, dict[str, EntryPoint]]:
    """Return the entry points by their names, and by the packages that bring them; what is built in cannot be taken."""
    found: dict[str, dict[str, EntryPoint]] = {}
    for package, point in _entry_points():
        if is_name(point.name) and point.name not in _BUILT_IN:
            found.setdefault(point.name, {}).setdefault(package, point)
    return found


def _entry_points() -> Iterator[tuple[str, EntryPoint]]:
    """Yield each entry point with its package, whatever other packages' metadata look like; of two of one name the first counts."""
    from importlib.metadata import distributions  # 15 ms, for whoever looks

    seen = set[str]()
    for one in distributions():
        try:
            package = plain(one.name)
            points = [point for point in one.entry_points if point.group == GROUP] if package not in seen else []
        except Exception:  # no name, no text, a folder without rights: the package's fault, and no one else's
            continue
        seen.add(package)
        yield from ((package, point) for point in points)
