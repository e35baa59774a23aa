"""The words of a text: names, whole numbers, durations, texts in quotation marks, operators; each with its place.

A duration is one word, `3h` or `1h30min`, with the units s, min (or m), h and d.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drcheck.errors import TextError
from drcheck.language.durations import LONGEST, UNITS, Duration
from drcheck.language.expressions import LIMIT
from drcheck.language.quoting import ESCAPES

MAX_LENGTH = 100_000
"""How many characters a text may have."""
MAX_DIGITS = 19
"""No number below `LIMIT` has more digits."""

NAME, NUMBER, DURATION, WORDS, OPERATOR, END = "name", "number", "duration", "text", "operator", "end"

_SPACE = re.compile(r"[ \t\r\n]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIGITS = re.compile(r"[0-9]+(?:_[0-9]+)*")
_AFTER_DIGITS = re.compile(r"[A-Za-z0-9_.]*")
_LENGTH = re.compile(r"([0-9]+)(d|h|min|m|s)")
_OPERATOR = re.compile(r"//|==|!=|<=|>=|[-&|~<>+*%()\[\],.:=]")
_PLAIN = re.compile(r"[^\"'\\\x00-\x1f]+")
_ESCAPED = re.compile(r"\\(?:([\\\"'ntr])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_INSTEAD = {
    "&&": "write &",
    "||": "write |",
    "!": "write ~ for not, != for unequal",
    "->": "write p.implies(q)",
    "=>": "write p.implies(q)",
    "<>": "write !=",
    "**": "multiply",
    "^": "write != between booleans",
    "/": "write // for whole division",
    ";": "give one property a text",
    "{": "write a list, [...]",
}
_FOREIGN = sorted(_INSTEAD, key=len, reverse=True)


@dataclass(frozen=True)
class Token:
    """A word of the text from character `start` up to `end`. `value`: a number, a duration, or what a text says."""

    kind: str
    text: str
    start: int
    end: int
    value: int | Duration | str = ""


class Tokens:
    """The words of a text by their number, found as they are asked for; the last one, and all after it, is of the kind END.

    Raises TextError DR321 for a text that is too long, DR320 and DR111 where a word is none.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            message = f"a text has {MAX_LENGTH:,} characters at most, not {len(text):,}"
            raise TextError("DR321", message, text=text, start=MAX_LENGTH, end=MAX_LENGTH + 1)
        self._text = text
        self._found: list[Token] = []

    def __getitem__(self, number: int) -> Token:
        found, text = self._found, self._text
        while len(found) <= number:
            at = found[-1].end if found else 0
            if space := _SPACE.match(text, at):
                at = space.end()
            found.append(_token(text, at) if at < len(text) else Token(END, "", at, at))
        return found[number]


def _token(text: str, at: int) -> Token:
    if match := _NAME.match(text, at):
        return Token(NAME, match[0], at, match.end())
    if match := _DIGITS.match(text, at):
        return _number(text, at, match)
    if text[at] in "\"'":
        return _words(text, at)
    foreign = next((each for each in _FOREIGN if text.startswith(each, at)), "")
    match = _OPERATOR.match(text, at)
    if match and not len(foreign) > len(match[0]):
        return Token(OPERATOR, match[0], at, match.end())
    wrong = foreign or text[at]
    raise TextError(
        "DR320",
        f"{wrong!r} cannot stand here",
        text=text,
        start=at,
        end=at + len(wrong),
        remedy=_INSTEAD.get(wrong, ""),
    )


def _number(text: str, at: int, digits: re.Match[str]) -> Token:
    """A number, or a duration where a unit follows. Raises TextError DR111, DR320."""
    after = _AFTER_DIGITS.match(text, digits.end())
    rest = after[0] if after else ""
    # `slot[1].name` is no fraction: a dot that no digit follows belongs to what comes.
    if not rest or (rest[0] == "." and not rest[1:2].isdigit()):
        return Token(NUMBER, digits[0], at, digits.end(), _whole(digits[0].replace("_", ""), text, at, digits.end()))
    seconds, position = 0, at
    while match := _LENGTH.match(text, position):
        seconds += _whole(match[1], text, at, match.end()) * UNITS[match[2]]
        position = match.end()
    end = digits.end() + len(rest)
    if position == at or position != end:
        raise TextError(
            "DR320",
            f"{_short(text[at:end])} is neither a whole number nor a duration",
            text=text,
            start=at,
            end=end,
            remedy="write for instance 3, 30s, 90min, 3h, 1h30min or 2d",
        )
    if seconds > LONGEST:
        raise _too_large(text, at, end)
    return Token(DURATION, text[at:end], at, end, Duration.of_seconds(seconds))


def _whole(digits: str, text: str, at: int, end: int) -> int:
    short = digits.lstrip("0") or "0"
    if len(short) > MAX_DIGITS or int(short) > LIMIT:
        raise _too_large(text, at, end)
    return int(short)


def _too_large(text: str, at: int, end: int) -> TextError:
    return TextError(
        "DR111",
        f"{_short(text[at:end])} is too large",
        text=text,
        start=at,
        end=end,
        remedy="numbers are 2**62 at most",
    )


def _short(word: str) -> str:
    return word if len(word) <= 24 else f"{word[:20]}... ({len(word)} characters)"


def _words(text: str, at: int) -> Token:
    """A text in quotation marks. Raises TextError DR320 where it has no end or an escape that is not known."""
    quote, position, said = text[at], at + 1, list[str]()
    while position < len(text) and text[position] != quote:
        if match := _PLAIN.match(text, position):
            said.append(match[0])
        elif match := _ESCAPED.match(text, position):
            code = int(match[2] or match[3], 16) if match[2] or match[3] else None
            if code is not None and code > 0x10FFFF:
                break
            said.append(chr(code) if code is not None else ESCAPES.get(match[1], match[1]))
        elif text[position] in "\"'":
            match = None
            said.append(text[position])
        else:
            break
        position = match.end() if match else position + 1
    if text[position : position + 1] != quote:
        ends = position == len(text)
        raise TextError(
            "DR320",
            "a text in quotation marks has no end" if ends else "a text in quotation marks has something unknown in it",
            text=text,
            start=at if ends else position,
            end=position if ends else position + 1,
            remedy="" if ends else r"escapes are \\, \", \', \n, \t, \r, \uXXXX and \UXXXXXXXX",
        )
    return Token(WORDS, text[at : position + 1], at, position + 1, "".join(said))


__all__ = ["DURATION", "END", "MAX_LENGTH", "NAME", "NUMBER", "OPERATOR", "WORDS", "Token", "Tokens"]
