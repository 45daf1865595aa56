"""Messages hold values of known classes; whatever else comes through a pipe makes nothing and runs nothing."""

from __future__ import annotations

import inspect
import os
import pickle
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from swmr_viewer.analysis import MaskRules, Region
from swmr_viewer.core import messages
from swmr_viewer.core.conditions import FinishedFlag, FrameCount, Timeout
from swmr_viewer.core.errors import FailureKind
from swmr_viewer.core.messages import ForeignMessageError, packed, receive_message, send_message, unpacked
from swmr_viewer.quantities import FitRequest, FitResult
from swmr_viewer.reader import messages as m
from swmr_viewer.reducing import messages as reducing_messages
from swmr_viewer.reductions import Output, OutputAxis


def sent(message: Any) -> Any:
    return unpacked(bytes(packed(message)))


# ---- what messages are made of


def kinds_in(*starts: Any) -> set[type]:
    """Return every class that the annotations of these lead to, from field to field."""
    found: set[type] = set()
    pending = list(starts)
    while pending:
        one = pending.pop()
        pending += typing.get_args(one)
        if not inspect.isclass(one) or one in found or not one.__module__.startswith("swmr_viewer."):
            continue
        found.add(one)
        pending += one.__subclasses__()
        if is_dataclass(one):
            pending += typing.get_type_hints(one).values()
    return found


def test_every_kind_that_the_fields_of_messages_name_can_be_sent() -> None:
    doors = (m, reducing_messages)
    starts = [value for door in doors for value in vars(door).values() if inspect.isclass(value) or typing.get_args(value)]
    kinds = {kind for kind in kinds_in(*starts, FitRequest, FitResult) if is_dataclass(kind) or issubclass(kind, Enum)}
    assert len(kinds) > 100
    for kind in kinds:
        members = list(kind) if issubclass(kind, Enum) else [object.__new__(kind)]
        for member in members:
            if not isinstance(member, Enum):
                for field in fields(kind):
                    object.__setattr__(member, field.name, field.name)
            assert type(sent(member)) is kind


def test_values_arrive_as_they_were() -> None:
    for value in (
        m.FollowRequest("a.h5", ("/k",), conditions=(Timeout(3.0), FinishedFlag("/f"), FrameCount(7)), scan_shape=(2, 3)),
        m.Failed(1, "no", "do", "", FailureKind.FILE_BROKEN),
        m.SetDisplay(3, mask=MaskRules(drawn=(), below=1.0)),
        m.Measure(1, 2, "/d", (Region("A", "polygon", ((1.0, 2.0), (3.0, 4.5), (0.0, 1.0))),)),
        m.Busy(1, "odd \udcff name", 3, "/d", (0, 3)),
        {"a": [1, 2.5, None, True], "b": (frozenset({1}), {2}, b"bytes", 1 << 80)},
        Path("some/where.h5"),
        slice(1, None, 2),
        [np.float64(1.5), np.int32(-3), np.bool_(True), np.str_("text")],
    ):
        assert sent(value) == value
        assert repr(sent(value)) == repr(value)


@pytest.mark.parametrize("dtype", ["u1", "<u2", ">i4", "i8", "f4", ">f8", "c8", "?", "S3", "U2", "M8[s]", "V4"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_arrays_arrive_as_they_were(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.arange(int(np.prod(shape)), dtype="u1").astype("S3" if dtype == "V4" else dtype if dtype != "M8[s]" else "i8")
    array = (array.astype("S4").view("V4") if dtype == "V4" else array.astype(dtype)).reshape(shape)
    for each in (array, np.asfortranarray(array), np.repeat(array, 2, axis=-1)[..., ::2] if shape else array):
        found = sent(m.Follow(1, m.FollowRequest("a"), each)).delivered
        assert (found.dtype, found.shape, found.tobytes()) == (each.dtype, each.shape, each.tobytes())
    assert sent(array).flags.writeable


def test_an_output_with_axes_arrives_as_it_was() -> None:
    output = Output("pattern", (3,), "counts", "f4", (OutputAxis("q", np.array([1.0, 2.0, 3.0]), "1/nm"),))
    found = sent(output)
    assert found.axes[0].values.tolist() == [1.0, 2.0, 3.0]
    assert (found.name, found.shape, found.unit, found.dtype) == ("pattern", (3,), "counts", "f4")


@pytest.mark.parametrize(
    "what", [print, os.getcwd, partial(print), Pipe, np.array([None]), lambda: 0, np.zeros(1, [("a", "i4")]), object()]
)
def test_what_is_no_value_is_not_sent(what: object) -> None:
    with pytest.raises(TypeError, match="part of messages"):
        packed([what])


# ---- what is no message


class Runs:
    """Calls something where it is unpickled."""

    def __init__(self, call: Any, *arguments: Any) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> Any:
        return self.call, self.arguments


def hostile(folder: Path) -> Iterator[bytes]:
    harm = str(folder / "harm")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.dumps(Runs(os.mkdir, harm), protocol)
    yield pickle.dumps(Runs(eval, f"__import__('os').mkdir({harm!r})"))
    yield pickle.dumps(Runs(getattr, "text", "format"))
    yield pickle.dumps(partial(os.mkdir, harm))
    yield pickle.dumps(np.arange(3))
    yield pickle.dumps(m.Heartbeat(1))
    yield pickle.dumps(FailureKind.PATH)
    yield from (b"", b"\x80", b"nothing", b"\x80\x05.", b"(lp0\n", pickle.dumps(3)[:-1])


def test_what_would_run_code_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    count = 0
    for data in hostile(tmp_path):
        with pytest.raises(ForeignMessageError):
            unpacked(data)
        count += 1
    assert count > 12
    assert not (tmp_path / "harm").exists()
    pickle.loads(pickle.dumps(Runs(os.mkdir, str(tmp_path / "harm"))))  # it would have
    assert (tmp_path / "harm").exists()


MODULE = messages.__name__.encode()
KIND, VALUE = b"core.errors.FailureKind", b"reader.messages.events.Heartbeat"


def short(text: bytes) -> bytes:
    return b"\x8c" + bytes([len(text)]) + text


def maker(name: bytes) -> bytes:
    return short(MODULE) + short(name) + b"\x93"


MEMBER = maker(b"_MEMBER") + short(KIND) + short(b"PATH") + b"\x86R"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(maker(b"_MAKERS"), id="what else the module holds"),
        pytest.param(maker(b"import_module"), id="what the module imports"),
        pytest.param(maker(b"_VALUE.__class__"), id="the class of a maker"),
        pytest.param(maker(b"_VALUE") + b"}" + short(b"__doc__") + short(b"x") + b"sb", id="the state of a maker"),
        pytest.param(maker(b"_VALUE") + b"N}" + short(b"__class__") + MEMBER + b"s\x86b", id="the slots of a maker"),
        pytest.param(MEMBER + b"}" + short(b"_value_") + short(b"x") + b"sb", id="the state of a member"),
        pytest.param(maker(b"_VALUE") + short(b"core.child_process.start_quietly") + b")\x86R", id="a function"),
        pytest.param(maker(b"_VALUE") + short(b"core.waker.Waker") + b")\x86R", id="a class of another module"),
        pytest.param(maker(b"_VALUE") + short(b"core.errors.SwmrViewerError") + b")\x86R", id="a class that is no value"),
        pytest.param(maker(b"_VALUE") + short(KIND) + b")\x86R", id="an enumeration as a value"),
        pytest.param(
            maker(b"_MEMBER") + short(b"reader.messages.events.Heartbeat") + short(b"x") + b"\x86R", id="a value as an enumeration"
        ),
        pytest.param(maker(b"_VALUE") + short(b"reader.messages.events.Heartbeat") + b")\x86R", id="a value without its fields"),
        pytest.param(maker(b"_ARRAY") + short(b"O") + b"K\x01\x85" + short(b"12345678") + b"\x87R", id="an array of objects"),
        pytest.param(maker(b"_VALUE") + b")R", id="nothing to make"),
        pytest.param(maker(b"_VALUE") + b")\x81", id="a maker as a class"),
    ],
)
def test_what_is_put_together_of_the_makers_is_refused_as_well(data: bytes) -> None:
    assert unpacked(b"\x80\x05" + MEMBER + b".") is FailureKind.PATH
    with pytest.raises(ForeignMessageError):
        unpacked(b"\x80\x05" + data + b".")
    assert FailureKind.PATH.value == "path"
    assert FailureKind("path") is FailureKind.PATH


def test_a_message_that_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_BYTES", 1000)
    ours, theirs = Pipe()
    with ours, theirs:
        send_message(theirs, bytes(900))
        assert receive_message(ours) == bytes(900)
        send_message(theirs, bytes(1100))
        with pytest.raises(ForeignMessageError, match="A message has more than"):
            receive_message(ours)
