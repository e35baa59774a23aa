"""A JANI file as a tree of values that know where they stand, so that each refusal names its path: `$.automata[0].edges[3]`.

JSON itself is read by the standard library. What it would let pass is refused here: a key that is given twice (the first
value would be lost), numbers that are none, numbers whose exact value would fill memory, and keys that jani-model does not have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from drcheck.errors import DesignError, Place, shown

LARGEST = 64 << 20
"""The longest file that is read, in bytes."""
DEEPEST = 200
"""How deep values may be nested in each other: what reads them is recursive."""
_DIGITS = 400
"""The most digits of a number, and the greatest exponent."""
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
"""A text, one that never ends, or a bracket: each character is looked at once."""
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]', re.DOTALL)
_LONGEST_KEY = 200
COMMENT = "comment"
"""The key that every object may have, and that means nothing."""


@dataclass(frozen=True)
class Source:
    """A file, and the lines in which its objects and lists begin, by their paths."""

    file: str
    lines: Mapping[str, int]


@dataclass(frozen=True)
class Node:
    """A value of a JANI file, and its path in it. A number with a point or an exponent is a Fraction, exactly as written."""

    value: Any
    source: Source
    path: str = "$"

    @property
    def declared(self) -> Place:
        """The file, and the line in which the object or list begins that this is, or is part of."""
        path = self.path
        while path and path not in self.source.lines:
            path = path[: max(path.rfind("."), path.rfind("["))] if path != "$" else ""
        return Place(self.source.file, self.source.lines.get(path, 1))

    @property
    def place(self) -> str:
        """The file with a line, and the path."""
        return f"{self.declared}, {self.path}"

    def malformed(
        self, message: str, *, remedy: str = "", available: Iterable[str] = (), asked: object = None
    ) -> NoReturn:
        """Raises DesignError DR231: this is no jani-model."""
        raise DesignError("DR231", message, place=self.place, remedy=remedy, available=available, asked=asked)

    def unsupported(self, message: str, *, remedy: str = "") -> NoReturn:
        """Raises DesignError DR232: this is jani-model, and drcheck does not read it."""
        raise DesignError("DR232", message, place=self.place, remedy=remedy)

    # -- parts ------------------------------------------------------------------------------------------------------
    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __getitem__(self, key: str) -> Node:
        """The value of a key that an object must have."""
        if key not in self.mapping():
            self.malformed(f"{self.what()} has no {shown(key)}")
        return self.at(key)

    def at(self, key: str) -> Node:
        """The value of a key that is there."""
        return Node(self.value[key], self.source, _below(self.path, key))

    def get(self, key: str) -> Node | None:
        """The value of a key, or None where there is none."""
        return self.at(key) if key in self else None

    def mapping(self) -> Mapping[str, Any]:
        """What an object holds."""
        if not isinstance(self.value, dict):
            self.malformed(f"an object is wanted here, not {self.what()}")
        found: Mapping[str, Any] = self.value
        return found

    def items(self) -> Iterator[Node]:
        """The values of a list."""
        if not isinstance(self.value, list):
            self.malformed(f"a list is wanted here, not {self.what()}")
        return (Node(value, self.source, f"{self.path}[{n}]") for n, value in enumerate(self.value))

    def each(self, key: str) -> list[Node]:
        """The values of the list of a key; none where the key is not there."""
        return list(self[key].items()) if key in self else []

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            self.malformed(f"a name is wanted here, not {self.what()}")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            self.malformed(f"true or false is wanted here, not {self.what()}")
        return self.value

    def expect(self, what: str, keys: Iterable[str], unsupported: Iterable[str] = ()) -> None:
        """Refuse keys that an object does not have in jani-model, and those that drcheck does not read."""
        known = {*keys, COMMENT}
        for key in self.mapping():
            if key in known:
                continue
            if key in unsupported:
                self.at(key).unsupported(f"{key} of {what} is not supported")
            self.at(key).malformed(f"{what} has no {shown(key)}", available=sorted(known), asked=key)

    def what(self) -> str:
        """The value as errors tell it."""
        if isinstance(self.value, dict):
            return "an object" if "op" not in self.value else f"an expression with op {shown(self.value['op'])}"
        if isinstance(self.value, list):
            return "a list"
        if isinstance(self.value, Fraction):
            return "a number with a fraction" if self.value.denominator > 1 else f"{self.value.numerator}.0"
        return (
            {True: "true", False: "false", None: "null"}.get(self.value, shown(self.value))
            if (self.value is None or isinstance(self.value, bool))
            else shown(self.value)
        )


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key) else f"{path}[{key!r}]"


def read(file: str) -> Node:
    """A JANI file. Raises DesignError DR230 for what cannot be read or is no JSON, DR231 for what is no object."""
    path = Path(file)
    if path.is_dir() or not path.exists():
        said = "is a directory" if path.is_dir() else "is not there"
        beside = sorted(p.name for p in path.parent.glob("*.jani") if p.is_file()) if path.parent.is_dir() else []
        raise DesignError("DR230", f"{file} {said}", available=beside, asked=path.name)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise DesignError("DR230", f"{file} has {size:,} bytes, of {LARGEST:,} at most")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DesignError("DR230", f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DesignError("DR230", f"{file} is no text in UTF-8: byte {error.start:,} is none") from error
    return parsed(text, file)


def parsed(text: str, file: str) -> Node:
    """The text of a JANI file. Raises DesignError DR230, DR231."""
    _refuse_depth(text, file)
    try:
        value = json.loads(
            text,
            parse_float=lambda number: _exact(number, file),
            parse_int=lambda number: _whole(number, file),
            parse_constant=lambda name: _refuse_number(name, file),
            object_pairs_hook=lambda pairs: _object(pairs, file),
        )
    except json.JSONDecodeError as error:
        raise DesignError(
            "DR230", f"{file} is no JSON: {error.msg}", place=f"{file}, line {error.lineno}, column {error.colno}"
        ) from error
    found = Node(value, Source(file, _lines(text)))
    found.mapping()
    return found


def _lines(text: str) -> dict[str, int]:
    """The lines in which the objects and lists of a text that is JSON begin, by their paths."""
    found: dict[str, int] = {}
    path, line, last, key = "$", 1, 0, ""
    stack: list[tuple[str, int]] = []
    for mark in _TOKENS.finditer(text):
        sign = mark.group()
        line += text.count("\n", last, mark.start())
        last = mark.start()
        if sign in ("{", "["):
            found[path] = line
            stack.append((path, 0 if sign == "[" else -1))
            path = f"{path}[0]" if sign == "[" else path
        elif sign in ("}", "]"):
            path = stack.pop()[0]
        elif sign == ",":
            outer, number = stack[-1]
            if number >= 0:
                stack[-1] = outer, number + 1
                path = f"{outer}[{number + 1}]"
        elif sign == ":":
            path = _below(stack[-1][0], key)
        else:
            key = json.loads(sign) if len(sign) < _LONGEST_KEY else ""
    return found


def _refuse_depth(text: str, file: str) -> None:
    """Refuse what is nested too deeply, before the standard library's reader would run out of stack."""
    depth = 0
    for found in _MARKS.finditer(text):
        sign = found.group()
        depth += 1 if sign in ("[", "{") else -1 if sign in ("]", "}") else 0
        if depth > DEEPEST:
            line = text.count("\n", 0, found.start()) + 1
            raise DesignError(
                "DR230", f"{file} has values nested more than {DEEPEST} deep", place=f"{file}, line {line}"
            )


def _object(pairs: list[tuple[str, Any]], file: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise DesignError(
            "DR230", f"{file} has an object with the key {shown(twice)} twice", remedy="keep one of the two"
        )
    return found


def _whole(number: str, file: str) -> int:
    return int(number) if len(number) <= _DIGITS else _refuse_number(number, file)


def _exact(number: str, file: str) -> Fraction:
    exponent = re.split("[eE]", number)[1:]
    if len(number) > _DIGITS or (exponent and abs(int(exponent[0])) > _DIGITS):
        _refuse_number(number, file)
    return Fraction(number)


def _refuse_number(number: str, file: str) -> NoReturn:
    raise DesignError("DR230", f"{file} has the number {shown(number)}, which cannot be read")


__all__ = ["Node", "parsed", "read"]
