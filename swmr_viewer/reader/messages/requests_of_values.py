"""Requests for one number, or some, of each scan point: measured, read from the file, or the order of acquisition."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from swmr_viewer.analysis import Region
from swmr_viewer.core.frozen import frozen
from swmr_viewer.core.ranges import IndexArray
from swmr_viewer.reader.messages.request import Acknowledgement, Group, ScanRequest


@frozen
class Measure(ScanRequest):
    """Measure every complete frame of a data set, newest first; replaces the ``Measure`` before."""

    group = Group.MEASURING
    is_restored = True
    replaces_waiting = True

    revision: int
    """Grows with every ``Measure``; answers to older ones are dropped."""
    data_path: str
    regions: tuple[Region, ...] = ()
    spectra: bool = False
    """Whether each row brings its frame along, if that is a spectrum."""
    already: IndexArray | None = None
    """Set by the supervisor: what an earlier reader has measured, on ``already_shape``."""
    already_shape: tuple[int, ...] | None = None

    def resumed(self, handled: IndexArray, shape: tuple[int, ...] | None) -> Self:
        return replace(self, already=handled, already_shape=shape)


@frozen
class StopMeasuring(ScanRequest):
    """Measure nothing more."""

    group = Group.MEASURING


@frozen
class AcknowledgeMeasured(Acknowledgement):
    """The last ``Measured`` was handled; until then the reader merges."""

    group = Group.MEASURED


@frozen
class SendOrder(ScanRequest):
    """Send in which order frames were taken (``OrderRead``), of those that are complete and of those to come; off: no more."""

    group = Group.ORDER
    is_restored = True
    replaces_waiting = True

    on: bool = True


@frozen
class AcknowledgeOrder(Acknowledgement):
    """The last ``OrderRead`` was handled."""

    group = Group.ORDER_READ


@frozen
class SendScalars(ScanRequest):
    """Look for what the file has one number of for each scan point (``ScalarsFound``), and send the values of some (``ScalarsRead``).

    Of the points that are complete, newest first, and of those to come. It replaces the one before: what that had asked for
    as well is read on, and what has been sent of it is not sent again. With no names only what there is is told.
    """

    group = Group.SCALARS
    is_restored = True
    replaces_waiting = True

    names: tuple[str, ...] = ()
    """One that is not found (yet) is read once it is."""


@frozen
class AcknowledgeScalars(Acknowledgement):
    """The last ``ScalarsRead`` was handled."""

    group = Group.SCALARS_READ
