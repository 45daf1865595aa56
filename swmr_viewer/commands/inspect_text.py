"""An inspection as text for people: aligned, and with the reason beside each choice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from swmr_viewer.core.inspection import Candidate, Inspection, TreeNode
from swmr_viewer.core.plain_text import plain

_MOST_CANDIDATES = 5


def in_text(inspection: Inspection) -> str:
    """Return what was found as lines of text."""
    return "\n".join(map(plain, (*_summary(inspection), *_choices(inspection), *_tree(inspection), *_notes(inspection))))


def _summary(found: Inspection) -> Iterator[str]:
    shape = " x ".join(map(str, found.scan_shape)) if found.scan_shape else "not known"
    facts = [
        ("file", found.path),
        ("state", str(found.state)),
        ("scan shape", shape),
        *_listed("keys", found.key_paths),
        *([("in their stead", f"the length of {', '.join(found.length_paths)}")] if found.length_paths else []),
        *_listed("data", found.data_paths),
        ("finished flag", found.finished_path or "none"),
    ]
    yield from (f"{name:<15}{value}" for name, value in facts)


def _listed(name: str, paths: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("" if number else name, path) for number, path in enumerate(paths or ("none",))]


def _choices(found: Inspection) -> Iterator[str]:
    parts = (("Key datasets", found.keys), ("Data sets", found.data), ("Finished flags", found.finished), ("Pixel masks", found.masks))
    for title, candidates in parts:
        if candidates:
            yield ""
            yield f"{title}, likeliest first:"
            yield from _aligned((one.node.path, _reason(one)) for one in candidates[:_MOST_CANDIDATES])
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
