"""Texts of files, which may hold anything, as people can read them: pure."""

from __future__ import annotations

import unicodedata

_NO_CHARACTERS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
"""Invisible, and part of words in several scripts."""
_SPACES = {0x2007: " ", 0x2009: " "}


def decoded(told: bytes) -> str:
    """Return bytes as text: UTF-8, or Latin-1, in which older programs write ``\u00b5`` and ``\u00c5``, where it is not that."""
    try:
        return told.decode()
    except UnicodeDecodeError:
        return told.decode("latin-1")


def plain(text: str) -> str:
    r"""Return a text as one line that a terminal or a label shows as it is.

    Control characters (of which a terminal makes colours, titles and worse), line breaks and marks that turn the direction of
    writing are written out, as in ``\x1b`` and ``\n``. Bytes that were no UTF-8, which h5py keeps as single surrogates, are
    shown as Latin-1.
    """
    if text.isprintable() or text.translate(_SPACES).isprintable():  # numbers have thin spaces, which count as unprintable
        return text
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return _plain_character(chr(ord(character) - 0xDC00))
    if character in _JOINERS or unicodedata.category(character) not in _NO_CHARACTERS:
        return character
    return character.encode("unicode_escape").decode()
