"""What ends following: each condition is a frozen value that looks at a situation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from swmr_viewer.core.errors import FailureKind, SwmrViewerError

STOPPED = "stopped"
"""The reason when the user ended it: not a condition, always possible."""

FILE_REPLACED = "file_replaced"
"""The reason when another scan was written under the same name: not a condition, always an end."""


class Situation(Protocol):
    """What a condition may look at; the follower provides it."""

    @property
    def quiet_s(self) -> float:
        """Seconds since the last new key (or since following began)."""

    @property
    def n_complete(self) -> int:
        """How many scan points are complete."""

    @property
    def all_keys_set(self) -> bool:
        """Whether every point of a scan whose extent is known is complete."""

    def flag_is_set(self, path: str | None) -> bool:
        """Whether the finished flag (None: the follower's own) is non-zero."""

    def file_is_closed(self) -> bool:
        """Whether the writer has closed the file."""


@dataclass(frozen=True, slots=True)
class Timeout:
    """End when no new key came for ``seconds`` (s)."""

    seconds: float = 10.0
    name: ClassVar[str] = "timeout"

    def __post_init__(self) -> None:
        if not self.seconds >= 0:
            raise ConditionError(f"A timeout of {self.seconds} s is not possible.", "Give 0 or more seconds.")

    def is_met(self, situation: Situation) -> bool:
        return situation.quiet_s >= self.seconds


@dataclass(frozen=True, slots=True)
class FinishedFlag:
    """End when the one-element dataset at ``path`` is non-zero (None: the one that was found)."""

    path: str | None = None
    name: ClassVar[str] = "finished_flag"

    def is_met(self, situation: Situation) -> bool:
        return situation.flag_is_set(self.path)


@dataclass(frozen=True, slots=True)
class AllKeys:
    """End when every point of the scan is complete."""

    name: ClassVar[str] = "all_keys"

    def is_met(self, situation: Situation) -> bool:
        return situation.all_keys_set


@dataclass(frozen=True, slots=True)
class FrameCount:
    """End when ``count`` frames are complete."""

    count: int
    name: ClassVar[str] = "frame_count"

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ConditionError(f"A frame count of {self.count} is not possible.", "Give 1 or more frames.")

    def is_met(self, situation: Situation) -> bool:
        return situation.n_complete >= self.count


@dataclass(frozen=True, slots=True)
class FileClosed:
    """End when the writer has closed the file, and every file that the keys (without keys: the frames) come from."""

    name: ClassVar[str] = "file_closed"

    def is_met(self, situation: Situation) -> bool:
        return situation.file_is_closed()


@dataclass(frozen=True, slots=True)
class AlwaysTrue:
    """End as soon as no key is ready: read what is there and do not wait."""

    name: ClassVar[str] = "always_true"

    def is_met(self, situation: Situation) -> bool:
        return True


Condition = Timeout | FinishedFlag | AllKeys | FrameCount | FileClosed | AlwaysTrue
ConditionLike = str | Condition | Callable[[Situation], bool]
"""What people may give: a name, a condition, or a function of the follower."""


class ConditionError(SwmrViewerError, ValueError):
    """A condition that does not exist, or whose value is impossible."""

    kind = FailureKind.CONDITION


def condition_named(name: str, *, timeout_s: float = 10.0, finished_path: str | None = None, count: int | None = None) -> Condition:
    """Make the condition of this name.

    Parameters
    ----------
    name : str
        One of ``timeout``, ``finished_flag``, ``all_keys``, ``frame_count``, ``file_closed``, ``always_true``.
    timeout_s : float
        Seconds for ``timeout``.
    finished_path : str, optional
        Dataset for ``finished_flag``.
    count : int, optional
        Frames for ``frame_count``.

    Raises
    ------
    ConditionError
        If there is no condition of this name, or ``frame_count`` comes without a count.
    """
    if name == Timeout.name:
        return Timeout(timeout_s)
    if name == FinishedFlag.name:
        return FinishedFlag(finished_path)
    if name == FrameCount.name:
        if count is None:
            raise ConditionError("The condition frame_count needs a number of frames.", "Give FrameCount(n), or --count N.")
        return FrameCount(count)
    plain: dict[str, Condition] = {c.name: c for c in (AllKeys(), FileClosed(), AlwaysTrue())}
    if name not in plain:
        known = ", ".join(CONDITION_NAMES)
        raise ConditionError(f"There is no termination condition {name!r}.", f"Choose from: {known}.")
    return plain[name]


def default_conditions(timeout_s: float = 10.0) -> tuple[Condition, ...]:
    """Return what ends following unless the user says otherwise: every sign that nothing will come any more."""
    return in_order((FinishedFlag(), AllKeys(), FileClosed(), Timeout(timeout_s)))


def in_order(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Return conditions so that the first one that is met says most: several often hold, and one is told as the reason.

    A count comes first, since no frame beyond it is handed out. Then comes the writer's own word, then what the keys say, then
    that the files are closed (by an abort as well), and last that it has been quiet, which says least.
    """
    return tuple(sorted(conditions, key=lambda condition: _ORDER.index(type(condition))))


_ORDER = (FrameCount, FinishedFlag, AllKeys, FileClosed, Timeout, AlwaysTrue)
CONDITION_NAMES = ("timeout", "finished_flag", "all_keys", "frame_count", "file_closed", "always_true")


def name_of(condition: Condition | Callable[[Situation], bool]) -> str:
    """Return the reason that is given when this condition ended it."""
    return str(getattr(condition, "name", None) or getattr(condition, "__name__", type(condition).__name__))


def conditions_from(
    wanted: str | ConditionLike | Iterable[ConditionLike], *, timeout_s: float, finished_path: str | None
) -> tuple[Condition | Callable[[Situation], bool], ...]:
    """Turn names, conditions and functions (one, or several) into things that can be asked ``is_met``.

    Raises
    ------
    ConditionError
        If one of them is none of these.
    """
    several: tuple[ConditionLike, ...] = tuple((wanted,) if _is_one(wanted) else wanted)  # type: ignore[arg-type]
    for condition in several:
        if not _is_one(condition):
            raise ConditionError(
                f"{condition!r} is no termination condition.", "Give a name, a condition such as Timeout(10), or a function."
            )
    return tuple(
        condition_named(condition, timeout_s=timeout_s, finished_path=finished_path) if isinstance(condition, str) else condition
        for condition in several
    )


def _is_one(wanted: object) -> bool:
    return isinstance(wanted, str) or callable(wanted) or hasattr(wanted, "is_met")


def first_met(conditions: Iterable[Condition | Callable[[Situation], bool]], situation: Situation) -> str | None:
    """Return the name of the first condition that is met, or None."""
    for condition in conditions:
        met = condition(situation) if callable(condition) else condition.is_met(situation)
        if met:
            return name_of(condition)
    return None
