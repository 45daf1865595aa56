"""Reductions in a script that somebody named: ``path/to/file.py:Name``. Its text goes along to other processes and machines.

A module of a script has a name made of its text, so that every process gives the same text the same name: what was pickled here finds
its classes there. Only what a person names is run, never what a data file or a folder holds.
"""

from __future__ import annotations

import copyreg
import importlib.util
import linecache
import sys
import threading
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from swmr_viewer.core.frozen import frozen
from swmr_viewer.reductions.contract import Reduction, ReductionError

MOST_BYTES = 10_000_000
_PREFIX = "swmr_viewer_script_"
_lock = threading.Lock()
_running: dict[str, threading.RLock] = {}
"""By the modules' names, one for each: a script that hangs as it is run holds up no other one."""


@frozen
class Script:
    """A file of Python, as it was when it was read."""

    path: str
    """Where it was, for tracebacks."""
    text: str

    @property
    def module_name(self) -> str:
        return _PREFIX + sha256(f"{self.path}\0{self.text}".encode()).hexdigest()[:20]


def is_script(choice: str) -> bool:
    """Return whether a reduction is named as one of a script."""
    path, colon, _ = choice.rpartition(":")
    return path.lower().endswith(".py") if colon else choice.lower().endswith(".py")


def class_of_script(choice: str) -> type[Reduction]:
    """Run a script, and return the class that is named.

    Parameters
    ----------
    choice : str
        ``path/to/file.py:Name``.

    Raises
    ------
    ReductionError
        If there is no such file or class, or the script fails.
    """
    path, colon, name = choice.rpartition(":")
    if not colon or not name.isidentifier():
        raise ReductionError(f"{choice} names no class of the script.", "Write file.py:Name.")
    script = _read(Path(path).expanduser().absolute())
    found = getattr(_module_of(script), name, None)
    if not isinstance(found, type) or not issubclass(found, Reduction) or found is Reduction:
        raise ReductionError(f"{name} in {path} is no reduction.", f"There are: {_reductions_in(_module_of(script)) or 'none'}.")
    return found


def _read(path: Path) -> Script:
    try:
        with path.open("rb") as file:
            held = file.read(MOST_BYTES + 1)
        if len(held) > MOST_BYTES:
            raise ValueError("it is larger than 10 MB")
        return Script(str(path), importlib.util.decode_source(held))
    except OSError as error:
        raise ReductionError(f"{path} cannot be read: {error.strerror or error}.", "Check its name and permissions.") from error
    except (ValueError, SyntaxError) as error:  # no UTF-8, or an unknown coding
        raise ReductionError(f"{path} is no script: {error}.") from error


def _module_of(script: Script) -> ModuleType:
    """Return the module of a script; it is run once in each process."""
    with _lock:
        lock = _running.setdefault(script.module_name, threading.RLock())
    with lock:
        known = sys.modules.get(script.module_name)
        return _run(script) if known is None else known


def _run(script: Script) -> ModuleType:
    module = ModuleType(script.module_name)
    module.__file__ = script.path
    # Tracebacks show its lines where the file is not.
    linecache.cache[script.path] = (len(script.text), None, script.text.splitlines(keepends=True), script.path)
    sys.modules[script.module_name] = module  # dataclasses look there for the names in annotations
    try:
        exec(compile(script.text, script.path, "exec", dont_inherit=True), module.__dict__)
    except KeyboardInterrupt:
        del sys.modules[script.module_name]
        raise
    except BaseException as error:  # a script may leave by sys.exit
        del sys.modules[script.module_name]
        where = f" (line {_line_of(error, script.path)})"
        raise ReductionError(f"{script.path} cannot be run: {type(error).__name__}: {error}{where}.") from error
    for kind in _own_reductions(module):
        copyreg.pickle(kind, lambda reduction: _reduced(script, reduction))
    return module


def _line_of(error: BaseException, path: str) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == path else line
        trace = trace.tb_next
    return line


def _own_reductions(module: ModuleType) -> list[type[Reduction]]:
    found = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Reduction)]
    return [one for one in found if one.__module__ == module.__name__]


def _reductions_in(module: ModuleType) -> str:
    return ", ".join(sorted(one.__name__ for one in _own_reductions(module)))


def _reduced(script: Script, reduction: Reduction) -> tuple[Any, ...]:
    """Pickle with the script's text. What is in the state may be of the script too: it is unpickled after the call that runs it."""
    return _rebuilt, (script, type(reduction).__qualname__), reduction.__getstate__()


def _rebuilt(script: Script, qualname: str) -> Any:
    kind: Any = _module_of(script)
    for part in qualname.split("."):
        kind = getattr(kind, part)
    return kind.__new__(kind)
