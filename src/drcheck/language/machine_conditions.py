"""The conditions of a machine of `transitions`: what it asks, and the expressions that are given for it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transitions import Transition

from drcheck.errors import ModelError, shown
from drcheck.language.expressions import BOOLEAN, Expression, expression
from drcheck.language.transition import Fits


@dataclass(frozen=True, eq=False)
class Asked:
    """A condition of a transition: what must be true (`wanted`), or must not be.

    `node` is None where the composition derives the condition again from an update (`Fits`).
    """

    key: int
    node: Expression | None
    wanted: bool
    named: bool = False
    """Whether the machine asks something of its own, for which the expression was given."""


def conjunction(conditions: Iterable[Asked]) -> Expression | None:
    """The guard that conditions make together, each once; None where there is none."""
    guard: Expression | None = None
    seen: set[tuple[int, bool]] = set()
    for asked in conditions:
        if asked.node is None or (asked.key, asked.wanted) in seen:
            continue
        seen.add((asked.key, asked.wanted))
        node = asked.node if asked.wanted else ~asked.node
        guard = node if guard is None else guard & node
    return guard


class Conditions:
    """The expressions that stand for conditions, and what is wrong with them."""

    def __init__(self, given: object) -> None:
        self.causes: list[str] = []
        self._wrong: list[str] = []
        self._used: dict[str, None] = {}
        self._asked: dict[str, None] = {}
        self._known: dict[str, Expression] = {}
        if not isinstance(given, Mapping):
            self.causes.append(f"conditions map names to expressions, they are not {shown(given)}")
            return
        for key, value in given.items():
            try:
                node = expression(value)
            except ModelError as error:
                self.causes.append(f"the condition {shown(key)} is given as {shown(value)} ({error.message})")
                continue
            if not isinstance(key, str) or node.kind != BOOLEAN:
                self.causes.append(f"the condition {shown(key)} is given as {shown(value)}, which is {node.kind}")
            else:
                self._known[key] = node

    def of(self, row: Transition, what: str) -> tuple[Asked, ...]:
        """The conditions of a transition, in their order; what is no expression is noted. `what`: the transition in words."""
        found: list[Asked] = []
        for condition in row.conditions:
            asked = condition.func
            if isinstance(asked, Fits) and condition.target:
                found.append(Asked(id(asked), None, True))
                continue
            node = asked if isinstance(asked, Expression) else self._named(asked)
            if node is None or node.kind != BOOLEAN:
                self._wrong.append(f"{what} has the condition {shown(asked)}")
                continue
            found.append(Asked(id(node), node, bool(condition.target), node is not asked))
        return tuple(found)

    def _named(self, asked: object) -> Expression | None:
        """The expression that is given for a condition: by its own name, or by that of the function."""
        name = asked if isinstance(asked, str) else getattr(asked, "__name__", None)
        if not isinstance(name, str):
            return None
        self._asked[name] = None
        if name not in self._known:
            return None
        self._used[name] = None
        return self._known[name]

    def causes_of_conditions(self) -> list[str]:
        """Conditions without an expression, and expressions that no condition asks for."""
        unused = [name for name in self._known if name not in self._used]
        said = [f"no condition of the machine is called {shown(name)}{self._meant(name)}" for name in unused]
        return [*self._wrong, *said]

    def _meant(self, name: str) -> str:
        close = difflib.get_close_matches(name, self._asked, n=1)
        return f", did you mean {close[0]!r}?" if close else ""


__all__ = ["Asked", "Conditions", "conjunction"]
