"""Fixtures that the tests of quantities share with the live ones."""

from __future__ import annotations

from tests.live.conftest import live_writer

__all__ = ["live_writer"]
