"""Dictionaries as written: Python silently loses a duplicate key.

`then={n: n + 1, n: n + 2}` is {n: n + 2} to its receiver; only the text shows it. Where it is at hand, the files that parts
of a model are written in are looked through for keys that are spelt alike, and calls such as on(..., then={...}) for fewer
keys than were written, which also detects `{n: 1, part.n: 2}`, two spellings of one variable. The same text shows a comparison
that Python decides within another one, as in `flag == (link.initial == "up")`.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from drcheck.errors import ModelError, Place
from drcheck.language.source import Span, position, span_of

ARGUMENTS = ("then", "optional", "participants")
"""Arguments that are examined when the call is made (`refuse_lost`), and only then."""
NAMES = ("doc", "initial", "states", "triggers", "variables")
"""Attributes of a component that are Python's texts and tuples: they never change."""
_REMEDY = "keep one of the two, or give them different keys"


def calls_in(file: str) -> Mapping[Span, ast.Call]:
    """The calls in a file by where they stand; none if there is no text."""
    return _read(file, *_version(file))[0]


def decided_in(file: str) -> Mapping[int, str]:
    """What is compared, within another comparison, of an attribute that only names something: by the line it begins in."""
    return _read(file, *_version(file))[2]


def names_compared(node: ast.AST) -> str | None:
    """The text of a comparison of one of `NAMES`, or of objects, which Python decides at once; None for anything else."""
    if isinstance(node, ast.Compare):
        is_ = any(isinstance(operator, (ast.Is, ast.IsNot)) for operator in node.ops)  # objects, not values
        for side in (node.left, *node.comparators):
            if isinstance(side, ast.Attribute) and (is_ or side.attr in NAMES):
                return ast.unparse(node)
    return None


def refuse_repeated(files: Iterable[str]) -> None:
    """Refuse a dictionary in one of the files that is written with one key twice. Raises ModelError DR146."""
    for file in files:
        for first, second, key in _read(file, *_version(file))[1]:
            raise _repeated(file, first, second, key)


def _repeated(file: str, first: int, second: int, key: str) -> ModelError:
    return ModelError(
        "DR146",
        f"a dictionary has the key `{key}` twice, first in line {first}, and its value there would be lost",
        place=Place(file, second),
        remedy=_REMEDY,
    )


def refuse_lost(given: object, argument: str, place: Place, at: int | None = None) -> None:
    """Refuse a dictionary that was written for an argument of the present call with more keys than it has.

    `at`: the place of the argument among those without a name. Raises ModelError DR146.
    """
    span = position() if isinstance(given, Mapping) and given else None
    call = calls_in(place.file).get(span) if span is not None else None
    if call is None or not isinstance(given, Mapping):
        return
    written = next((k.value for k in call.keywords if k.arg == argument), None)
    if written is None and at is not None and at < len(call.args):
        written = call.args[at]
    keys = [key for key in written.keys if key is not None] if isinstance(written, ast.Dict) else []
    if isinstance(written, ast.Dict) and len(keys) == len(written.keys) > len(given):
        for first, second, key in _twice(written):
            raise _repeated(place.file, first, second, key)
        raise ModelError(
            "DR146",
            f"{argument} is written with {len(keys)} keys and has {len(given)}, as two of "
            f"{', '.join(ast.unparse(key) for key in keys)} are equal: the value of the first would be lost",
            place=Place(place.file, written.lineno),
            remedy=_REMEDY,
        )


def _version(file: str) -> tuple[int, int]:
    """What changes when a file does."""
    try:
        found = os.stat(file)  # noqa: PTH116  # called for each transition: a Path takes longer
    except (OSError, ValueError):
        return 0, 0
    return found.st_mtime_ns, found.st_size


_Found = tuple[Mapping[Span, ast.Call], tuple[tuple[int, int, str], ...], Mapping[int, str]]


@lru_cache(maxsize=256)
def _read(file: str, changed: int, size: int) -> _Found:
    """What a file has: its calls, keys written twice in a dictionary (the lines of both, and the key), and `decided_in`."""
    try:
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return {}, (), {}
    nodes = list(ast.walk(tree))
    calls = {span_of(node): node for node in nodes if isinstance(node, ast.Call)}
    looked_at = {k.value for call in calls.values() for k in call.keywords if k.arg in ARGUMENTS}
    displays = [node for node in nodes if isinstance(node, ast.Dict) and node not in looked_at]
    decided = {
        outer.lineno: text
        for outer in nodes
        if isinstance(outer, ast.Compare)
        for side in (outer.left, *outer.comparators)
        if (text := names_compared(side)) is not None
    }
    return calls, tuple(found for display in displays for found in _twice(display)), decided


def _twice(display: ast.Dict) -> Iterator[tuple[int, int, str]]:
    """The keys that are spelt alike in a dictionary, with the lines of the first and of the other."""
    seen: dict[object, ast.expr] = {}
    for key in display.keys:
        if key is None or any(isinstance(part, _CHANGING) for part in ast.walk(key)):
            continue
        first = seen.setdefault((key.value,) if isinstance(key, ast.Constant) else ast.dump(key), key)
        if first is not key:
            yield first.lineno, key.lineno, ast.unparse(key)


_CHANGING = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)
"""What may be another value each time that it is written."""


__all__ = ["NAMES", "calls_in", "decided_in", "names_compared", "refuse_lost", "refuse_repeated"]
