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
| within(t, q, after=p) | each time p holds, q holds then or before more than the time t has passed |
| structure(ok, evidence) | a fact about the composed system itself: who takes part in which events |

An execution is a maximal path: infinite, or ending in a deadlock. Fairness assumptions (`weakly_fair`, `strongly_fair`)
exclude executions in which an event is for ever possible and never taken.

A property carries its claim's key, its source section and its assumptions. `stated(...)` declares one as a function of
the composed system, with the design parameters it needs.
"""

from __future__ import annotations

import linecache
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, TypeVar, overload
from weakref import WeakKeyDictionary

from drcheck.errors import DrcheckError, Place, PropertyError, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.called import Declared, no_key
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, INTEGER, TEMPORAL, Expression, Operand, expression
from drcheck.logic.cases import Case, checked_cases
from drcheck.logic.details import cannot_be, given_of, measures_of, text_of, texts_of, yes_or_no
from drcheck.logic.fairness import Fairness, assumed
from drcheck.logic.finding import Finding, findings_of
from drcheck.logic.formulas import antecedent
from drcheck.logic.kinds import (
    DOMAINS,
    Always,
    CanAlways,
    DeadlockFree,
    LeadsTo,
    Ltl,
    Property,
    Reachable,
    Structure,
    Within,
    WorstCase,
)
from drcheck.logic.roles import ClaimRole, Claims, as_stated, claims_and_roles
from drcheck.system.system import System

K = TypeVar("K", bound=Property)


def _boolean(value: Operand, what: str) -> Expression:
    node = expression(value)
    if node.kind != BOOLEAN:
        raise PropertyError(
            "DR302",
            f"{what} takes a boolean expression, not `{node}` ({node.kind})",
            place=caller(),
            remedy="write a state, as in link.down, or a comparison, as in queue > 0",
        )
    return node


def _make(kind: type[K], details: dict[str, Any], **parts: Any) -> K:
    unknown = set(details) - set(_DETAILS)
    if unknown:
        raise PropertyError(
            "DR302",
            f"a property has no {', '.join(sorted(unknown))}",
            place=caller(),
            available=_DETAILS,
        )
    details["claims"], details["roles"] = claims_and_roles(details.get("claims", ()), details.pop("role", None))
    details["by_construction"] = yes_or_no("by_construction", details.get("by_construction", False))
    details["measures"] = measures_of(details.get("measures", ""))
    details["assumptions"] = texts_of("assumptions", details.get("assumptions", ()))
    checked_name(text_of("name", details.get("name", "")), caller())
    for key in ("source", "statement"):
        details[key] = text_of(key, details.get(key, ""))
    details["findings"] = findings_of(details.pop("finding", None))
    details["given"] = given_of(details.get("given", ABSENT))
    made = kind(place=caller(), **parts, **details)
    _check_measure(made)
    noted = _NOTED.get()
    if noted is not None:
        noted.append(made)
    return made


def _check_measure(item: Property) -> None:
    """Raises PropertyError DR309 for a property that says that it measures something, and is no worst case."""
    if item.measures and not isinstance(item, WorstCase):
        raise PropertyError(
            "DR309",
            f"property {item.name or item.formula()} is no worst case, and cannot measure a {item.measures.replace('_', ' ')}",
            place=item.place,
            remedy="state worst_case(...) for it",
        )


_NOTED: ContextVar[list[Property] | None] = ContextVar("the properties that are made", default=None)


@contextmanager
def nothing_lost(kept: Callable[[], Iterable[object] | None], where: str) -> Iterator[None]:
    """Raise PropertyError DR307 where a property is made within and is none of those that are kept in the end.

    They are compared by their places, and counted, since what is kept may be a copy. `kept`: None where nothing can be said.
    `where`: what makes them, in words.
    """
    made: list[Property] = []
    before = _NOTED.set(made)
    try:
        yield
    finally:
        _NOTED.reset(before)
    found = kept()
    if found is None:
        return
    left = [item for item in found if isinstance(item, Property)]
    if len(made) <= len(left):
        return
    counts, same = Counter(item.place for item in left), {id(item) for item in left}
    for item in sorted(made, key=lambda item: id(item) not in same):  # of those of one place, the one that is lost
        counts[item.place] -= 1
        if counts[item.place] < 0 and not _for_nothing(item.place):
            raise PropertyError(
                "DR307",
                f"{where} makes a property that goes nowhere: it would never be decided",
                place=item.place,
                remedy="state it, compose(..., properties=[...]) or return, or make it only where it is stated",
            )


def _for_nothing(place: Place | None) -> bool:
    """Whether what is made there is bound to a name that begins with an underscore: it is there to be used, or not."""
    text = "" if place is None else linecache.getline(place.file, place.line)
    return re.match(r"\s*_\w*\s*(:[^=]*)?=", text) is not None


def always(condition: Operand, **details: Any) -> Property:
    """`condition` holds in every reachable state. `details`: name, claims, source, assumptions, given, finding."""
    return _make(Always, details, condition=_boolean(condition, "always"))


def never(condition: Operand, **details: Any) -> Property:
    """`condition` holds in no reachable state."""
    return _make(Always, details, condition=~_boolean(condition, "never"))


def whenever(trigger: Operand, condition: Operand, **details: Any) -> Property:
    """Wherever `trigger` holds, `condition` holds; reported as vacuous if `trigger` is never reached."""
    return _make(Always, details, trigger=_boolean(trigger, "whenever"), condition=_boolean(condition, "whenever"))


def reachable(condition: Operand, **details: Any) -> Property:
    """`condition` holds in some reachable state; the shortest witness is part of the verdict."""
    return _make(Reachable, details, condition=_boolean(condition, "reachable"))


def deadlock_free(except_where: Operand = ABSENT, **details: Any) -> Property:
    """Every reachable state has a step, except where `except_where` holds (an intended end)."""
    refuse_none("except_where", except_where, "except_where=Literal(False)")
    condition = None if except_where is ABSENT else _boolean(except_where, "deadlock_free")
    return _make(DeadlockFree, details, condition=condition)


def leads_to(
    trigger: Operand, condition: Operand, fairness: Sequence[Fairness] | Fairness = (), **details: Any
) -> Property:
    """On every fair execution, whenever `trigger` holds, `condition` holds then or later."""
    fair = assumed(fairness)
    return _make(
        LeadsTo,
        details,
        trigger=_boolean(trigger, "leads_to"),
        condition=_boolean(condition, "leads_to"),
        fairness=fair,
    )


def eventually(condition: Operand, fairness: Sequence[Fairness] | Fairness = (), **details: Any) -> Property:
    """Every fair execution reaches a state where `condition` holds."""
    fair = assumed(fairness)
    return _make(LeadsTo, details, condition=_boolean(condition, "eventually"), fairness=fair)


def ltl(formula: Operand, fairness: Sequence[Fairness] | Fairness = (), **details: Any) -> Property:
    """Every fair execution satisfies a formula of linear temporal logic, from its first state on.

    The formula is made by `globally`, `finally_`, `next_`, `until`, `weak_until` and `release` of boolean expressions; a
    boolean expression alone is about the initial state. An execution that ends counts as if its last state were repeated.
    `globally(p.implies(f))` is reported as vacuous if p is never reached, `p.implies(f)` and `finally_(p.implies(f))`, which
    hold as soon as the initial state does not have p, if it does not.
    """
    node = expression(formula)
    if node.kind not in (BOOLEAN, TEMPORAL):
        raise PropertyError(
            "DR302",
            f"ltl takes a formula of boolean expressions, not `{node}` ({node.kind})",
            place=caller(),
            remedy="write for instance ltl(globally(link.down.implies(finally_(link.up))))",
        )
    fair = assumed(fairness)
    return _make(Ltl, details, trigger=antecedent(node), condition=node, fairness=fair)


def can_always(condition: Operand, **details: Any) -> Property:
    """From every reachable state, a state where `condition` holds can still be reached (AG EF)."""
    return _make(CanAlways, details, condition=_boolean(condition, "can_always"))


def worst_case(measure: Operand, at_most: int | Duration = ABSENT, **details: Any) -> Property:
    """The exact maximum of an integer expression over all reachable states; with `at_most`, a bound that must hold.

    A bound that is a duration is a number of ticks in the system that the property is checked on, where it must be a
    whole number of them (ModelError DR117 before the search).
    """
    node = expression(measure)
    if node.kind != INTEGER:
        raise PropertyError(
            "DR302",
            f"worst_case takes an integer expression, not `{node}` ({node.kind})",
            place=caller(),
            remedy="write a variable or a sum of them, or if_else(link.down, 1, 0) to count a state",
        )
    refuse_none("at_most", at_most, "nothing")
    if at_most is not ABSENT and (not isinstance(at_most, (int, Duration)) or isinstance(at_most, bool)):
        raise PropertyError(
            "DR302",
            f"at_most is a whole number or a duration, not {shown(at_most)}",
            place=caller(),
            remedy="leave it out to ask for the value alone",
        )
    return _make(WorstCase, details, measure=node, at_most=None if at_most is ABSENT else at_most)


def within(bound: int | Duration, goal: Operand, after: Operand = ABSENT, **details: Any) -> Property:
    """Each time `after` holds, `goal` holds then or later, before more than `bound` has passed; without `after` from the start.

    `bound` is a duration, or a number of ticks; what comes when exactly as much has passed is in time. An execution that ends
    without `goal` breaks it; one in which no time passes any more does not. It is decided with an observer, a component with
    a clock (see `observing`). ModelError DR117 before the search where the bound is no whole number of ticks, PropertyError
    DR313 where the system has no time.
    """
    if not isinstance(bound, (int, Duration)) or isinstance(bound, bool) or (isinstance(bound, int) and bound < 0):
        raise PropertyError(
            "DR302",
            f"within takes a duration or a number of ticks, not {shown(bound)}",
            place=caller(),
            remedy="write for instance within(hours(4), reports.back, after=site.down)",
        )
    refuse_none("within: after", after, "nothing")
    trigger = None if after is ABSENT else _boolean(after, "within")
    return _make(Within, details, trigger=trigger, goal=_boolean(goal, "within"), at_most=bound)


def structure(holds: bool, evidence: str, **details: Any) -> Property:
    """A fact about the composed system itself, computed from it; `evidence` says what was examined."""
    if not isinstance(holds, bool):
        raise PropertyError(
            "DR302",
            f"structure takes True or False, not {shown(holds)}",
            place=caller(),
            remedy="a fact about the composition is computed in Python; what holds in states is stated with always(...)",
        )
    condition = expression(holds)
    return _make(Structure, details, condition=condition, evidence=text_of("evidence", evidence))


_DETAILS = (
    "name", "claims", "role", "by_construction", "measures", "source", "assumptions", "given", "finding", "statement",
)  # names only  # fmt: skip
"""What a property is given beside what it says."""
_REPLACED = {"findings" if a == "finding" else a: a for a in _DETAILS if a != "role"}
"""The fields of a property that a statement sets, each with the argument that gives it."""


@dataclass(frozen=True)
class Statement(Declared):
    """A property as a function of the composed system, with the parameters of the design that it is stated for."""

    __hash__ = no_key

    name: str
    build: Callable[[System], Property]
    given: Mapping[str, Any]
    details: Mapping[str, Any]
    undecided: str = ""
    """Why it is listed and never decided: a property of a file in another format that means nothing here."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that are declared for the property."""
        found: tuple[Finding, ...] = self.details.get("findings", ())
        return found

    @property
    def finding(self) -> Finding | None:
        """The finding that is declared for it, the first of several; None if there is none."""
        return next(iter(self.findings), None)

    def on(self, system: System) -> Property:
        """The property on a system composed with `given`. Raises PropertyError DR302 if the function returns none."""
        returned: list[object] = []
        try:
            with nothing_lost(lambda: returned or None, f"property function {self.name}"):
                built = self.build(system)
                returned += [built] if isinstance(built, Property) else []
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
                f"property function {self.name} returned {shown(built)}",
                place=self.details.get("place"),
                remedy="return always(...), never(...), worst_case(...) or another property",
            )
        self._refuse_details(built)
        made = replace(built, name=self.name, given=dict(self.given), restated=self.build, **self.details)
        _check_measure(made)
        return made

    def on_any(self, system: System) -> Property:
        """The same on a system with any parameters, perhaps others than it is stated for: those of a repair, say."""
        return replace(self.on(system), given={})

    def _refuse_details(self, built: Property) -> None:
        """What the property says of itself and `stated` would replace is refused. Raises PropertyError DR309."""
        kept = {**self.details, "name": self.name, "given": dict(self.given)}
        lost = [
            argument
            for what, argument in _REPLACED.items()
            if getattr(built, what) and getattr(built, what) != kept.get(what)
        ]
        if any(role != as_stated for role in built.roles) and built.roles != kept.get("roles"):
            lost.append("role")
        if lost:
            raise PropertyError(
                "DR309",
                f"property function {self.name} returns a property with {', '.join(lost)} of its own, which would be lost",
                place=built.place or self.details.get("place"),
                remedy="give them to stated: @stated(claims=..., given=...); its statement is the function's docstring",
            )


def asked(
    name: str,
    build: Callable[[System], Property],
    given: Mapping[str, Any],
    *,
    source: str = "",
    statement: str = "",
    assumptions: tuple[str, ...] = (),
    place: Place | None = None,
    undecided: str = "",
) -> Statement:
    """A statement that is asked beside those that a design states: it decides no claim, and has no finding.

    `undecided`: why it is never decided, if it is not.
    """
    details = {
        "claims": (),
        "roles": (),
        "by_construction": False,
        "measures": "",
        "source": source,
        "assumptions": assumptions,
        "findings": (),
        "statement": statement,
        "place": place,
    }
    return Statement(name, build, dict(given), details, undecided)


@overload
def stated(function: Callable[[Any], Property], /) -> Statement: ...
@overload
def stated(
    claims: Claims = (),
    source: str = "",
    assumptions: str | Sequence[str] = (),
    given: Mapping[str, Any] = ABSENT,
    finding: Finding | Sequence[Finding] | None = None,
    name: str | None = None,
    role: ClaimRole | None = None,
    *,
    by_construction: bool = False,
    measures: str = "",
) -> Callable[[Callable[[Any], Property]], Statement]: ...
@overload
def stated(
    claims: Claims = (),
    source: str = "",
    assumptions: str | Sequence[str] = (),
    given: Mapping[str, Any] = ABSENT,
    finding: None = None,
    name: str | None = None,
    role: ClaimRole | None = None,
    *,
    by_construction: bool = False,
    measures: str = "",
    cases: Sequence[Case],
) -> Callable[[Callable[[Any], Property]], tuple[Statement, ...]]: ...
def stated(
    claims: Claims | Callable[[Any], Property] = (),
    source: str = "",
    assumptions: str | Sequence[str] = (),
    given: Mapping[str, Any] = ABSENT,
    finding: Finding | Sequence[Finding] | None = None,
    name: str | None = None,
    role: ClaimRole | None = None,
    *,
    by_construction: bool = False,
    measures: str = "",
    cases: Sequence[Case] = (),
) -> Any:
    """Declare a property as a function of the composed system; its name is the function's, its statement the docstring.

    `claims`: keys of the claims that it decides, with a mapping each with its role; `role`: that of all of them, *as stated*
    without one; `by_construction`: it reads back what the model was built to do; `source`: document and section; `assumptions`:
    those beyond the design's; `measures`: "loss" or "time_back", of a worst case by which the objectives of the design are
    measured (see `objectives`); `given`: design parameters that differ from the defaults; `finding`: known to fail, and why,
    several if each has causes; `cases`: the same promise several times, see `case`. Without any of these, `@stated` needs no
    parentheses. Raises PropertyError DR306 for a reserved name, DR309 for anything but a function and for unusable details.
    """
    function: Any = claims
    if callable(function) or isinstance(function, (Statement, Property)):
        return stated()(function)  # without parentheses
    keys, roles = claims_and_roles(claims, role)
    details = {
        "claims": keys,
        "roles": roles,
        "by_construction": yes_or_no("by_construction", by_construction),
        "measures": measures_of(measures),
        "source": text_of("source", source),
        "assumptions": texts_of("assumptions", assumptions),
        "findings": findings_of(finding),
    }
    if name is not None and not text_of("name", name):
        raise cannot_be("name", name, "a text")
    kept = given_of(given)
    several = checked_cases(cases, finding)

    def declare(function: Callable[[Any], Property]) -> Statement | tuple[Statement, ...]:
        code = getattr(function, "__code__", None)
        if code is None:
            raise PropertyError(
                "DR309",
                f"stated declares a function of the composed system, not {shown(function)}",
                place=caller(),
                remedy="write @stated above def promise(d): ...",
            )
        place = Place(code.co_filename, code.co_firstlineno)
        text = " ".join((function.__doc__ or "").split())
        base = {**details, "statement": text, "place": place}
        called = name or function.__name__
        if not several:
            return _declared(Statement(checked_name(called, place), function, dict(kept), base))
        made = []
        for one in several:
            own = {**base, **one.details(text)}
            if one.claims is not None or one.role is not None:
                own["claims"], own["roles"] = one.claims_after(keys, role)
            own_name = checked_name(one.name_after(called), place)
            made.append(_declared(Statement(own_name, function, {**kept, **one.given}, own)))
        return tuple(made)

    return declare


def checked_name(name: str, place: Place | None) -> str:
    """The name of a property. Raises PropertyError DR306 for that of the property that every system has."""
    if name == DOMAINS:
        raise PropertyError(
            "DR306",
            f"{DOMAINS} is the name of the property that every system has without stating it",
            place=place,
            remedy="give the property another name",
        )
    return name


# -- where statements are declared ----------------------------------------------------------------------------------
_DECLARED: WeakKeyDictionary[ModuleType, tuple[object, list[Statement]]] = WeakKeyDictionary()
"""What modules declared while they were imported, with their specification, which a reload recreates."""


def _declared(statement: Statement) -> Statement:
    """Remember a statement under the module whose import led to its declaration, be it that a later name hides it there."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back  # type: ignore[assignment]  # there is none above the outermost
    module = None if frame is None else sys.modules.get(frame.f_globals.get("__name__", ""))
    if module is not None and frame.f_globals is vars(module):
        spec, known = _DECLARED.get(module, (None, []))
        if spec is not module.__spec__:
            known = []
        _DECLARED[module] = (module.__spec__, [*known, statement])
    return statement


def declared() -> Iterator[Statement]:
    """The statements that imports have declared, of all modules but the program's own, which declares while it runs."""
    for module, (_, known) in list(_DECLARED.items()):
        if module.__name__ != "__main__":
            yield from known


def declared_in(module: ModuleType) -> list[Statement]:
    """The statements that the import of a module has declared, in that order, those that no name of it holds included.

    What is typed in at a prompt can be declared again: there it is empty.
    """
    if getattr(module, "__file__", None) is None:
        return []
    spec, known = _DECLARED.get(module, (None, []))
    return list(known) if spec is module.__spec__ else []
