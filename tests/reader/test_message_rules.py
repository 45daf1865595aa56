"""What a message says about itself: what it replaces, what a new reader receives again, what stays between reader and supervisor."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from swmr_viewer.core import errors
from swmr_viewer.core.errors import FailureKind, SwmrViewerError
from swmr_viewer.core.ranges import no_ranges
from swmr_viewer.reader.messages import (
    AcknowledgeMeasured,
    AcknowledgeOrder,
    AcknowledgeProgress,
    AcknowledgeScalars,
    Heartbeat,
    Measure,
    Measured,
    Opened,
    Request,
    Resume,
    SendOrder,
    SendScalars,
    SetConditions,
    SetDisplay,
    SetEveryFrame,
    SetLookingOn,
    ShowIndex,
    ShowLive,
    ShowPoints,
    Stop,
    StopMeasuring,
)

POINTS = ShowPoints(1, 1, no_ranges(), "mean", None, (3,))
NONE_HANDLED = np.empty(0, np.int64), None


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (ShowIndex(1, 2), ShowLive(1)),
        (ShowLive(1), ShowIndex(1, 2)),
        (ShowIndex(1, 2), POINTS),
        (SetConditions(1, ()), SetConditions(1, ())),
        (AcknowledgeProgress(1), AcknowledgeProgress(1)),
        (Measure(1, 1, "/d"), Measure(1, 2, "/d")),
        (AcknowledgeMeasured(1), AcknowledgeMeasured(1)),
        (SetEveryFrame(1, True), SetEveryFrame(1, False)),
        (SetLookingOn(1, True), SetLookingOn(1, False)),
        (SendOrder(1), SendOrder(1, False)),
        (AcknowledgeOrder(1), AcknowledgeOrder(1)),
        (SendScalars(1), SendScalars(1, ("I0",))),
        (AcknowledgeScalars(1), AcknowledgeScalars(1)),
    ],
)
def test_a_later_request_replaces_one_that_waits(earlier: Request, later: Request) -> None:
    assert later.replaces_waiting
    assert later.group is earlier.group is not None


@pytest.mark.parametrize("request_", [Stop(1), Resume(1), SetDisplay(1), StopMeasuring(1)])
def test_what_must_arrive_replaces_nothing(request_: Request) -> None:
    assert not request_.replaces_waiting


def test_a_new_reader_receives_what_stands() -> None:
    for request in (ShowLive(1), ShowIndex(1, 2), POINTS, SetDisplay(1), Stop(1), SendOrder(1), SendScalars(1, ("I0",))):
        assert request.resumed(*NONE_HANDLED) == request
    for request in (
        Resume(1),
        StopMeasuring(1),
        SetEveryFrame(1, False),
        SetConditions(1, ()),
        SetLookingOn(1, False),
        AcknowledgeProgress(1),
        AcknowledgeOrder(1),
        AcknowledgeScalars(1),
    ):
        assert request.resumed(*NONE_HANDLED) is None
    resumed = Measure(1, 1, "/d").resumed(np.array([4]), (2, 3))
    assert resumed is not None
    assert (resumed.already.tolist(), resumed.already_shape) == ([4], (2, 3))


def test_messages_with_arrays_are_not_compared_by_their_generation_alone() -> None:
    rows = [Measured(1, 1, "/d", np.array([index]), (), np.empty((1, 0))) for index in range(2)]
    assert rows[0] != rows[1]
    assert Heartbeat(1) == Heartbeat(1) != Heartbeat(2)


def test_what_is_internal_ends_at_the_supervisor() -> None:
    assert Heartbeat.is_internal
    assert not Opened.is_internal


def test_each_class_of_error_has_a_kind_of_its_own_that_crosses_processes() -> None:
    kinds = [error.kind for error in vars(errors).values() if isinstance(error, type) and issubclass(error, SwmrViewerError)]
    assert len(set(kinds)) == len(kinds)
    assert [pickle.loads(pickle.dumps(kind)) for kind in FailureKind] == list(FailureKind)
    assert FailureKind.FILE_NOT_THERE.can_be_retried
    assert not FailureKind.NOT_HDF5.can_be_retried
