"""All that somebody far away needs to know: versions, display, stages, the file and how it stands, settings, the end of the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from swmr_viewer import __version__
from swmr_viewer.core.number_text import count_text
from swmr_viewer.core.plain_text import plain
from swmr_viewer.gui.diagnostics.account import Account
from swmr_viewer.gui.look.settings import settings
from swmr_viewer.gui.look.versions import library_versions, surroundings
from swmr_viewer.gui.session import Session

if TYPE_CHECKING:
    from swmr_viewer.program_log import ProgramLog
    from swmr_viewer.reader.supervision import ProcessMemory

LOG_LINES = 100
_LONGEST_SETTING = 100
_PRIVATE = ("recent/",)
"""Settings that say what somebody did, and not how the program is set."""


def account_of(session: Session, memory: ProcessMemory | None) -> Account:
    """Return what there is to tell of frames and memory now."""
    scan = session.scan
    rate = scan.counts.painted.per_second(scan.now_s)
    n_bytes = scan.quantities.measured.n_bytes + scan.quantities.reduced.n_bytes
    stages, kept = scan.counts.stages.account(), (scan.counts.reader_kept_bytes, n_bytes)
    return Account(stages, rate or None, scan.counts.n_skipped, session.slots, memory, *kept)


def diagnostics_text(session: Session, log: ProgramLog | None, memory: ProcessMemory | None = None) -> str:
    """Return all of it as text; nothing here waits for storage."""
    libraries = session.scan.description.libraries if session.scan.description is not None else ""
    parts = (
        account_of(session, memory).text(f"swmr_viewer {__version__}, diagnostics"),
        _section("Program", (*library_versions(libraries), *surroundings())),
        _section("File", _file_facts(session.scan)),
        _section("Settings", _settings()),
        log_text(log),
    )
    return "\n".join(parts)


def log_text(log: ProgramLog | None) -> str:
    """Return where the log is, and its last lines."""
    if log is None:
        return "No log is written.\n"
    lost = f"; {log.n_lost} lines were lost" if log.n_lost else ""
    where = f"Log: {log.path}{f' (cannot be written: {log.fault})' if log.fault else ''}{lost}"
    return "\n".join((plain(where), *log.tail(LOG_LINES), ""))


def _section(title: str, facts: Iterable[tuple[str, object]]) -> str:
    lines = [f"  {name}: {plain(str(value))}" for name, value in facts]
    return "\n".join((f"{title}:", *(lines or ["  none"]), ""))


def _file_facts(scan: Any) -> Iterator[tuple[str, object]]:
    """Yield what is followed and how it stands (``scan``: the session's)."""
    if scan.request is None:
        return
    yield "path", scan.request.path
    yield "state", f"{scan.state.text}. {scan.state.detail}".strip()
    if scan.phase is not None:
        yield "phase", scan.phase
    yield "ends by", ", ".join(map(str, scan.conditions))
    if (opened := scan.description) is not None:
        yield from (("key dataset", path) for path in opened.key_paths)
        yield from (("data set", f"{one.path} {one.frame_shape} {one.dtype}") for one in opened.data)
        yield "finished flag", opened.finished_path or "none"
    yield from (("waited for", f"{path}: {why}") for path, why in scan.awaited)
    if scan.progress is not None:
        yield "complete", f"{count_text(scan.progress.n_complete)} frames of {scan.scan_shape}, newest {scan.progress.newest}"
    yield "shown", f"{scan.data_path or 'nothing'}, {'live' if scan.is_live else 'held'}{', every frame' if scan.every_frame else ''}"
    yield "age of the last key", "none came" if scan.key_age_s is None else f"{scan.key_age_s:.1f} s"
    if scan.failed is not None:
        yield "failed", f"{scan.failed.message} {scan.failed.remedy}"


def _settings() -> Iterator[tuple[str, str]]:
    """Yield what this user has set, where it is short: no layouts, no recent files."""
    stored = settings()
    for key in sorted(stored.allKeys()):
        value = stored.value(key)
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_SETTING and not key.startswith(_PRIVATE):
            yield key, value
