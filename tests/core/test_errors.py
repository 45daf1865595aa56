"""What a caller can catch is exported, and stands in the table of the library's page."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import swmr_viewer
from swmr_viewer.core import errors
from swmr_viewer.core.conditions import ConditionError

_OF_THE_PROGRAM = {"ReaderError"}
"""Of the window's and the commands' reader process: nobody meets it through the library."""
_FOR_CALLERS = sorted(
    {name for name, found in vars(errors).items() if inspect.isclass(found) and issubclass(found, errors.SwmrViewerError)} - _OF_THE_PROGRAM
    | {ConditionError.__name__}
)
_PAGE = (Path(__file__).parents[2] / "docs" / "library.md").read_text(encoding="utf-8")


def test_there_are_errors_to_look_at() -> None:
    assert len(_FOR_CALLERS) > 20


@pytest.mark.parametrize("name", _FOR_CALLERS)
def test_each_error_that_a_caller_can_catch_is_exported_and_documented(name: str) -> None:
    assert name in swmr_viewer.__all__
    assert issubclass(getattr(swmr_viewer, name), swmr_viewer.SwmrViewerError)
    table = _PAGE.split("## Errors")[1]
    assert f"`{name}`" in table
