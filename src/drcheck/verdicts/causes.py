"""Whether the causes of findings explain violations: the promise holds without them, and they are no more than the finding.

Of a violated property with findings that state causes it is decided, on executions that are cut where a cause first holds,

1. that it holds with all its causes excluded, and not vacuously. Else there is another way to break it: a new violation, whose
   counterexample is that of this search;
2. that it fails with all of them but one excluded, for each of several: else that one is not needed;
3. that each kind of fault with a budget that happened in the ordinary search, and that no cause names, still happens with all of
   them excluded. Else they exclude more than the finding: they are too broad.

Properties that are asked without the same causes share a search, which sees only what is reached without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from drcheck.designs.causes import Resolved, causes_of
from drcheck.errors import EngineError, PropertyError
from drcheck.language.component import StateIs
from drcheck.language.expressions import Expression, Literal, substitute
from drcheck.language.happening import Happens
from drcheck.language.variables import Variable
from drcheck.logic.excluding import excluding
from drcheck.logic.kinds import Property
from drcheck.logic.properties import reachable
from drcheck.system.composition import budgets
from drcheck.system.oracle import Oracle
from drcheck.system.system import Event, System, composed
from drcheck.verdicts.verdict import Conclusion, Explanation, Run, Standing, Verdict

Search = Callable[[System, Sequence[Property], Mapping[str, object]], list[Verdict]]
"""Decides properties of a system with the given parameters; the verdicts in their order, without that on the domains."""
_FAULT = "a fault still happens: "


@dataclass
class _Case:
    """A violated property with its causes, and the verdicts on it without some of these, by their keys."""

    verdict: Verdict
    item: Property
    system: System
    causes: list[Resolved]
    decided: dict[frozenset[str], Verdict | str] = field(default_factory=dict)
    """The verdicts, or why there is none."""
    lost: tuple[str, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """What the causes say, by their keys."""
        return {cause.key: cause.text for cause in self.causes}

    @property
    def asked(self) -> Iterator[frozenset[str]]:
        """The sets of causes without which it is decided, by their keys: all, and of several all but each one."""
        every = frozenset(self.texts)
        yield every
        yield from (every - {key} for key in self.texts if len(every) > 1)


def explained(verdicts: Sequence[Verdict], search: Search) -> list[Verdict]:
    """Some verdicts on a design, the violated ones whose findings state causes with what is known of these."""
    cases: dict[int, _Case | Explanation] = {}
    for number, verdict in enumerate(verdicts):
        if verdict.conclusion is Conclusion.VIOLATED and any(finding.causes for finding in verdict.property.findings):
            cases[number] = _case(verdict)
    groups: dict[tuple[int, frozenset[str]], list[_Case]] = {}
    for case in cases.values():
        if isinstance(case, _Case):
            for asked in case.asked:
                groups.setdefault((id(case.system), asked), []).append(case)
    for (_, asked), those in groups.items():
        _decide(asked, those, search)
    told = {n: case if isinstance(case, Explanation) else _explained(case) for n, case in cases.items()}
    return [replace(v, explanation=told[n]) if n in told else v for n, v in enumerate(verdicts)]


def _case(verdict: Verdict) -> _Case | Explanation:
    item = verdict.property if verdict.property.written is None else verdict.property.written
    system = composed(verdict.run.system)
    try:
        found = causes_of(item, system)
    except PropertyError as error:  # with parameters that were requested; without any it is refused before
        texts = tuple(str(cause) for finding in item.findings for cause in finding.causes)
        return Explanation(item.name, item.findings, texts, Standing.NOT_DECIDED, error.message)
    return _Case(verdict, item, system, found)


def _decide(asked: frozenset[str], cases: Sequence[_Case], search: Search) -> None:
    """The verdicts on some properties without the same causes, and which faults no longer happen."""
    system, run = cases[0].system, cases[0].verdict.run
    conditions = {cause.key: cause.condition for case in cases for cause in case.causes if cause.key in asked}
    counters = budgets(system) if any(asked == frozenset(case.texts) for case in cases) else {}
    happened = {kind: counters[kind] for kind in counters if _happened(run, kind)}
    items = [replace(case.item, restated=None, findings=(), given={}) for case in cases]
    faults = [
        reachable(left < system.initial[system.cell_of[left]], name=_FAULT + kind) for kind, left in happened.items()
    ]
    wanted = [excluding(item, [conditions[key] for key in sorted(asked)]) for item in (*items, *faults)]
    try:
        found = search(system, wanted, run.given)
    except EngineError as error:  # a limit that leaves nothing to report
        for case in cases:
            case.decided[asked] = error.message
        return
    found = [replace(v, run=replace(v.run, exploration=v.run.exploration.without_states())) for v in found]
    lost = {
        kind
        for kind, verdict in zip(happened, found[len(items) :], strict=True)
        if verdict.conclusion is Conclusion.VIOLATED
    }
    for case, verdict in zip(cases, found, strict=False):
        case.decided[asked] = verdict
        if asked == frozenset(case.texts):
            named = {event.fault for cause in case.causes for event in _named(system, cause.condition)}
            case.lost = tuple(sorted(lost - named))


def _happened(run: Run, kind: str) -> bool:
    return any(event.fault == kind and run.fires(number) for number, event in enumerate(run.system.events))


def _named(system: System, cause: Expression) -> Iterator[Event]:
    """The faults that a cause names: by their events, by the states that they lead to, by the variables that they write."""
    leaves = list(_leaves(cause))
    for event in system.events:
        if event.fault is not None and any(_names(system, leaf, event) for leaf in leaves):
            yield event


def _names(system: System, leaf: Expression, event: Event) -> bool:
    if isinstance(leaf, Happens):
        return event.name in leaf.events
    if isinstance(leaf, StateIs):
        moves = [p.component.on_trigger(p.trigger) for p in event.participants if p.component is leaf.component]
        return any(way.dest in leaf.states for rows in moves for row in rows for way in row.outcomes)
    return isinstance(leaf, Variable) and system.cell_of.get(leaf) in event.writes


def _leaves(node: Expression) -> Iterator[Expression]:
    stack, seen = [node], set[int]()
    while stack:
        at = stack.pop()
        if id(at) not in seen:
            seen.add(id(at))
            stack.extend(at.arguments)
            if not at.arguments:
                yield at


# -- what follows ----------------------------------------------------------------------------------------------------
def _explained(case: _Case) -> Explanation:
    rest, *others = (case.decided[asked] for asked in case.asked)
    searched = {id(v.run): v.run.exploration.states for v in case.decided.values() if isinstance(v, Verdict)}
    standing, reason = _standing(case, rest, dict(zip(case.texts.values(), others, strict=False)))
    told = rest if isinstance(rest, Verdict) else None
    texts, states = tuple(case.texts.values()), sum(searched.values())
    return Explanation(case.item.name, case.item.findings, texts, standing, reason, told, states)


def _standing(case: _Case, rest: Verdict | str, others: Mapping[str, Verdict | str]) -> tuple[Standing, str]:
    """`others`: the verdict with all causes but one excluded, by the text of that one."""
    without = " and ".join(case.texts.values())
    if (why := _undecided(rest)) is not None or isinstance(rest, str):
        return Standing.NOT_DECIDED, f"without {without} nothing was decided: {why}"
    if rest.conclusion is Conclusion.VIOLATED:
        return Standing.ANOTHER_WAY, f"without {without} the promise is broken in another way: {rest.reason}"
    if cut := _cut_at_once(case):
        return Standing.TOO_BROAD, f"{cut} holds from the start: nothing is left"
    if rest.vacuous:
        return Standing.TOO_BROAD, f"without {without} the promise holds vacuously: {rest.vacuous}"
    if case.lost:
        return Standing.TOO_BROAD, f"without {without} there is no longer any fault of kind {' or '.join(case.lost)}"
    for text, other in others.items():
        if (why := _undecided(other)) is not None:
            return Standing.NOT_DECIDED, f"whether {text} is needed was not decided: {why}"
        if isinstance(other, Verdict) and other.conclusion is Conclusion.HOLDS:
            return Standing.NOT_NEEDED, f"without the other causes alone the promise holds: {text} is not needed"
    return Standing.PROVED, f"without {'it' if len(case.texts) == 1 else 'them'} the promise holds"


def _undecided(found: Verdict | str) -> str | None:
    if isinstance(found, str):
        return found
    return found.reason if found.conclusion is Conclusion.INCONCLUSIVE else None


def _cut_at_once(case: _Case) -> str:
    """A cause that holds in every initial state, or ""; no event has happened there."""
    return next((cause.text for cause in case.causes if holds_at_start(case.system, cause.condition)), "")


def holds_at_start(system: System, cause: Expression) -> bool:
    """Whether a cause holds in every initial state; no event has happened there."""
    oracle = Oracle(system)
    at_start = substitute(cause, lambda leaf: Literal(False) if isinstance(leaf, Happens) else leaf)
    return all(oracle.holds(at_start, state) for state in system.initial_states)


__all__ = ["Search", "explained", "holds_at_start"]
