"""Texts in quotation marks, as the text form reads them again, and words that need none."""

from __future__ import annotations

import keyword
import re

ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
"""What stands for a character after a backslash."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def quoted(said: str) -> str:
    """A text in quotation marks, as it can be read again."""
    return '"' + "".join(_escaped(character) for character in said) + '"'


def word_or_quoted(said: str) -> str:
    """A text as it is where it is a word that stands for nothing else, and in quotation marks otherwise."""
    plain = _PLAIN.match(said) and not keyword.iskeyword(said) and said not in ("true", "false")
    return said if plain else quoted(said)


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    named = next((name for name, meant in ESCAPES.items() if meant == character), "")
    code = ord(character)
    return f"\\{named}" if named else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


__all__ = ["ESCAPES", "quoted", "word_or_quoted"]
