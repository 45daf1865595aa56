"""Files opened before, with the paths that were chosen in them: as they are stored, and as text for people."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from swmr_viewer.core.plain_text import plain
from swmr_viewer.reader.messages import FollowRequest


def to_json(requests: Iterable[FollowRequest]) -> str:
    """Return requests as they are stored: the file and the paths, nothing else."""
    return json.dumps(
        [
            {"file": r.path, "keys": r.key_paths, "length": r.length_paths, "data": r.data_paths, "finished": r.finished_path}
            for r in requests
        ]
    )


def from_json(text: str) -> tuple[FollowRequest, ...]:
    """Return the stored requests; what is none of them is left out (settings may be edited by hand)."""
    try:
        stored = json.loads(text)
    except ValueError:
        return ()
    return tuple(filter(None, map(_request, stored if isinstance(stored, list) else [])))


def _request(entry: Any) -> FollowRequest | None:
    try:
        keys, length, data = (tuple(map(str, entry.get(name) or ())) for name in ("keys", "length", "data"))
        finished = entry.get("finished")
        return FollowRequest(str(entry["file"]), keys, data, str(finished) if finished else None, length_paths=length)
    except (AttributeError, KeyError, TypeError):
        return None


def paths_text(request: FollowRequest) -> str:
    """Return the file and the paths in it, a line each."""
    return "\n".join(map(plain, filter(None, (request.path, *request.key_paths, *request.data_paths))))
