"""A request made definite: its patterns replaced by the paths that fit them (no h5py here)."""

from __future__ import annotations

from dataclasses import replace

from swmr_viewer.core.files.patterns import expanded, is_pattern
from swmr_viewer.core.inspection import Inspection
from swmr_viewer.reader.messages import FollowRequest


def has_patterns(request: FollowRequest) -> bool:
    """Whether any of its paths may stand for several."""
    finished = (request.finished_path,) if request.finished_path else ()
    return any(map(is_pattern, (*request.key_paths, *request.length_paths, *request.data_paths, *finished)))


def with_patterns_expanded(request: FollowRequest, found: Inspection) -> FollowRequest:
    """Return the request with the paths that fit its patterns in this file; of several finished flags the first."""
    if not has_patterns(request):
        return request
    finished = expanded((request.finished_path,), found, datasets_only=True) if request.finished_path else (None,)
    return replace(
        request,
        key_paths=expanded(request.key_paths, found),
        length_paths=expanded(request.length_paths, found, datasets_only=True),
        data_paths=expanded(request.data_paths, found, datasets_only=True),
        finished_path=finished[0],
    )
