"""What the map tells about a scan point, in words (pure functions)."""

from __future__ import annotations

from collections.abc import Sequence

from swmr_viewer.core.data_facts import ScanAxis
from swmr_viewer.core.number_text import count_text, position_text, value_text
from swmr_viewer.core.progress import KeyProgress
from swmr_viewer.core.scan import position_of
from swmr_viewer.gui.scan_map.map_layout import page_axes


def point_text(
    progress: KeyProgress, index: int, key_paths: Sequence[str], axes: Sequence[ScanAxis] = (), fate: str = "", is_over: bool = False
) -> str:
    """Return number, position, the state of each key and what becomes of a scan point, a line each."""
    position = position_of(index, progress.scan_shape)
    lines = [f"Frame {count_text(index)} at {position_text(position)}"]
    if on_axes := axes_text(axes, position):
        lines.append(on_axes)
    unset = "not set" if is_over else "not set yet"
    lines += [f"{name}: {'set' if progress.is_set(key, index) else unset}" for key, name in enumerate(detector_names(key_paths))]
    return "\n".join([*lines, fate] if fate else lines)


def axes_text(axes: Sequence[ScanAxis], position: Sequence[int]) -> str:
    """Return where a position is on the axes of the file: ``y 1.25 mm, x 2``; nothing where the file names none."""
    if len(axes) != len(position) or not any(axis.name for axis in axes):
        return ""
    return ", ".join(_axis_text(axis, at) for axis, at in zip(axes, position, strict=True))


def _axis_text(axis: ScanAxis, at: int) -> str:
    """Return what the file says about a place on an axis: ``x 1.25 mm``, or the point's number where it has no value."""
    if axis.values is None or at >= len(axis.values):
        return f"{axis.name} {at}"
    return f"{axis.name} {value_text(float(axis.values[at]))} {axis.unit}".strip()


def missing_text(progress: KeyProgress, index: int, key_paths: Sequence[str], is_over: bool = False) -> str:
    """Say why a frame cannot be shown (yet, while it is followed): which keys are not set."""
    names = [name for key, name in enumerate(detector_names(key_paths)) if not progress.is_set(key, index)]
    if not names or len(names) == progress.n_keys:
        return f"Frame {count_text(index)} is not there{'' if is_over else ' yet'}."
    what = "has not set its key" if len(names) == 1 else "have not set their keys"
    return f"Frame {count_text(index)} is not complete: {listed(names)} {what}."


def listed(names: Sequence[str]) -> str:
    """Return names as people list them: ``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def shape_caption(scan_shape: Sequence[int], axis_names: Sequence[str] = ()) -> str:
    """Return the caption of a map: the shape, with the axes' names where they are known."""
    if len(axis_names) == len(scan_shape) and any(axis_names):
        return " \u00d7 ".join(f"{name} {n}".strip() for name, n in zip(axis_names, scan_shape, strict=True))
    return " \u00d7 ".join(str(n) for n in scan_shape) if scan_shape else "1 point"


def page_axis_names(scan_shape: Sequence[int], axis_names: Sequence[str] = ()) -> list[str]:
    """Return the names of the axes along which there are pages: the file's, or their numbers where it tells none."""
    named = axis_names if len(axis_names) == len(scan_shape) else [""] * len(scan_shape)
    return [named[axis] or f"axis {axis}" for axis in page_axes(scan_shape)]


def pages_text(names: Sequence[str]) -> str:
    """Say along which axes the pages are laid out, or nothing where there are none."""
    return f"Pages along {listed(names)}" if names else ""


def place_text(axis: int, at: int, length: int, axes: Sequence[ScanAxis] = ()) -> str:
    """Say where a page is on an axis, and how far the axis goes."""
    is_named = axis < len(axes) and bool(axes[axis].name)
    return f"{_axis_text(axes[axis], at) if is_named else f'axis {axis}: {at}'} (0 to {length - 1})"


_SAYS_NOTHING = {"uniqueKeys", "NDArrayUniqueId", "keys", "uid", "NDAttributes", "entry", "diamond_scan", "instrument"}


def detector_names(key_paths: Sequence[str]) -> list[str]:
    """Return one name per path: its last telling part, and more of it where two would be alike."""
    names = [_distinctive_part(path) for path in key_paths]
    return [name if names.count(name) == 1 else path.strip("/") for name, path in zip(names, key_paths, strict=True)]


def _distinctive_part(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    telling = [part for part in parts if part not in _SAYS_NOTHING]
    return telling[-1] if telling else (parts[-1] if parts else "keys")
