"""``swmr-viewer reduce --list``: which reductions there are, and what can be set of one."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from swmr_viewer.commands.terminal import output_errors_explained, print_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.reductions import ParameterInfo, ReductionInfo, available, describe


def print_reductions(name: str = "") -> int:
    """Print the reductions, or the parameters of one of them; return 0.

    Raises
    ------
    ReductionError
        If there is none of that name, or it cannot be loaded.
    """
    lines = _parameters(describe(name)) if name else _reductions(available())
    with output_errors_explained():
        print_text("\n".join(map(plain, lines)), sys.stdout)
    return 0


def _reductions(infos: tuple[ReductionInfo, ...]) -> Iterator[str]:
    width = max((len(info.name) for info in infos), default=0)
    yield from (f"{info.name:<{width}}  {info.words or info.origin}".rstrip() for info in infos)
    yield ""
    yield "The parameters of one: swmr-viewer reduce --list NAME. One of your own: path/to/file.py:Name."


def _parameters(info: ReductionInfo) -> Iterator[str]:
    yield f"{info.name}: {info.words or info.origin}. Results stand below /entry/{info.result_name}."
    if not info.parameters:
        yield "There is nothing to set."
    for one in info.parameters:
        yield f"  --set {one.name}={one.default_text or '...'}"
        yield f"      {_described(one)}"


def _described(one: ParameterInfo) -> str:
    unit = f" ({one.unit})" if one.unit else ""
    default = f"; default: {one.default_text}" if one.default_text else ""
    return f"{one.words or one.name}{unit}: {one.expected}{default}"
