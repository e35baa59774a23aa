"""What a JANI file declares: constants, variables with their types, functions; and what `--set` must give for them.

Constants without a value, and integers without bounds, are parameters: `--set N=5`, `--set queue=0..20`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from drcheck.errors import shown
from drcheck.importers.jani import expressions
from drcheck.importers.jani.document import Node
from drcheck.importers.jani.expressions import Function, Scope, Steps
from drcheck.importers.jani.terms import Constant, Worth, compared, kind_of
from drcheck.language.expressions import LIMIT

_SIMPLE = ("bool", "int", "real")


@dataclass(frozen=True)
class Wanted:
    """What `--set` gives: of a constant its value, of an integer without bounds its range. `kind`: bool, int, real or range."""

    name: str
    kind: str
    doc: str


@dataclass(frozen=True)
class Range:
    """The least and the greatest value of an integer: `0..20`."""

    low: int
    high: int

    @staticmethod
    def parse(text: str) -> Range | None:
        """A range from a text; None for what is none."""
        found = re.fullmatch(r"\s*(-?\d{1,18})\s*\.\.\s*(-?\d{1,18})\s*", text)
        made = Range(int(found[1]), int(found[2])) if found else None
        return made if made is not None and made.low <= made.high else None

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"


@dataclass(frozen=True)
class Type:
    """A type as it is declared: `kind` is bool, int or real, with nodes for the bounds that an int has."""

    node: Node
    kind: str
    lower: Node | None = None
    upper: Node | None = None


@dataclass(frozen=True)
class Declared:
    """A variable: where it is declared, its type, whether it is transient. `owner`: the automaton, "" for a global one."""

    node: Node
    name: str
    type: Type
    transient: bool
    owner: str = ""

    @property
    def called(self) -> str:
        """Its name as `--set` takes it."""
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def is_unbounded(self) -> bool:
        """Whether it is part of the state, and an integer with a bound missing."""
        return not self.transient and self.type.kind == "int" and None in (self.type.lower, self.type.upper)


def type_of(node: Node) -> Type:  # noqa: RET503  # a refusal does not return
    """A type. Raises DesignError DR231, DR232."""
    if isinstance(node.value, str):
        if node.value in _SIMPLE:
            return Type(node, node.value)
        if node.value in ("clock", "continuous"):
            node.unsupported(f"variables of type {node.value}: time that passes by itself is not supported")
        node.malformed(f"{shown(node.value)} is no type", available=_SIMPLE, asked=node.value)
    kind = node["kind"].text()
    if kind == "bounded":
        node.expect("a bounded type", ("kind", "base", "lower-bound", "upper-bound"))
        base = node["base"].text()
        if base not in ("int", "real"):
            node["base"].malformed(f"{shown(base)} has no bounds", available=("int", "real"), asked=base)
        return Type(node, base, node.get("lower-bound"), node.get("upper-bound"))
    if kind in ("array", "datatype", "option"):
        node.unsupported(f"variables of type {kind} are not supported")
    node["kind"].malformed(f"{shown(kind)} is no kind of type", available=("bounded",), asked=kind)


def variables_of(node: Node, owner: str = "") -> list[Declared]:
    """The variables that a model or an automaton declares. Raises DesignError DR231, DR232."""
    found = []
    for item in node.each("variables"):
        item.expect("a variable", ("name", "type", "transient", "initial-value"))
        transient = item["transient"].flag() if "transient" in item else False
        name = item["name"].text()
        declared = Declared(item, name, type_of(item["type"]), transient, owner)
        if declared.type.kind == "real" and not transient:
            item["type"].unsupported(
                f"the variable {name} is a real number in the state, which is not finite",
                remedy="real variables are read where they are transient",
            )
        found.append(declared)
    unique(found_node.node["name"] for found_node in found)
    return found


def unique(names: Iterable[Node], seen: Mapping[str, str] | None = None) -> None:
    """Refuse a name that is given twice. `seen`: names that are taken, with what they are. Raises DesignError DR231."""
    known = dict(seen or {})
    for name in names:
        if name.text() in known:
            name.malformed(f"{shown(name.text())} is already the name of {known[name.text()]}")
        known[name.text()] = f"what is declared at {name.path.removesuffix('.name')}"


@dataclass(frozen=True)
class ConstantDeclared:
    """A constant: its type, and its value where the file gives one."""

    node: Node
    name: str
    type: Type
    value: Node | None


def constants_of(node: Node) -> list[ConstantDeclared]:
    """The constants that a model declares. Raises DesignError DR231, DR232."""
    found = []
    for item in node.each("constants"):
        item.expect("a constant", ("name", "type", "value"))
        found.append(ConstantDeclared(item, item["name"].text(), type_of(item["type"]), item.get("value")))
    unique(one.node["name"] for one in found)
    return found


def functions_of(node: Node) -> dict[str, Function]:
    """The functions that a model or an automaton declares, by name. Raises DesignError DR231, DR232."""
    found: dict[str, Function] = {}
    items = node.each("functions")
    for item in items:
        item.expect("a function", ("name", "type", "parameters", "body"))
        parameters = item.each("parameters")
        for parameter in parameters:
            parameter.expect("a parameter", ("name", "type"))
        unique(parameter["name"] for parameter in parameters)
        pairs = tuple((p["name"].text(), type_of(p["type"]).kind) for p in parameters)
        found[item["name"].text()] = Function(item, pairs, type_of(item["type"]).kind, item["body"])
    unique(item["name"] for item in items)
    return found


def wanted_of(constants: Sequence[ConstantDeclared], variables: Sequence[Declared]) -> list[Wanted]:
    """What `--set` must give."""
    found = [
        Wanted(c.name, c.type.kind, "a constant that the file gives no value") for c in constants if c.value is None
    ]
    found += [Wanted(v.called, "range", "an integer without bounds in the file") for v in variables if v.is_unbounded]
    return found


def values_of(
    constants: Sequence[ConstantDeclared], given: Mapping[str, object], functions: Mapping[str, Function], steps: Steps
) -> dict[str, Constant]:
    """The values of all constants, in the order in which they are declared; one may use those before it.

    `given`: what `--set` gave. Raises DesignError DR231, DR232, and DR233 for a constant without a value.
    """
    found: dict[str, Constant] = {}

    def lookup(node: Node, name: str) -> Worth:
        if name not in found:
            node.malformed(f"{shown(name)} is no constant that is declared before", available=found, asked=name)
        return found[name]

    scope = Scope(lookup, functions, steps)
    for declared in constants:
        if declared.value is not None:
            value = expressions.constant(declared.value, scope, declared.type.kind)
        else:
            value = given[declared.name]  # type: ignore[assignment]  # as it was asked for
        if declared.type.kind == "real" and kind_of(value) == "int":
            value = Fraction(value)  # type: ignore[arg-type]  # an int
        low, high = (
            None if bound is None else expressions.constant(bound, scope, declared.type.kind)
            for bound in (declared.type.lower, declared.type.upper)
        )
        if (low is not None and compared("<", value, low)) or (high is not None and compared(">", value, high)):
            declared.node.malformed(f"the constant {declared.name} is {value}, outside its bounds")
        found[declared.name] = value
    return found


def range_of(declared: Declared, scope: Scope, given: Mapping[str, object]) -> Range:
    """The range of an integer variable, from its bounds and from `--set`. Raises DesignError DR231, DR232."""
    bounds: list[int] = []
    asked = given.get(declared.called)
    for node, default in (
        (declared.type.lower, getattr(asked, "low", 0)),
        (declared.type.upper, getattr(asked, "high", 0)),
    ):
        bounds.append(default if node is None else int(expressions.constant(node, scope, "int")))  # type: ignore[arg-type]
    low, high = bounds
    if low > high:
        declared.node.malformed(f"the variable {declared.name} has no value in {low}..{high}")
    if max(-low, high) > LIMIT:
        declared.node.unsupported(f"the variable {declared.name} has bounds beyond 64 bits: {low}..{high}")
    return Range(low, high)


__all__ = [
    "ConstantDeclared",
    "Declared",
    "Range",
    "Type",
    "Wanted",
    "constants_of",
    "functions_of",
    "range_of",
    "type_of",
    "unique",
    "values_of",
    "variables_of",
    "wanted_of",
]
