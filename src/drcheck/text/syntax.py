"""What a text is made of before any system is known: a tree of names, numbers, operators and calls, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from drcheck.language.durations import Duration


@dataclass(frozen=True)
class Node:
    """A part of the text, from character `start` up to `end`. `depth`: how deep the tree below it is."""

    start: int
    end: int
    depth: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        below = max((part.depth for part in self.parts()), default=-1)
        object.__setattr__(self, "depth", 1 + below)  # the class is frozen

    def parts(self) -> Iterator[Node]:
        """The parts directly below."""
        return iter(())


@dataclass(frozen=True)
class Name(Node):
    """A word: a component, a name bound by a quantifier, a function."""

    text: str


@dataclass(frozen=True)
class Number(Node):
    """A whole number, with its sign."""

    value: int


@dataclass(frozen=True)
class Length(Node):
    """A length of time, as in `3h`."""

    value: Duration


@dataclass(frozen=True)
class Words(Node):
    """A text in quotation marks: a value of an enumeration, a name."""

    value: str


@dataclass(frozen=True)
class Truth(Node):
    """`True` or `False`."""

    value: bool


@dataclass(frozen=True)
class Attribute(Node):
    """`of.name`."""

    of: Node
    name: Name

    def parts(self) -> Iterator[Node]:
        """What it is an attribute of."""
        yield self.of


@dataclass(frozen=True)
class Index(Node):
    """`of[at]`."""

    of: Node
    at: Node

    def parts(self) -> Iterator[Node]:
        """What is indexed, and the index."""
        yield from (self.of, self.at)


@dataclass(frozen=True)
class Call(Node):
    """`function(argument, ..., name=argument)`."""

    function: Name | Attribute
    arguments: tuple[Node, ...]
    named: tuple[tuple[Name, Node], ...]

    def parts(self) -> Iterator[Node]:
        """What is called, and the arguments."""
        yield from (self.function, *self.arguments, *(value for _, value in self.named))


@dataclass(frozen=True)
class Listed(Node):
    """`[item, ...]`."""

    items: tuple[Node, ...]

    def parts(self) -> Iterator[Node]:
        """The items."""
        yield from self.items


@dataclass(frozen=True)
class Group(Node):
    """`(inner)`."""

    inner: Node

    def parts(self) -> Iterator[Node]:
        """What stands in the parentheses."""
        yield self.inner


@dataclass(frozen=True)
class Operator(Node):
    """An operator with its operands: one of `~` and `-`, two of arithmetic and comparisons, two or more of `&` and `|`."""

    operator: str
    operands: tuple[Node, ...]

    def parts(self) -> Iterator[Node]:
        """The operands."""
        yield from self.operands


@dataclass(frozen=True)
class Pattern(Node):
    """Components by a pattern of their names, `server*`."""

    text: str


@dataclass(frozen=True)
class Member(Node):
    """`of in (member, ...)`."""

    of: Node
    members: tuple[Node, ...]

    def parts(self) -> Iterator[Node]:
        """What is one of the members, and these."""
        yield from (self.of, *self.members)


@dataclass(frozen=True)
class Quantified(Node):
    """`all x in server*: body`; `word` is one of `all`, `any`, `count`, `total`."""

    word: str
    bound: Name
    over: tuple[Node, ...]
    body: Node

    def parts(self) -> Iterator[Node]:
        """What it quantifies over, and the body."""
        yield from (*self.over, self.body)


Named: TypeAlias = tuple[Name, Node]
"""An argument with its name."""

__all__ = [
    "Attribute", "Call", "Group", "Index", "Length", "Listed", "Member", "Name", "Named", "Node", "Number", "Operator", "Pattern",
    "Quantified", "Truth", "Words",
]  # names only  # fmt: skip
