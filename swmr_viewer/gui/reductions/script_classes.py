"""Which reductions a script may hold: read as text, never run."""

from __future__ import annotations

import ast
from pathlib import Path

from swmr_viewer.core.errors import SwmrViewerError

MOST_BYTES = 10_000_000


class ScriptError(SwmrViewerError):
    """A script has no reduction, or cannot be read."""


def classes_in(path: str) -> tuple[str, ...]:
    """Return the names of the classes of a script that look like reductions, in their order.

    Raises
    ------
    ScriptError
        If it cannot be read, is no Python, or has none.
    """
    try:
        data = Path(path).read_bytes() if Path(path).stat().st_size <= MOST_BYTES else b"\0"
        tree = ast.parse(data, path)
    except OSError as error:
        raise ScriptError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
        raise ScriptError(f"{path} is no Python that can be read{line}.", "Choose a script with a class derived from Reduction.") from error
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.bases and not node.name.startswith("_")]
    derived = [node.name for node in classes if any("Reduction" in ast.unparse(base) for base in node.bases)]
    called = {node.name for node in classes for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__call__"}
    found = tuple(name for name in (node.name for node in classes) if name in derived or name in called)
    if not found:
        raise ScriptError(f"There is no reduction in {path}.", "It is a class that is derived from swmr_viewer.Reduction.")
    return found
