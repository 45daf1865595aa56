"""Requests that are stored: presets for a beamline, in a file that people can read and pass on, and files opened before."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.new_files import file_gone, settle_names, write_checked
from swmr_viewer.core.plain_text import plain
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.reductions import is_script

FORMAT = "swmr_viewer presets"
_NOWHERE: dict[str, Any] = {"engine": "", "workers": 0, "scheduler": ""}
_NO_REDUCTION: dict[str, Any] = {"reduction": "", "parameters": (), **_NOWHERE}
"""Fields of `Preset` that presets of earlier versions do not have."""


class PresetError(SwmrViewerError):
    """A file of presets cannot be read or written, or has not the preset that was asked for."""


@frozen
class Preset:
    """What the scans of one beamline have in common: patterns of paths; what is left empty is found in each file."""

    name: str
    files: str = ""
    """Patterns of file names, as for a watched folder."""
    keys: tuple[str, ...] = ()
    length: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    finished: str = ""
    reduction: str = ""
    """What is made of each frame, by its name; a script is never named: presets are passed on. "": nothing."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Of that reduction, as they are typed; the others have their defaults."""
    engine: str = ""
    """Where it runs, as ``EngineKind`` has it; "": where the user has it."""
    workers: int = 0
    """0: as many as there are cores, or as the scheduler has."""
    scheduler: str = ""

    def request(self, path: str = "") -> FollowRequest:
        """Return the request for a file; the reader replaces patterns by what fits them."""
        preset = self.name if self.reduction else ""
        return FollowRequest(path, self.keys, self.data, self.finished or None, length_paths=self.length, preset=preset)


def preset_of(name: str, request: FollowRequest, reduction: Mapping[str, Any] | None = None) -> Preset:
    """Return the paths of a request under a name, for files with the suffix of its own, and what is made of each frame.

    Parameters
    ----------
    name, request :
        Of the preset, and the paths.
    reduction : mapping
        ``reduction``, ``parameters``, ``engine``, ``workers``, ``scheduler`` of `Preset`; None: nothing is made.
    """
    suffix = Path(request.path).suffix
    files = f"*{suffix}" if suffix else ""
    paths = (request.key_paths, request.length_paths, request.data_paths, request.finished_path or "")
    return _of_no_script(Preset(name.strip(), files, *paths, **(reduction or {})))


def load_presets(file: Path) -> tuple[Preset, ...]:
    """Return the presets in a file, by name; none if there is no file.

    Raises
    ------
    PresetError
        If it is there and cannot be read, or is no file of presets.
    """
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        if stored["format"] != FORMAT:
            raise ValueError(stored["format"])
        return _sorted(map(_preset, stored["presets"]))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise PresetError(f"The presets in {file} cannot be read: {error.strerror}.", "Check the file's permissions.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PresetError(f"{file} is no file of presets.", "Choose one that was exported, or move it away to start anew.") from error


def save_presets(presets: Iterable[Preset], file: Path) -> None:
    """Write presets beside their file, then rename: nobody ever reads an incomplete file.

    Raises
    ------
    PresetError
        If that is not possible.
    """
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    text = json.dumps({"format": FORMAT, "presets": [_entry(preset) for preset in _sorted(presets)]}, indent=2, ensure_ascii=False)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file_gone(beside)  # of a process that was killed
        write_checked(beside, f"{text}\n".encode(errors="backslashreplace"))
        beside.replace(file)
        settle_names(file.parent)
    except OSError as error:
        file_gone(beside)
        raise PresetError(f"The presets cannot be written to {file}: {error.strerror or error}.", "Choose another place.") from error


def without_schedulers(presets: Iterable[Preset]) -> tuple[Preset, ...]:
    """Return presets of somebody else as they may be used: who reduces by a scheduler runs what that sends."""
    return tuple(replace(one, **_NOWHERE) if one.scheduler else one for one in presets)


def with_presets(presets: Iterable[Preset], new: Iterable[Preset]) -> tuple[Preset, ...]:
    """Return the presets with the new ones, instead of others of their names."""
    return _sorted({preset.name: preset for preset in (*presets, *new)}.values())


def preset_named(name: str, presets: tuple[Preset, ...]) -> Preset:
    """Return the preset of this name.

    Raises
    ------
    PresetError
        If there is none; the message names those there are.
    """
    for preset in presets:
        if preset.name == name:
            return preset
    there = ", ".join(preset.name for preset in presets) or "none; the open dialog saves them"
    raise PresetError(f"There is no preset {name!r}.", f"There are: {there}.")


def _sorted(presets: Iterable[Preset]) -> tuple[Preset, ...]:
    return tuple(sorted(presets, key=lambda preset: preset.name.casefold()))


def _preset(entry: dict[str, Any]) -> Preset:
    """Return what an entry stands for; people write these files by hand as well."""
    name, files, finished = (str(entry.get(field, "")) for field in ("name", "files", "finished"))
    if not name.strip() or entry.keys() - {field.name for field in fields(Preset)}:
        raise ValueError(entry)
    keys, length, data = (_paths(entry.get(field, ())) for field in ("keys", "length", "data"))
    return _of_no_script(Preset(name, files, keys, length, data, finished, **(_reduction(entry) if entry.get("reduction") else {})))


def _reduction(entry: dict[str, Any]) -> dict[str, Any]:
    from swmr_viewer.engines import EngineKind  # few presets have any

    parameters = tuple((str(name), str(value)) for name, value in dict(entry.get("parameters", {})).items())
    engine, workers = str(entry.get("engine", "")), entry.get("workers", 0)
    if not isinstance(workers, int) or workers < 0 or engine not in ("", *EngineKind):
        raise ValueError(entry)
    where = {"engine": engine, "workers": workers, "scheduler": str(entry.get("scheduler", ""))}
    return {"reduction": str(entry["reduction"]), "parameters": parameters, **where}


def _entry(preset: Preset) -> dict[str, Any]:
    """Return how a preset is written: what is not set, of what earlier versions do not know, is left out."""
    entry = {**asdict(preset), "parameters": dict(preset.parameters)}
    return {name: value for name, value in entry.items() if value or name not in _NO_REDUCTION}


def _of_no_script(preset: Preset) -> Preset:
    if preset.reduction and not is_script(preset.reduction):
        return preset
    return replace(preset, **_NO_REDUCTION)


def _paths(value: str | Iterable[object]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def recent_to_json(requests: Iterable[FollowRequest]) -> str:
    """Return files opened before as they are stored: the file and the paths, nothing else."""
    return json.dumps(
        [
            {
                "file": request.path,
                "keys": request.key_paths,
                "length": request.length_paths,
                "data": request.data_paths,
                "finished": request.finished_path,
            }
            for request in requests
        ]
    )


def recent_from_json(text: str) -> tuple[FollowRequest, ...]:
    """Return stored files opened before; what is none of them is left out (settings may be edited by hand)."""
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
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
