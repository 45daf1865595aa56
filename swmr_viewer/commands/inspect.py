"""``swmr-viewer inspect``: what a file holds, what would be followed, and why."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from swmr_viewer.commands.terminal import output_errors_explained, print_line, print_text
from swmr_viewer.commands.what_to_follow import add_trust_arguments
from swmr_viewer.core.errors import Remedy
from swmr_viewer.core.inspection import Candidate, Inspection, TreeNode
from swmr_viewer.core.other_files import OtherFiles
from swmr_viewer.core.plain_text import plain

if TYPE_CHECKING:
    from swmr_viewer.core.inspection import Inspection
    from swmr_viewer.reader.messages import Inspected

OK, BAD_INPUT, FAILED = 0, 2, 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, and the form of the answer."""
    parser.add_argument("file", metavar="FILE", help="the HDF5 file to look at")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")
    add_trust_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print what was found; return 0, 2 for bad input, 4 for a file that cannot be read."""
    answer = _inspected(args.file, args.external)
    if answer.inspection is None:
        print_line(f"swmr-viewer: {answer.message} {answer.remedy}".rstrip(), sys.stderr)
        return FAILED if answer.kind is not None and answer.kind.remedy is Remedy.CHECK else BAD_INPUT
    with output_errors_explained():
        print_text(inspection_json(answer.inspection) if args.json else inspection_text(answer.inspection), sys.stdout)
    return OK


def _inspected(path: str, external: bool) -> Inspected:
    """Inspect in a process of its own: a broken file may cost that one its life."""
    from swmr_viewer.reader.messages import Inspected, ReaderStuck
    from swmr_viewer.reader.supervision import Supervisor

    supervisor = Supervisor()
    try:
        supervisor.inspect(path, external=external)
        while True:
            for event in supervisor.wait(None):
                if isinstance(event, Inspected):
                    return event
                if isinstance(event, ReaderStuck):
                    print_line(f"{path} does not answer since {event.seconds:.0f} s", sys.stderr)
    finally:
        supervisor.close(grace_s=1.0)


def inspection_json(inspection: Inspection) -> str:
    """Return the whole inspection as JSON."""
    return json.dumps(dataclasses.asdict(inspection), indent=2)


_MOST_CANDIDATES = 5


def inspection_text(inspection: Inspection) -> str:
    """Return what was found as lines of text."""
    return "\n".join(map(plain, (*_summary(inspection), *_choices(inspection), *_tree(inspection), *_notes(inspection))))


def _summary(found: Inspection) -> Iterator[str]:
    shape = " x ".join(map(str, found.scan_shape)) if found.scan_shape else "not known"
    facts = [
        ("file", found.path),
        ("state", str(found.state)),
        ("scan shape", shape),
        *_listed("keys", _with_origins(found, found.key_paths)),
        *([("in their stead", f"the length of {', '.join(found.length_paths)}")] if found.length_paths else []),
        *_listed("data", _with_origins(found, found.data_paths)),
        ("finished flag", found.finished_path or "none"),
    ]
    yield from (f"{name:<15}{value}" for name, value in facts)


def _with_origins(found: Inspection, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return paths, each with the other files that it comes from."""
    files = {node.path: OtherFiles(node.files, len(node.files)).short_text(found.path) for node in found.tree if node.files}
    return tuple(f"{path}  ({files[path]})" if path in files else path for path in paths)


def _listed(name: str, paths: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("" if number else name, path) for number, path in enumerate(paths or ("none",))]


def _choices(found: Inspection) -> Iterator[str]:
    parts = (("Key datasets", found.keys), ("Data sets", found.data), ("Finished flags", found.finished), ("Pixel masks", found.masks))
    for title, candidates in parts:
        if candidates:
            yield ""
            yield f"{title}, likeliest first:"
            yield from _aligned((candidate.node.path, _reason(candidate)) for candidate in candidates[:_MOST_CANDIDATES])
            if len(candidates) > _MOST_CANDIDATES:
                yield f"  and {len(candidates) - _MOST_CANDIDATES} more"


def _reason(candidate: Candidate) -> str:
    described = _described(candidate.node)
    return f"{described}: {candidate.why}" if described else candidate.why


def _tree(found: Inspection) -> Iterator[str]:
    if found.tree:
        yield ""
        yield "Everything:"
        yield from _aligned((f"{'  ' * (node.path.count('/') - 1)}{_last_name(node)}", _described(node)) for node in found.tree)


def _last_name(node: TreeNode) -> str:
    return node.path.rsplit("/", 1)[-1] + ("/" if node.kind == "group" else "")


def _described(node: TreeNode) -> str:
    parts: list[str] = []
    if node.kind == "dataset":
        parts.append(f"{_extent(node)} {node.dtype}")
        if node.chunks:
            parts.append(f"chunks {' x '.join(map(str, node.chunks))}")
        if node.filters:
            parts.append(", ".join(node.filters))
    elif node.kind != "group":
        parts.append(node.kind)
    if node.note:
        parts.append(node.note)
    return ", ".join(parts)


def _extent(node: TreeNode) -> str:
    if not node.shape:
        return "scalar"
    axes = zip(node.shape, node.maxshape or node.shape, strict=False)
    return " x ".join(f"{has}" if has == most else f"{has} (of {'any' if most is None else most})" for has, most in axes)


def _notes(found: Inspection) -> Iterator[str]:
    if found.notes:
        yield ""
        yield from found.notes


def _aligned(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    table = [(plain(name), value) for name, value in rows]  # before their widths are taken
    width = min(60, max((len(name) for name, _ in table), default=0))
    return (f"  {name:<{width}}  {value}".rstrip() for name, value in table)
