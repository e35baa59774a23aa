"""The python engine: guards and updates as one generated Python function over tuples.

It needs no compiler and starts at once, so it answers small systems. The generated source is registered with
`linecache`, so tracebacks and profilers show it.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count, pairwise
from typing import Any
from weakref import WeakKeyDictionary

from drcheck.engines.plain_search import Functions, breadth_first, unsearched
from drcheck.engines.protocol import Exploration, Limits, Listener, Query, Stopwatch
from drcheck.kernels.deadline import OutOfTimeError
from drcheck.language.expressions import Expression, Literal, Operation, nodes_in
from drcheck.system.precedence import Precedence, possible
from drcheck.system.ranges import bounds
from drcheck.system.system import Cell, Event, System

SHARED = 24
"""From this size on, a part that updates of one alternative have in common is computed once, before them."""
PART = 200
"""Alternatives of one event in a function at most: the others are in separate functions."""
LARGE = 20_000
"""Cells that all alternatives together write, or leave as they are, in one function at most."""
_INFIX = {"+", "-", "*", "//", "%", "<", "<=", ">", ">=", "==", "!=", "and", "or"}


def source_of(node: Expression, known: Mapping[int, str] | None = None) -> str:
    """A lowered expression as Python source over local variables c0, c1, ... (one per cell).

    `known`: nodes, by identity, that a local variable holds already.
    """
    if known and id(node) in known:
        return known[id(node)]
    if isinstance(node, Literal):
        return repr(int(node.value) if isinstance(node.value, int) else node.value)
    if isinstance(node, Cell):
        return f"c{node.index}"
    assert isinstance(node, Operation)
    parts = [source_of(a, known) for a in node.arguments]
    match node.operator:
        case "not":
            return f"(not {parts[0]})"
        case "if":
            return f"({parts[1]} if {parts[0]} else {parts[2]})"
        case "select":
            return f"({', '.join(parts[1:])},)[{parts[0]}]"
        case "min" | "max":
            return f"{node.operator}({', '.join(parts)})"
    assert node.operator in _INFIX, node.operator
    return "(" + f" {node.operator} ".join(parts) + ")"


def generate(system: System) -> str:
    """The source of `successors(state)` for a system."""
    names = [f"c{i}" for i in range(len(system.cells))]
    lines = ["def successors(state):", f"    ({', '.join(names)},) = state", "    steps = []"]
    for number, event in enumerate(system.events):
        lines.append(f"    g{number} = {source_of(possible(event))}")
    unused = (f"h{number}" for number in count())

    def none_of(conditions: Sequence[str]) -> str:
        name = next(unused)
        lines.append(f"    {name} = not ({' or '.join(conditions)})")
        return name

    guards = [f"g{number}" for number in range(len(system.events))]
    happens = list(Precedence(system.events).happens(guards, none_of, "{} and {}".format))
    whole = len(names) * sum(len(event.alternatives) for event in system.events)
    parts = list[str]()
    for number, event in enumerate(system.events):
        lines.append(f"    if {happens[number]}:")
        ways = len(event.alternatives)
        if ways <= PART and whole <= LARGE:
            lines += ["        " + line for k in range(ways) for line in _guarded(system, names, number, k, event)]
            continue
        size = max(1, min(PART, LARGE // len(names)))
        for first in range(0, ways, size):
            name = f"part_{number}_{first}"
            lines.append(f"        {name}(state, steps)")
            parts += [f"def {name}(state, steps):", f"    ({', '.join(names)},) = state"]
            those = range(first, min(first + size, ways))
            parts += ["    " + line for k in those for line in _guarded(system, names, number, k, event)]
    lines.append("    return steps")
    return "\n".join([*parts, *lines]) + "\n"


def _guarded(system: System, names: list[str], number: int, k: int, event: Event) -> list[str]:
    """An alternative, where its own guard holds."""
    guard, lines = event.alternatives[k].guard, _alternative(system, names, number, k, event)
    return lines if guard is None else [f"if {source_of(guard)}:", *("    " + line for line in lines)]


def _common(rights: Sequence[Expression]) -> list[Expression]:
    """The large parts that occur more than once in some expressions, inner ones first.

    Reductions write updates whose parts are shared many times over; printed as trees they would be very long. Every
    expression has a value in every state, so nothing is lost by computing one that an `if` would have left out.
    """
    uses: dict[int, int] = {}
    order: list[Expression] = []

    def walk(node: Expression) -> None:
        uses[id(node)] = uses.get(id(node), 0) + 1
        if uses[id(node)] == 1 and node.size >= SHARED:
            for part in node.arguments:
                walk(part)
            order.append(node)

    for right in rights:
        walk(right)
    return [node for node in order if uses[id(node)] > 1]


def _alternative(system: System, names: list[str], number: int, k: int, event: Event) -> list[str]:
    lines, target, checks = [], list(names), []
    known: dict[int, str] = {}
    for node in _common([right for _, right in event.alternatives[k].updates]):
        lines.append(f"t{len(known)} = {source_of(node, known)}")
        known[id(node)] = f"t{len(known)}"
    for index, right in event.alternatives[k].updates:
        domain = system.cells[index].domain
        lines.append(f"n{index} = {source_of(right, known)}")
        target[index] = f"n{index}"
        low, high = bounds(right)
        if low < domain.low or high > domain.high:
            checks.append((index, f"not {domain.low} <= n{index} <= {domain.high}"))
    step = f"steps.append(({number}, {k}, ({', '.join(target)},), None))"
    for position, (index, test) in enumerate(checks):
        lines.append(f"{'if' if position == 0 else 'elif'} {test}:")
        lines.append(f"    steps.append(({number}, {k}, None, {index}))")
    if checks:
        return [*lines, "else:", "    " + step]
    return [*lines, step]


def compile_function(source: str, name: str, label: str) -> Callable[..., Any]:
    """Compile generated source so that tracebacks show it."""
    filename = f"<drcheck {label}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {}
    # Function by function: the compiler is not interrupted, nor cut by a deadline. Lines keep their numbers.
    lines = source.splitlines(keepends=True)
    begins = [n for n, line in enumerate(lines) if line.startswith("def ")]
    for first, end in pairwise([*begins, len(lines)]):
        part = "\n" * first + "".join(lines[first:end])
        exec(compile(part, filename, "exec"), namespace)  # source generated from checked expressions only
    function: Callable[..., Any] = namespace[name]
    return function


_SUCCESSORS: WeakKeyDictionary[System, Callable[..., Any]] = WeakKeyDictionary()


def successors_of(system: System) -> Callable[..., Any]:
    """The steps of a system as a function of a state tuple (see `generate`). It is made once for a system."""
    known = _SUCCESSORS.get(system)
    if known is None:
        known = _SUCCESSORS[system] = compile_function(generate(system), "successors", f"successors of {system.name}")
    return known


def predicate(node: Expression, label: str) -> Callable[..., Any]:
    """A lowered expression as a function of a state tuple."""
    return predicates([node], label)[0]


def predicates(nodes: Sequence[Expression], label: str) -> list[Callable[..., Any]]:
    """Lowered expressions as functions of a state tuple. They read only the cells that they need, not the whole state.

    A large part that several of them have in common is a separate function: printed in each, it would take long to compile.
    """
    if not nodes:
        return []
    known = {id(leaf): f"state[{leaf.index}]" for leaf in nodes_in(nodes) if isinstance(leaf, Cell)}
    lines = []
    for number, part in enumerate(_common(nodes)):
        lines += [f"def part{number}(state):", f"    return {source_of(part, known)}"]
        known[id(part)] = f"part{number}(state)"
    for number, node in enumerate(nodes):
        lines += [f"def value{number}(state):", f"    return {source_of(node, known)}"]
    lines.append(f"values = [{', '.join(f'value{number}' for number in range(len(nodes)))}]")
    found: Any = compile_function("\n".join(lines) + "\n", "values", label)
    return list(found)


class PythonEngine:
    """Explores with generated Python: for small systems."""

    name = "python"

    def explore(
        self, system: System, query: Query, limits: Limits = Limits(), listener: Listener | None = None
    ) -> Exploration:
        """Explore every reachable state (see `protocol.Engine`)."""
        watch = Stopwatch(limits)
        try:
            with watch.deadline.cut():
                functions = Functions(
                    successors_of(system),
                    predicates(query.watches, f"watches of {system.name}"),
                    predicates(query.maxima, f"maxima of {system.name}"),
                )
        except (OutOfTimeError, KeyboardInterrupt) as error:
            return unsearched(system, query, self.name, watch.seconds, watch.stopped_by(error))
        found = breadth_first(system, functions, query, replace(limits, deadline=watch.deadline), listener, self.name)
        return replace(found, seconds=watch.seconds)
