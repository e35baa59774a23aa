"""What is worse, what is better and what else is different between two sets of results.

Worse is a verdict that says less good, and one that says less: what held and is not decided any more is worse. So is a greater
worst case, a violation that takes fewer faults or that no finding explains any more, a promise that is gone, a search that no
longer sees everything, an event that happens no more. Numbers of states and new promises are neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from drcheck.answers.results import SKIPPED, Amount, Promise, Result, Results
from drcheck.verdicts.claim_verdicts import Word
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, NOT_DECIDED, VACUOUS, VIOLATED

_RANKS = {HOLDS: 0, VACUOUS: 1, INCONCLUSIVE: 2, NOT_DECIDED: 2, SKIPPED: 2, VIOLATED: 3}
_UNDECIDED = 2
_CLAIMS = {
    1: _RANKS,
    2: {
        Word.NOT_DECIDED.value: 2,
        Word.FAILS.value: 3,
        Word.CONTRADICTED.value: 3,
        Word.ONLY_IF.value: 1,
    },
}
"""How bad a verdict on a claim is, by the form of such verdicts; what is not named is good."""


class Effect(Enum):
    """What a difference means."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"


@dataclass(frozen=True)
class Change:
    """One difference. `design`: "" for claims; `subject`: of which property or search; `what`: in which respect."""

    effect: Effect
    design: str
    subject: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """All differences, and how many designs, properties and claims were compared."""

    changes: tuple[Change, ...]
    designs: int
    properties: int
    claims: int

    @property
    def worse(self) -> bool:
        """Whether anything is worse."""
        return any(change.effect is Effect.WORSE for change in self.changes)

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON: whether anything is worse, how much was compared, and each difference."""
        return {
            "worse": self.worse,
            "designs": self.designs,
            "properties": self.properties,
            "claims": self.claims,
            "changes": [
                {
                    "effect": change.effect.value,
                    "design": change.design or None,
                    "subject": change.subject or None,
                    "what": change.what,
                    "before": change.before,
                    "after": change.after,
                }
                for change in self.changes
            ],
        }

    def of(self, effect: Effect) -> list[Change]:
        """The differences of one kind."""
        return [change for change in self.changes if change.effect is effect]


def difference(old: Results, new: Results) -> Difference:
    """Compare results. Of a design that was asked in part only what was asked is compared."""
    pairs = list(_pairs(old.designs, new.designs))
    changes = [change for before, after in pairs for change in _designs(before, after)]
    claims: set[str] = set()
    if old.form is not None and old.form == new.form:
        claims = set(old.claims) & set(new.claims)
        changes += _claims(old, new)
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    compared = sum(len(set(a.promises) & set(b.promises)) for a, b in both)
    return Difference(tuple(changes), len(both), compared, len(claims))


def _pairs(old: Sequence[Result], new: Sequence[Result]) -> Iterator[tuple[Result | None, Result | None]]:
    """Results on the same design: where one has several, those with the same parameters first."""
    left = list(new)
    paired: dict[int, Result] = {}
    counts = [Counter(result.design for result in results) for results in (old, new)]
    for strict in (True, False):
        for number, before in enumerate(old):
            if number in paired:
                continue
            several = any(count[before.design] > 1 for count in counts)
            for after in left:
                same = after.design == before.design
                if same and (parameters_agree(before, after) if strict else not several):
                    paired[number] = after
                    left.remove(after)
                    break
    for number, before in enumerate(old):
        yield before, paired.get(number)
    for after in left:
        yield None, after


def parameters_agree(a: Result, b: Result) -> bool:
    """Whether the parameters that both name have the same values."""
    if a.parameters is None or b.parameters is None:
        return True
    return all(b.parameters[name] == value for name, value in a.parameters.items() if name in b.parameters)


def _designs(old: Result | None, new: Result | None) -> Iterator[Change]:
    if new is None:
        assert old is not None
        if not old.partial:
            yield Change(Effect.WORSE, old.design, "", "design", _named(old), "gone")
        return
    if old is None:
        yield Change(Effect.OTHER, new.design, "", "design", "", "new")
        old = Result(new.design, partial=True)
    yield from _parameters(old, new)
    for name in {**old.promises, **new.promises}:
        yield from (
            replace(change, design=new.design)
            for change in _promises(name, old.promises.get(name), new.promises.get(name), partial=new.partial)
        )
    if not (old.partial or new.partial):
        yield from (replace(change, design=new.design) for change in _coverage(old, new))


def _named(result: Result) -> str:
    return f"{len(result.promises)} propert{'y' if len(result.promises) == 1 else 'ies'}"


def _parameters(old: Result, new: Result) -> Iterator[Change]:
    if old.parameters is None or new.parameters is None:
        return
    for name in {**old.parameters, **new.parameters}:
        before, after = old.parameters.get(name, "not there"), new.parameters.get(name, "not there")
        if before != after:
            yield Change(Effect.OTHER, new.design, "", f"parameter {name}", before, after)


# -- properties ------------------------------------------------------------------------------------------------------
def _promises(name: str, old: Promise | None, new: Promise | None, *, partial: bool) -> Iterator[Change]:
    def change(effect: Effect, what: str, before: object, after: object) -> Change:
        return Change(effect, "", name, what, str(before), str(after))

    if new is None:
        assert old is not None
        if not partial and old.verdict != SKIPPED:
            yield change(Effect.WORSE, "property", _said(old), "gone")
        return
    if old is None:
        bad = new.verdict == VIOLATED and not new.known
        yield change(Effect.WORSE if bad else Effect.OTHER, "property", "", f"new, {_said(new)}")
        return
    if _said(old) != _said(new):
        yield change(_verdicts(old, new), "verdict", _said(old), _said(new))
    if old.value is not None and new.value is not None:
        if (effect := _values(old.value, new.value)) is not None:
            yield change(effect, "value", old.value.said, new.value.said)
    elif old.value is not None and new.verdict != SKIPPED:
        yield change(Effect.WORSE, "value", old.value.said, "not known")
    if old.needs is not None and new.needs is not None and old.needs != new.needs:
        yield change(_less_is(new.needs < old.needs), "faults and slips that it takes", old.needs, new.needs)
    if old.findings is not None and new.findings is not None:
        for key in sorted(set(old.findings) ^ set(new.findings)):
            there = key in new.findings
            yield change(Effect.OTHER, "finding", "" if there else key, key if there else "gone")
    if old.assumptions is not None and new.assumptions is not None:
        for text in sorted(old.assumptions ^ new.assumptions):
            more = text in new.assumptions
            yield change(_less_is(more), "assumption", "" if more else text, text if more else "needed no more")
    for what, before, after in (("meaning", old.formula, new.formula), ("parameters", old.given, new.given)):
        if before is not None and after is not None and before != after:
            yield change(Effect.OTHER, what, before or "as requested", after or "as requested")


def _less_is(worse: bool) -> Effect:
    return Effect.WORSE if worse else Effect.BETTER


def _said(promise: Promise) -> str:
    known = {None: "", True: " (known)", False: ""}[promise.known]
    return promise.verdict + known


def _verdicts(old: Promise, new: Promise) -> Effect:
    """What a change of verdict means. A violation that is not decided any more is no better: less is known."""
    before, after = _RANKS[old.verdict], _RANKS[new.verdict]
    if before == after:
        return Effect.OTHER if old.known == new.known else _less_is(not new.known)
    return _less_is(after > before or after == _UNDECIDED)


def _values(old: Amount, new: Amount) -> Effect | None:
    """What a change of a worst case means, or None. What cannot be compared is worse: it is not known to be as good."""
    if old.unit != new.unit:
        return Effect.WORSE
    if (old.number, old.at_least) == (new.number, new.at_least):
        return None
    if new.at_least and (not old.at_least or new.number > old.number):
        return Effect.WORSE
    return _less_is(new.number > old.number) if not new.at_least else Effect.OTHER


# -- coverage --------------------------------------------------------------------------------------------------------
def _coverage(old: Result, new: Result) -> Iterator[Change]:
    def change(effect: Effect, subject: str, what: str, before: object, after: object) -> Change:
        return Change(effect, "", subject, what, str(before), str(after))

    if old.searches is not None and new.searches is not None:
        for name in old.searches:
            if name not in new.searches:
                continue
            before, after, subject = old.searches[name], new.searches[name], f"search {name}".strip()
            if before.complete != after.complete:
                said = {True: "whole", False: "stopped early"}
                yield change(
                    _less_is(before.complete), subject, "coverage", said[before.complete], said[after.complete]
                )
            for what in ("states", "transitions", "depth"):
                a, b = getattr(before, what), getattr(after, what)
                if a != b:
                    yield change(Effect.OTHER, subject, what, f"{a:,}", f"{b:,}")
    for what, were in old.idle.items():
        are = new.idle.get(what, were)
        if were is None or are is None:
            if were is not are:
                known = {True: "known", False: "not known"}
                yield change(
                    _less_is(are is None),
                    "",
                    f"{what}s that never happen",
                    known[were is not None],
                    known[are is not None],
                )
            continue
        for name in sorted(were ^ are):
            idle = name in are
            yield change(
                _less_is(idle),
                name,
                what,
                *(("", "never happens") if idle else ("never happens", "happens, or is gone")),
            )
    for name, decided in old.decisive.items():
        if name in new.decisive and new.decisive[name] != decided:
            said = {True: "decides somewhere", False: "never decides"}
            yield change(_less_is(decided), name, "condition", said[decided], said[not decided])
    if old.remarks is not None and new.remarks is not None:
        for text in sorted(old.remarks ^ new.remarks):
            there = text in new.remarks
            yield change(Effect.OTHER, text, "remark", "" if there else "there", "new" if there else "gone")


# -- claims ----------------------------------------------------------------------------------------------------------
def _claims(old: Results, new: Results) -> Iterator[Change]:
    ranks = _CLAIMS[old.form or 1]
    for key in {**old.claims, **new.claims}:
        before, after = old.claims.get(key), new.claims.get(key)
        if before == after:
            continue
        if after is None:
            yield Change(Effect.WORSE, "", key, "claim", str(before), "gone")
        elif before is None:
            yield Change(Effect.OTHER, "", key, "claim", "", f"new, {after}")
        else:
            a, b = ranks.get(before, 0), ranks.get(after, 0)
            effect = Effect.OTHER if a == b else _less_is(b > a or b == _UNDECIDED)
            yield Change(effect, "", key, "claim", before, after)


__all__ = ["Change", "Difference", "Effect", "difference", "parameters_agree"]
