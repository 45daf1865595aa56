"""Texts of files as people can read them."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.core.files.attributes import texts_of
from swmr_viewer.core.plain_text import decoded, plain


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("d\u00e9tecteur \u00b5 \u65e5\u672c", "d\u00e9tecteur \u00b5 \u65e5\u672c"),
        ("12\u2009345 \u00d7 6", "12\u2009345 \u00d7 6"),
        ("\x1b[31mred\x1b]0;title\x07", r"\x1b[31mred\x1b]0;title\x07"),
        ("line\nbreak\ttab\r", r"line\nbreak\ttab\r"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        (b"caf\xe9 \x9b31m".decode(errors="surrogateescape"), "caf\u00e9 \\x9b31m"),
        ("\ud800", r"\ud800"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
    ],
)
def test_a_text_is_one_line_that_a_terminal_shows(given_text: str, shown: str) -> None:
    assert plain(given_text) == shown


@given(st.text())
def test_nothing_is_left_that_moves_a_cursor_and_it_can_be_printed(text: str) -> None:
    shown = plain(text)
    assert plain(shown) == shown
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert not set(shown) & set(map(chr, (*range(32), *range(127, 160))))


def test_bytes_are_utf8_or_latin1(tmp_path) -> None:
    assert decoded("\u00b5m".encode()) == "\u00b5m"
    assert decoded("\u00b5m".encode("latin-1")) == "\u00b5m"
    with h5py.File(tmp_path / "units.h5", "w") as f:
        f.attrs["fixed"] = np.bytes_("\u00c5".encode("latin-1"))
        f.attrs.create("ours", "\u00b5m", dtype=h5py.string_dtype())
        f.attrs.create("theirs", "\u00b5m".encode("latin-1"), dtype=h5py.string_dtype("ascii"))
        assert [texts_of(f, name) for name in ("fixed", "ours", "theirs")] == [["\u00c5"], ["\u00b5m"], ["\u00b5m"]]
