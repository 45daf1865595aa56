"""What is asked of the process that reduces. No h5py here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from swmr_viewer.reducing.messages.request import ReduceRequest


@dataclass(frozen=True)
class Start:
    """Begin with this."""

    request: ReduceRequest
    replaces_waiting: ClassVar[bool] = False


@dataclass(frozen=True)
class Show:
    """Tell all that is made of this frame, by ``ShownReduced``: before any other, and each time it is asked for."""

    index: int
    scan_shape: tuple[int, ...]
    replaces_waiting: ClassVar[bool] = True


@dataclass(frozen=True)
class Stop:
    """End; what came is in the output."""

    replaces_waiting: ClassVar[bool] = False


@dataclass(frozen=True)
class Describe:
    """Tell by ``Described`` what can be set of these reductions; loads them, and whatever they need."""

    names: tuple[str, ...]
    replaces_waiting: ClassVar[bool] = False


@dataclass(frozen=True)
class Taken:
    """What came of ``Reduced`` was handled: more may be sent."""

    replaces_waiting: ClassVar[bool] = False


@dataclass(frozen=True)
class Quit:
    """End the process, after what runs in it has ended cleanly."""

    replaces_waiting: ClassVar[bool] = False


ReductionOrder: TypeAlias = Start | Show | Stop | Describe | Taken | Quit
