"""The kinds of properties, a class each: its name, what it asks of a search, what its trace shows.

How a property is decided on what the search has found is registered for its class in `drcheck.verdicts.deciding`. To add a
kind: a class here, its function in `properties`, and how it is decided there; `tests/logic/test_kinds.py` says what is
missing. Nothing else distinguishes kinds: what differs by kind is asked of the class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from drcheck.errors import Place, PropertyError, caller
from drcheck.language.called import Declared, no_key
from drcheck.language.constants import boolean_parts
from drcheck.language.durations import Duration
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation, applied, connective, expression
from drcheck.language.functions import if_else
from drcheck.language.happening import happenings
from drcheck.language.units import TICKS, quantity
from drcheck.logic.asking import Asked, Questions, Reads, ShownBy
from drcheck.logic.fairness import Fairness
from drcheck.logic.finding import Finding as Finding
from drcheck.logic.formulas import finally_
from drcheck.logic.roles import ClaimRole
from drcheck.system.ranges import bounds
from drcheck.system.system import System
from drcheck.system.terms import choice, conjunction

DOMAINS = "values_stay_in_their_domains"
"""The name of the property that every system has without stating it."""


# -- the kinds -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Property(Declared):
    """One property of a system, of one of the kinds below. Made by the functions of `properties`, not directly.

    `condition` is what must hold (always), be reached (reachable, can_always), or follow (leads_to), or the formula of
    an ltl; `trigger` is what makes it non-vacuous; `measure` is the expression of a worst case, `at_most` its bound.
    `roles` are those in which it decides each of its `claims` (see `roles`); `by_construction`: it reads back what the model was
    built to do. `measures`: what a worst case is the measure of, for the objectives of a design (see `objectives`). `goal` is
    what must come within a bound in time. `given` are the parameters it is stated for; `findings` say why
    it is known to fail; `excluded` are the causes without which it is asked (see `excluding`). `restated` states it anew, of a
    system with other parameters. `written`: the same as it was stated, where observers stand for what it says of steps (see
    `observing`).
    """

    __hash__ = no_key

    kind: ClassVar[str] = ""
    """What the kind is called. It is for people: nothing compares it."""
    family: ClassVar[str] = ""
    """What the review calls it; several kinds may be of one family."""
    needs_search: ClassVar[bool] = True
    """Whether states are examined: facts of the composition need none."""
    witness: ClassVar[bool] = False
    """Whether the state that is watched for makes it hold, instead of violating it."""
    of_executions: ClassVar[bool] = False
    """Whether it is about executions and not about single states: no reduction of partial order keeps the answer."""
    reads: ClassVar[Reads] = Reads.NOTHING
    shown_by: ClassVar[ShownBy] = ShownBy.PATH
    shows: ClassVar[bool] = True
    """The truth value of the first of the conditions (see `Asked`) at the end of a path that shows it."""
    has_formula: ClassVar[bool] = True
    """Whether the formula says more than the kind."""
    condition_is: ClassVar[str] = "condition"
    """What the condition is called in messages."""
    attains: ClassVar[str] = ""
    """What its trace is, in words, where it holds and has a value that is attained; "" if that is said by `caption`."""
    unseen: ClassVar[str] = ""
    """Why a part of the states shows nothing of it, in words; "" if they can."""

    name: str = ""
    condition: Expression | None = None
    trigger: Expression | None = None
    measure: Expression | None = None
    at_most: int | Duration | None = None
    goal: Expression | None = None
    fairness: tuple[Fairness, ...] = ()
    evidence: str = ""
    statement: str = ""
    claims: tuple[str, ...] = ()
    roles: tuple[ClaimRole, ...] = ()
    by_construction: bool = False
    measures: str = ""
    source: str = ""
    assumptions: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    excluded: tuple[Expression, ...] = ()
    place: Place | None = None
    restated: Callable[[System], Property] | None = field(default=None, compare=False, repr=False)
    written: Property | None = field(default=None, compare=False, repr=False)

    @property
    def finding(self) -> Finding | None:
        """The finding that is declared for it, the first of several; None if there is none."""
        return next(iter(self.findings), None)

    def cut(self, where: Expression) -> Property:
        """The same on a system whose executions are cut in states with `where`: what is there shows nothing, nor does the cut."""
        raise cannot_cut(self)

    @property
    def uncut(self) -> str:
        """Why it has no meaning where executions are cut, in words; "" if it has one."""
        return ""

    def formula(self) -> str:
        """The property as a formula."""
        return self.kind

    def ask(self, search: Questions) -> Asked:
        """What it asks of a search. Raises ModelError."""
        raise NotImplementedError

    def parts(self) -> Iterator[tuple[str, Expression]]:
        """What it is about, each part with what it is called."""
        if self.trigger is not None:
            yield "trigger", self.trigger
        if self.condition is not None:
            for part in boolean_parts(self.condition):
                yield self.condition_is, part
        if self.measure is not None:
            yield "measure", self.measure
        yield from self._before()

    def _before(self) -> Iterator[tuple[str, Expression]]:
        """The conditions on the states before events that it speaks of."""
        for part in (self.trigger, self.condition, self.measure, self.goal, *self.excluded):
            for event in () if part is None else happenings(part):
                if event.when is not None:
                    yield "condition of an event", event.when

    def in_system(self, system: System) -> Property:
        """The same, with what its references stand for in the system. Raises ModelError DR115, DR104, DR102."""
        said = {name: getattr(self, name) for name in ("condition", "trigger", "measure", "goal")}
        new = {name: system.settled(node) for name, node in said.items() if node is not None}
        changed = {name: node for name, node in new.items() if node is not said[name]}
        return replace(self, **changed) if changed else self  # type: ignore[arg-type]  # each is an expression

    def caption(self, *, ends: bool) -> str:
        """What its trace is, in words. `ends`: whether an execution has an end."""
        return "the shortest execution that violates it"

    def mark(self, value: str) -> str:
        """What is seen at the end of its trace, in words; "" for nothing. `value`: a worst case's, with its unit."""
        return ""

    @property
    def described(self) -> str:
        """What it is, in messages."""
        return f"a property ({self.kind})"


class Always(Property):
    """`condition` holds in every reachable state, or in each of those in which `trigger` does."""

    kind, family = "always", "safety"

    def formula(self) -> str:
        """The property as a formula."""
        if self.trigger is not None:
            return f"always ({self.trigger} implies {self.condition})"
        return f"always ({self.condition})"

    def ask(self, search: Questions) -> Asked:
        """A state that breaks it, and one in which its trigger holds."""
        bad: Expression = Operation("not", (search.lowered(_stated(self.condition)),), BOOLEAN)
        where = None
        if self.trigger is not None:
            trigger = search.lowered(self.trigger)
            where = search.watch(trigger)
            bad = conjunction([trigger, bad])
        return Asked(search.watch(bad), where, conditions=(bad,))

    def cut(self, where: Expression) -> Property:
        """It is not asked of states with `where`."""
        return replace(
            self, condition=connective("or", where, _stated(self.condition)), trigger=_beside(self.trigger, where)
        )

    def mark(self, value: str) -> str:
        """What is seen at the end of its trace."""
        return "the promise does not hold"


class Reachable(Property):
    """`condition` holds in some reachable state."""

    kind, family = "reachable", "reachability"
    witness = True

    def formula(self) -> str:
        """The property as a formula."""
        return f"reachable ({self.condition})"

    def ask(self, search: Questions) -> Asked:
        """A witness."""
        wanted = search.lowered(_stated(self.condition))
        return Asked(search.watch(wanted), conditions=(wanted,))

    def cut(self, where: Expression) -> Property:
        """A witness is no state with `where`."""
        return replace(self, condition=_without(where, _stated(self.condition)))

    def caption(self, *, ends: bool) -> str:
        """What its trace is."""
        return "the shortest execution that reaches it"

    def mark(self, value: str) -> str:
        """What is seen at the end of its trace."""
        return "reached"


class DeadlockFree(Property):
    """Every reachable state has a step, except where `condition` holds."""

    kind, family = "deadlock_free", "safety"
    reads = Reads.ANY
    shows = False
    condition_is = "exception"

    def formula(self) -> str:
        """The property as a formula."""
        return "deadlock free" + (f" except where ({self.condition})" if self.condition is not None else "")

    def ask(self, search: Questions) -> Asked:
        """A state without a step; the graph if some may be without, as a search reports only the first of all."""
        exception = () if self.condition is None else (search.lowered(self.condition),)
        return Asked(graph=bool(exception), deadlock=True, conditions=exception)

    def cut(self, where: Expression) -> Property:
        """Where executions are cut may be no step."""
        return replace(self, condition=where if self.condition is None else connective("or", where, self.condition))

    def caption(self, *, ends: bool) -> str:
        """What its trace is."""
        return "the shortest execution to a state without any step"

    def mark(self, value: str) -> str:
        """What is seen at the end of its trace."""
        return "no step is possible"


_WHOLE = "it speaks of whole executions, of which a search of some states shows none to its end"


class LeadsTo(Property):
    """On every fair execution, each state in which `trigger` holds is followed by one in which `condition` does.

    Without a trigger it is the initial state that is followed by one.
    """

    kind, family = "leads_to", "liveness"
    of_executions = True
    reads, shown_by = Reads.ALL, ShownBy.EXECUTION
    condition_is = "goal"
    unseen = _WHOLE

    def formula(self) -> str:
        """The property as a formula."""
        if self.trigger is None:
            return f"eventually ({self.condition})"
        return f"({self.trigger}) leads to ({self.condition})"

    def ask(self, search: Questions) -> Asked:
        """The graph, and a state in which its trigger holds."""
        return _on_graph(self, search)

    def cut(self, where: Expression) -> Property:
        """An execution that is cut lacks no goal."""
        return replace(
            self, condition=connective("or", where, _stated(self.condition)), trigger=_beside(self.trigger, where)
        )

    def caption(self, *, ends: bool) -> str:
        """What its trace is."""
        return "an execution that ends without it" if ends else "an execution on which it never comes"


class CanAlways(Property):
    """From every reachable state, some execution reaches one in which `condition` holds."""

    kind, family = "can_always", "recoverability"
    of_executions = True
    shown_by = ShownBy.FUTURES
    condition_is = "goal"
    unseen = "it speaks of all that can follow a state, which a search of some states does not show"

    def formula(self) -> str:
        """The property as a formula."""
        return f"can always ({self.condition})"

    def ask(self, search: Questions) -> Asked:
        """The graph."""
        return _on_graph(self, search)

    def cut(self, where: Expression) -> Property:
        """From each state without `where`, the goal can be reached on a way without: what is cut helps nobody."""
        return replace(self, condition=_without(where, _stated(self.condition)), trigger=_without(where))

    def caption(self, *, ends: bool) -> str:
        """What its trace is."""
        return "the shortest execution after which it can never be reached again"

    def mark(self, value: str) -> str:
        """What is seen at the end of its trace."""
        return "it can never be reached again"


class Ltl(Property):
    """Every fair execution satisfies the formula `condition`; `trigger` is the antecedent that it has, if it has one."""

    kind, family = "ltl", "temporal logic"
    of_executions = True
    reads, shown_by = Reads.ALL, ShownBy.EXECUTION
    condition_is = "part"
    unseen = _WHOLE

    def formula(self) -> str:
        """The property as a formula."""
        return f"on every execution {self.condition}"

    def ask(self, search: Questions) -> Asked:
        """The graph, a state in which its antecedent holds, and the formula, whose atoms are the conditions."""
        trigger = None if self.trigger is None else search.watch(search.lowered(self.trigger))
        return Asked(trigger=trigger, graph=True, formula=_stated(self.condition))

    def parts(self) -> Iterator[tuple[str, Expression]]:
        """The boolean parts of the formula; the antecedent is among them."""
        yield from ((self.condition_is, part) for part in boolean_parts(_stated(self.condition)))
        yield from self._before()

    def cut(self, where: Expression) -> Property:
        """An execution that is cut satisfies it."""
        free = connective("or", _stated(self.condition), finally_(where))
        return replace(self, condition=free, trigger=_beside(self.trigger, where))

    def caption(self, *, ends: bool) -> str:
        """What its trace is."""
        return "an execution that breaks it"


class WorstCase(Property):
    """The greatest value of `measure` in a reachable state; it is at most `at_most`, if that is given."""

    kind, family = "worst_case", "worst case"

    def formula(self) -> str:
        """The property as a formula."""
        return f"worst case of ({self.measure})" + ("" if self.at_most is None else f" <= {self.at_most}")

    def ask(self, search: Questions) -> Asked:
        """The greatest value, of the states in which its trigger holds if it has one."""
        maximum = search.greatest(_where(search, self.trigger, search.lowered(_stated(self.measure))))
        return Asked(maximum=maximum, bound=search.number(self.at_most))

    def cut(self, where: Expression) -> Property:
        """The greatest value of the states without `where`."""
        return replace(self, trigger=_without(where))

    @property
    def uncut(self) -> str:
        """Without a bound no value breaks it."""
        return "" if self.at_most is not None else "no value breaks a worst case without at_most"

    def caption(self, *, ends: bool) -> str:
        """What its trace is."""
        return "a shortest execution that attains the worst case"

    def mark(self, value: str) -> str:
        """What is seen at the end of its trace."""
        return f"the worst case: {value}"


class Within(Property):
    """Each time `trigger` holds, `goal` holds then or before more than `at_most` has passed; without a trigger it is so once,
    from the initial state on.

    It is decided as a bound on the clock of an observer: `condition` says that it is not late, `measure` is the clock.
    """

    kind, family = "within", "safety"
    condition_is = "goal"
    attains = "a shortest execution with the longest delay"

    def formula(self) -> str:
        """The property as a formula."""
        bound = self.at_most if isinstance(self.at_most, Duration) else quantity(self.at_most or 0, TICKS)
        said = f"within {bound} ({self.goal})"
        return said if self.trigger is None else f"after ({self.trigger}) {said}"

    def ask(self, search: Questions) -> Asked:
        """A state in which it is late, one in which its trigger holds, and the longest delay."""
        bad: Expression = Operation("not", (search.lowered(_stated(self.condition)),), BOOLEAN)
        trigger = None if self.trigger is None else search.watch(search.lowered(self.trigger))
        delay = search.greatest(search.lowered(_stated(self.measure)))
        return Asked(search.watch(bad), trigger, delay=delay, conditions=(bad,))

    def cut(self, where: Expression) -> Property:
        """It is not late in states with `where`, and nothing is waited for there."""
        kept, waited = connective("or", where, _stated(self.condition)), if_else(where, 0, _stated(self.measure))
        return replace(self, condition=kept, measure=waited, trigger=_beside(self.trigger, where))

    def parts(self) -> Iterator[tuple[str, Expression]]:
        """Its trigger and its goal."""
        if self.trigger is not None:
            yield "trigger", self.trigger
        yield self.condition_is, _stated(self.goal)
        yield from self._before()

    def mark(self, value: str) -> str:
        """What is seen at the end of its trace: the longest delay, where it holds."""
        return f"the longest delay: {value}" if value else "it has not come in time"


class Structure(Property):
    """A fact of the composition, computed when it was stated: `condition` is true or false, `evidence` says why."""

    kind, family = "structure", "structure"
    needs_search = False
    has_formula = False
    unseen = "it is a fact of the composition: `drcheck check` decides it without a search"

    @property
    def uncut(self) -> str:
        """A fact of the composition speaks of no execution."""
        return "it is a fact of the composition, and speaks of no execution"

    def ask(self, search: Questions) -> Asked:
        """Nothing."""
        return Asked()

    def parts(self) -> Iterator[tuple[str, Expression]]:
        """None: it is a constant by nature."""
        return iter(())


class Domains(Structure):
    """That no update takes a variable out of its declared domain: what every system has without stating it.

    Every search reports it, so nothing is requested for it.
    """

    needs_search = True
    reads = Reads.LEAVING
    unseen = ""


def _on_graph(item: Property, search: Questions) -> Asked:
    condition = search.lowered(_stated(item.condition))
    trigger = None if item.trigger is None else search.watch(search.lowered(item.trigger))
    return Asked(trigger=trigger, graph=True, conditions=(condition,))


def _without(where: Expression, *parts: Expression) -> Expression:
    """The parts, in states without `where`."""
    return connective("and", applied("not", [where]), *parts)


def _beside(trigger: Expression | None, where: Expression) -> Expression | None:
    return None if trigger is None else _without(where, trigger)


def _where(search: Questions, trigger: Expression | None, measure: Expression) -> Expression:
    """A lowered measure where the trigger holds; elsewhere its least value, with which it attains nothing."""
    if trigger is None:
        return measure
    return choice(search.lowered(trigger), measure, Literal(bounds(measure)[0]))


def cannot_cut(item: Property, why: str = "") -> PropertyError:
    """The error (DR315) of a property that has no meaning where executions are cut."""
    return PropertyError(
        "DR315",
        f"{item.name or item.formula()} cannot be asked without the causes of a finding: {why or item.uncut}",
        place=item.place,
        remedy="state what must hold, as in worst_case(..., at_most=...), or leave out the causes",
    )


def _stated(node: Expression | None) -> Expression:
    """A part that properties of the kind have: the functions that make them see to it."""
    assert node is not None
    return node


def on_domains() -> Domains:
    """The property that every system has without stating it."""
    statement = "No update takes a variable out of its declared domain."
    return Domains(DOMAINS, condition=expression(True), statement=statement, place=caller())
