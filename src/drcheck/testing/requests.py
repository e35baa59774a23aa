"""Designs and properties as they are requested in the settings and arguments of pytest, and as node ids name them.

A node id is `module:design::property`, or `module:design[name=value,...]::property` for a design with parameters. It can
be given to pytest again: what `Request.label` writes, `request_in` reads.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

import pytest

_ARGUMENT = re.compile(
    r"(?P<target>[A-Za-z_]\w*(\.\w+)*:[A-Za-z_]\w*)(\[(?P<given>[^\[\]]*)\])?(::(?P<name>.+))?\Z", re.DOTALL
)
_PLAIN = "".join(chr(code) for code in range(33, 127) if chr(code) not in "%,[]")
"""Characters that stand for themselves in the value of a parameter in a node id; others are written as in addresses."""


@dataclass(frozen=True)
class Request:
    """A design to collect: `module:design`, parameters as texts, and the items requested (none: all)."""

    target: str
    parameters: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The design with its parameters, as node ids begin."""
        return f"{self.target}{in_brackets(self.parameters)}"


def in_brackets(parameters: Sequence[tuple[str, object]]) -> str:
    """Parameters as they stand in node ids; nothing for none."""
    given = ",".join(f"{name}={quote(str(value), safe=_PLAIN)}" for name, value in parameters)
    return f"[{given}]" if given else ""


def request_of(line: str) -> Request:
    """A line of the setting. Raises UsageError for one that is not a design with assignments."""
    target, *pairs = line.split()
    given = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise pytest.UsageError(f"drcheck_designs: {pair!r} in {line!r} is not an assignment such as threshold=2h")
        given.append((name, value))
    return Request(target, tuple(given))


def request_in(argument: str, known: Collection[Request]) -> Request | None:
    """The design, and perhaps the item, that an argument of pytest names; None for a path.

    `known`: the requests of the settings, which may name their designs in other forms.
    """
    for request in known:
        if argument == request.label:
            return Request(request.target, request.parameters)
        if argument.startswith(f"{request.label}::"):
            return Request(request.target, request.parameters, (argument.removeprefix(f"{request.label}::"),))
    match = _ARGUMENT.match(argument)
    if match is None:
        return None
    given = []
    for pair in filter(None, (match["given"] or "").split(",")):
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise pytest.UsageError(f"{argument}: {pair!r} is not an assignment such as threshold=2h")
        given.append((name, unquote(value)))
    return Request(match["target"], tuple(given), () if match["name"] is None else (match["name"],))


def merged(requests: Sequence[Request]) -> list[Request]:
    """Requests of one design with the same parameters as one; one without names asks for all."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], list[Request]] = {}
    for request in requests:
        found.setdefault((request.target, request.parameters), []).append(request)
    return [
        Request(target, parameters, () if not all(r.names for r in asked) else tuple(n for r in asked for n in r.names))
        for (target, parameters), asked in found.items()
    ]


__all__ = ["Request", "in_brackets", "merged", "request_in", "request_of"]
