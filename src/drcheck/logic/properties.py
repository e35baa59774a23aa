"""The properties that drcheck decides, and how they are stated.

| property | meaning |
|---|---|
| always(p) | p holds in every reachable state |
| never(p) | p holds in no reachable state |
| whenever(p, q) | in every reachable state where p holds, q holds; vacuous if p never does |
| reachable(p) | p holds in some reachable state; the trace is the witness |
| deadlock_free() | every reachable state has a step |
| leads_to(p, q) | on every fair execution, each state where p holds is followed (or is itself) by one where q holds |
| eventually(q) | every fair execution reaches a state where q holds |
| ltl(f) | every fair execution satisfies f, a formula of linear temporal logic (see `formulas`) |
| can_always(q) | from every reachable state, some execution reaches a state where q holds (AG EF q) |
| worst_case(e) | the greatest value of e over all reachable states, exactly; with `at_most`, a bound that must hold |
| structure(ok, evidence) | a fact about the composed system itself: who takes part in which events |

An execution is a maximal path: infinite, or ending in a deadlock. Fairness assumptions (`weakly_fair`, `strongly_fair`)
leave out executions in which an event is forever ready and never taken.

A property carries its claim's key, its source section and its assumptions. `stated(...)` declares one as a function of
the composed system, with the design parameters it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from drcheck.errors import DrcheckError, Place, PropertyError, caller
from drcheck.expressions import BOOLEAN, INTEGER, TEMPORAL, Expression, Operand, expression
from drcheck.logic.formulas import antecedent
from drcheck.system import System

KINDS = {
    "always": "safety",
    "reachable": "reachability",
    "deadlock_free": "safety",
    "leads_to": "liveness",
    "ltl": "temporal logic",
    "can_always": "recoverability",
    "worst_case": "worst case",
    "structure": "structure",
}
"""The kinds of property and the family each belongs to. never and whenever are written as always, eventually as leads_to."""


@dataclass(frozen=True)
class Fairness:
    """`strong`: an event that can happen again and again is taken; weak: one that stays possible is taken.

    `events` are names of events or classes ("automatic", "operator", "time"); each event is constrained on its own.
    """

    strong: bool
    events: tuple[str, ...]

    def __str__(self) -> str:
        return f"{'strong' if self.strong else 'weak'} fairness of {', '.join(self.events)}"


def weakly_fair(*events: str) -> Fairness:
    """Weak fairness: an execution in which one of the events is possible from some point on without end takes it."""
    return Fairness(False, events)


def strongly_fair(*events: str) -> Fairness:
    """Strong fairness: an execution in which one of the events is possible again and again takes it again and again."""
    return Fairness(True, events)


@dataclass(frozen=True)
class Finding:
    """Why a promise is known to fail: in words, with the smallest repair and, where it is modelled, how to check it.

    `repair` says what to change in the design; `repaired` are the parameters that make that change; the review checks
    the same property again with them and reports what it found.
    """

    title: str
    explanation: str
    repair: str = ""
    repaired: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Property:
    """One property of a system. Made by the functions of this module, not directly.

    `condition` is what must hold (always), be reached (reachable, can_always), or follow (leads_to), or
    the formula of an ltl; `trigger` is what
    makes it non-vacuous; `measure` is the expression of a worst case. `given` are the parameters it is stated for.
    """

    kind: str
    name: str = ""
    condition: Expression | None = None
    trigger: Expression | None = None
    measure: Expression | None = None
    at_most: int | None = None
    fairness: tuple[Fairness, ...] = ()
    evidence: str = ""
    statement: str = ""
    claims: tuple[str, ...] = ()
    source: str = ""
    assumptions: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    finding: Finding | None = None
    place: Place | None = None

    def formula(self) -> str:
        """The property as a formula."""
        match self.kind:
            case "always" if self.trigger is not None:
                return f"always ({self.trigger} implies {self.condition})"
            case "always" | "reachable" | "can_always":
                return f"{self.kind.replace('_', ' ')} ({self.condition})"
            case "leads_to" if self.trigger is None:
                return f"eventually ({self.condition})"
            case "ltl":
                return f"on every execution {self.condition}"
            case "leads_to":
                return f"({self.trigger}) leads to ({self.condition})"
            case "worst_case":
                return f"worst case of ({self.measure})" + ("" if self.at_most is None else f" <= {self.at_most}")
            case "deadlock_free":
                return "deadlock free" + (f" except where ({self.condition})" if self.condition is not None else "")
        return self.kind


def _boolean(value: Operand, what: str) -> Expression:
    node = expression(value)
    if node.kind != BOOLEAN:
        raise PropertyError("DR302", f"{what} takes a boolean expression, not `{node}` ({node.kind})", place=caller())
    return node


def _make(kind: str, details: dict[str, Any], **parts: Any) -> Property:
    unknown = set(details) - {"name", "claims", "source", "assumptions", "given", "finding", "statement"}
    if unknown:
        raise PropertyError(
            "DR302",
            f"a property has no {', '.join(sorted(unknown))}",
            place=caller(),
            available=["name", "claims", "source", "assumptions", "given", "finding", "statement"],
        )
    for key in ("claims", "assumptions"):
        if isinstance(details.get(key), str):
            details[key] = (details[key],)
        details[key] = tuple(details.get(key, ()))
    return Property(kind=kind, place=caller(), **parts, **details)


def always(condition: Operand, **details: Any) -> Property:
    """`condition` holds in every reachable state. `details`: name, claims, source, assumptions, given, finding."""
    return _make("always", details, condition=_boolean(condition, "always"))


def never(condition: Operand, **details: Any) -> Property:
    """`condition` holds in no reachable state."""
    return _make("always", details, condition=~_boolean(condition, "never"))


def whenever(trigger: Operand, condition: Operand, **details: Any) -> Property:
    """Wherever `trigger` holds, `condition` holds; reported as vacuous if `trigger` is never reached."""
    return _make("always", details, trigger=_boolean(trigger, "whenever"), condition=_boolean(condition, "whenever"))


def reachable(condition: Operand, **details: Any) -> Property:
    """`condition` holds in some reachable state; the shortest witness is part of the verdict."""
    return _make("reachable", details, condition=_boolean(condition, "reachable"))


def deadlock_free(except_where: Operand | None = None, **details: Any) -> Property:
    """Every reachable state has a step, except where `except_where` holds (an intended end)."""
    condition = None if except_where is None else _boolean(except_where, "deadlock_free")
    return _make("deadlock_free", details, condition=condition)


def leads_to(
    trigger: Operand, condition: Operand, fairness: Sequence[Fairness] | Fairness = (), **details: Any
) -> Property:
    """On every execution that is fair as assumed, whenever `trigger` holds, `condition` holds then or later."""
    assumed = (fairness,) if isinstance(fairness, Fairness) else tuple(fairness)
    return _make(
        "leads_to",
        details,
        trigger=_boolean(trigger, "leads_to"),
        condition=_boolean(condition, "leads_to"),
        fairness=assumed,
    )


def eventually(condition: Operand, fairness: Sequence[Fairness] | Fairness = (), **details: Any) -> Property:
    """Every execution that is fair as assumed reaches a state where `condition` holds."""
    assumed = (fairness,) if isinstance(fairness, Fairness) else tuple(fairness)
    return _make("leads_to", details, condition=_boolean(condition, "eventually"), fairness=assumed)


def ltl(formula: Operand, fairness: Sequence[Fairness] | Fairness = (), **details: Any) -> Property:
    """Every execution that is fair as assumed satisfies a formula of linear temporal logic, from its first state on.

    The formula is made by `globally`, `finally_`, `next_`, `until`, `weak_until` and `release` of boolean expressions; a
    boolean expression alone speaks of the initial state. An execution that ends counts as if its last state were repeated.
    `globally(p.implies(f))` is reported as vacuous if p is never reached.
    """
    node = expression(formula)
    if node.kind not in (BOOLEAN, TEMPORAL):
        raise PropertyError(
            "DR302", f"ltl takes a formula of boolean expressions, not `{node}` ({node.kind})", place=caller()
        )
    assumed = (fairness,) if isinstance(fairness, Fairness) else tuple(fairness)
    return _make("ltl", details, trigger=antecedent(node), condition=node, fairness=assumed)


def can_always(condition: Operand, **details: Any) -> Property:
    """From every reachable state, `condition` can still be reached (AG EF): it can always be brought back."""
    return _make("can_always", details, condition=_boolean(condition, "can_always"))


def worst_case(measure: Operand, at_most: int | None = None, **details: Any) -> Property:
    """The exact maximum of an integer expression over all reachable states; with `at_most`, a bound that must hold."""
    node = expression(measure)
    if node.kind != INTEGER:
        raise PropertyError("DR302", f"worst_case takes an integer expression, not `{node}`", place=caller())
    return _make("worst_case", details, measure=node, at_most=at_most)


def structure(holds: bool, evidence: str, **details: Any) -> Property:
    """A fact about the composed system itself, computed from it; `evidence` says what was looked at."""
    if not isinstance(holds, bool):
        raise PropertyError("DR302", f"structure takes True or False, not {holds!r}", place=caller())
    condition = expression(holds)
    return _make("structure", details, condition=condition, evidence=evidence)


@dataclass(frozen=True)
class Statement:
    """A property as a function of the composed system, with the parameters of the design that it is stated for."""

    name: str
    build: Callable[[System], Property]
    given: Mapping[str, Any]
    details: Mapping[str, Any]

    def on(self, system: System) -> Property:
        """The property on a system composed with `given`. Raises PropertyError DR302 if the function returns none."""
        try:
            built = self.build(system)
        except DrcheckError:
            raise
        except Exception as error:  # whatever a user's function raises becomes one coded error
            raise PropertyError(
                "DR302",
                f"property function {self.name} failed with {type(error).__name__}: {error}",
                place=self.details.get("place"),
            ) from error
        if not isinstance(built, Property):
            raise PropertyError(
                "DR302",
                f"property function {self.name} returned {built!r}",
                place=self.details.get("place"),
                remedy="return always(...), never(...), worst_case(...) or another property",
            )
        return replace(built, name=self.name, given=dict(self.given), **self.details)


def stated(
    claims: str | Sequence[str] = (),
    source: str = "",
    assumptions: str | Sequence[str] = (),
    given: Mapping[str, Any] | None = None,
    finding: Finding | None = None,
    name: str | None = None,
) -> Callable[[Callable[[System], Property]], Statement]:
    """Declare a property as a function of the composed system; its name is the function's, its statement the docstring.

    `claims`: keys of the claims that it decides; `source`: document and section; `assumptions`: what it takes for
    granted beyond the design's own; `given`: design parameters that differ from the defaults; `finding`: known to fail,
    and why.
    """

    def tuple_of(value: str | Sequence[str]) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(value)

    def declare(function: Callable[[System], Property]) -> Statement:
        place = Place(function.__code__.co_filename, function.__code__.co_firstlineno)
        return Statement(
            name or function.__name__,
            function,
            dict(given or {}),
            {
                "claims": tuple_of(claims),
                "source": source,
                "assumptions": tuple_of(assumptions),
                "finding": finding,
                "statement": " ".join((function.__doc__ or "").split()),
                "place": place,
            },
        )

    return declare
