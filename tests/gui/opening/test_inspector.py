"""The inspector with its real process: it answers, it is outdated, it ends, and the window's thread never waits."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event as ThreadEvent

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from swmr_viewer.core.errors import FailureKind, ReaderError
from swmr_viewer.gui.opening.inspector import Inspector
from swmr_viewer.reader.messages import Event, FollowRequest, Inspected, Previewed
from tests.opening.inspections import inspection

WAIT_MS = 60_000


@pytest.fixture
def inspector(qtbot: QtBot) -> Iterator[Inspector]:
    made = Inspector()
    yield made
    assert made.close()


def answer_of(qtbot: QtBot, inspector: Inspector, path: Path | str) -> Inspected:
    with qtbot.waitSignal(inspector.inspected, timeout=WAIT_MS) as heard:
        number = inspector.inspect(str(path))
    assert heard.args is not None
    (answer,) = heard.args
    assert isinstance(answer, Inspected)
    assert answer.request_id == number
    return answer


def test_it_tells_what_is_in_a_file_and_why_others_cannot_be_read(qtbot: QtBot, inspector: Inspector, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w", libver="latest") as file:
        file["entry/data"] = np.zeros((3, 8, 8), np.uint16)
        file["entry/keys"] = np.array([1, 2, 0], np.int32)
    (tmp_path / "b.h5").write_text("no HDF5 at all")
    found = answer_of(qtbot, inspector, tmp_path / "a.h5").inspection
    assert found is not None
    assert {node.path: node.shape for node in found.tree} == {"/entry": (), "/entry/data": (3, 8, 8), "/entry/keys": (3,)}
    missing = answer_of(qtbot, inspector, tmp_path / "c.h5")
    assert (missing.inspection, missing.kind) == (None, FailureKind.FILE_NOT_THERE)
    assert "c.h5" in missing.message
    wrong = answer_of(qtbot, inspector, tmp_path / "b.h5")
    assert wrong.kind == FailureKind.NOT_HDF5


def test_it_starts_again_after_it_was_stopped(qtbot: QtBot, inspector: Inspector, tmp_path: Path) -> None:
    for _ in range(2):
        assert answer_of(qtbot, inspector, tmp_path / "missing.h5").kind == FailureKind.FILE_NOT_THERE
        inspector.stop()


def test_stopping_at_once_leaves_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    inspector = Inspector()
    inspector.inspect(str(tmp_path / "a.h5"))
    assert inspector.close()
    assert inspector.close()


class StuckReader:
    """A reader whose storage does not answer for paths that begin with ``stuck``; the thread does what a supervisor's would."""

    made: list["StuckReader"]

    def __init__(self) -> None:
        type(self).made.append(self)
        self.asked: list[str] = []
        self.is_asked = ThreadEvent()
        self.closed = False
        self._woken = ThreadEvent()

    def start(self) -> None:
        """Nothing to start."""

    def inspect(self, path: str, *, external: bool = True) -> int:
        self.asked.append(path)
        self.is_asked.set()
        if not path.startswith("stuck"):
            self._woken.set()
        return len(self.asked)

    def preview(self, request: FollowRequest) -> int:
        return self.inspect(f"{request.path}:{request.data_paths[0]}")

    def wait(self, timeout_s: float | None) -> list[Event]:
        self._woken.wait(timeout_s)
        self._woken.clear()
        if self.asked and not self.asked[-1].startswith("stuck"):
            if ":" in self.asked[-1]:
                return [Previewed(len(self.asked), self.asked[-1].partition(":")[2], None, message=self.asked[-1])]
            return [Inspected(len(self.asked), inspection(self.asked[-1]))]
        return []

    def wake(self) -> None:
        self._woken.set()

    def close(self, grace_s: float = 2.0) -> None:
        self.closed = True


@pytest.fixture
def stuck(qtbot: QtBot) -> Iterator[Inspector]:
    StuckReader.made = []
    made = Inspector(make_reader=StuckReader)
    yield made
    assert made.close()
    assert all(reader.closed for reader in StuckReader.made)


def test_a_newer_request_does_not_queue_behind_storage_that_does_not_answer(qtbot: QtBot, stuck: Inspector) -> None:
    heard: list[Inspected] = []
    stuck.inspected.connect(heard.append)
    stuck.inspect("stuck.h5")
    qtbot.waitUntil(lambda: bool(StuckReader.made) and StuckReader.made[0].is_asked.is_set(), timeout=WAIT_MS)
    answer = answer_of(qtbot, stuck, "good.h5")
    assert answer.inspection is not None
    assert answer.inspection.path == "good.h5"
    assert [reader.closed for reader in StuckReader.made] == [True, False]
    assert heard == [answer]


def test_it_ends_while_storage_does_not_answer(qtbot: QtBot, stuck: Inspector) -> None:
    stuck.inspect("stuck.h5")
    qtbot.waitUntil(lambda: bool(StuckReader.made) and StuckReader.made[0].is_asked.is_set(), timeout=WAIT_MS)
    assert stuck.close()
    assert StuckReader.made[0].closed


def test_a_reader_that_cannot_start_is_an_answer_and_the_next_one_is_tried(qtbot: QtBot) -> None:
    StuckReader.made = []
    failures = [ReaderError("No more processes.", "Close something.")]

    def make() -> StuckReader:
        if failures:
            raise failures.pop()
        return StuckReader()

    inspector = Inspector(make_reader=make)
    answer = answer_of(qtbot, inspector, "a.h5")
    assert (answer.message, answer.remedy, answer.kind) == ("No more processes.", "Close something.", FailureKind.READER)
    assert answer_of(qtbot, inspector, "a.h5").inspection is not None
    assert inspector.close()


def test_only_the_latest_request_is_answered(qtbot: QtBot, inspector: Inspector, tmp_path: Path) -> None:
    heard: list[Inspected] = []
    inspector.inspected.connect(heard.append)
    ask: Callable[[int], int] = lambda n: inspector.inspect(str(tmp_path / f"{n}.h5"))  # noqa: E731
    for n in range(20):
        last = ask(n)
    qtbot.waitUntil(lambda: bool(heard), timeout=WAIT_MS)
    assert [(one.request_id, "19.h5" in one.message) for one in heard] == [(last, True)]


def preview(path: str | Path, data_path: str = "/data") -> FollowRequest:
    return FollowRequest(str(path), ("/keys",), (data_path,))


def test_a_preview_that_hangs_holds_up_neither_another_one_nor_an_inspection(qtbot: QtBot, stuck: Inspector) -> None:
    heard: list[Previewed] = []
    stuck.previewed.connect(heard.append)
    stuck.preview(preview("stuck.h5"))
    qtbot.waitUntil(lambda: bool(StuckReader.made) and StuckReader.made[0].is_asked.is_set(), timeout=WAIT_MS)
    with qtbot.waitSignal(stuck.previewed, timeout=WAIT_MS):
        number = stuck.preview(preview("good.h5"))
    assert [(one.request_id, one.message) for one in heard] == [(number, "good.h5:/data")]
    assert [reader.closed for reader in StuckReader.made] == [True, False]
    StuckReader.made[1].is_asked.clear()
    stuck.preview(preview("stuck.h5"))
    qtbot.waitUntil(StuckReader.made[1].is_asked.is_set, timeout=WAIT_MS)
    assert answer_of(qtbot, stuck, "good.h5").inspection is not None
    assert [reader.closed for reader in StuckReader.made] == [True, True, False]
    assert len(heard) == 1


def test_an_inspection_is_not_outdated_by_a_preview(qtbot: QtBot, inspector: Inspector, tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver="latest") as file:
        file["data"] = np.full((3, 8, 9), 5, np.uint16)
        file["keys"] = np.array([1, 2, 0], np.int32)
    heard: list[Inspected | Previewed] = []
    inspector.inspected.connect(heard.append)
    inspector.previewed.connect(heard.append)
    asked = [inspector.inspect(str(path)), inspector.preview(preview(path))]
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=WAIT_MS)
    assert [one.request_id for one in heard] == asked
    answer = heard[1]
    assert isinstance(answer, Previewed)
    assert answer.thumbnail is not None
    assert answer.index == 0
    assert np.array_equal(answer.thumbnail.array(), np.full((8, 9), 5, np.float32))


def test_a_preview_without_a_reader_is_refused_in_text(qtbot: QtBot) -> None:
    def make() -> StuckReader:
        raise ReaderError("No more processes.", "Close something.")

    inspector = Inspector(make_reader=make)
    with qtbot.waitSignal(inspector.previewed, timeout=WAIT_MS) as heard:
        inspector.preview(preview("a.h5"))
    assert heard.args is not None
    (answer,) = heard.args
    assert (answer.thumbnail, answer.data_path, answer.message, answer.kind) == (None, "/data", "No more processes.", FailureKind.READER)
    assert inspector.close()
