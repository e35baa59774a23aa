"""What is found of a design's promises when combinations of adversities are tried: cuts, and what is known beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any

from drcheck.answers.combinations import Adversities, Combination, Uses
from drcheck.answers.composed import Question
from drcheck.answers.mirrors import mirrored
from drcheck.designs.design import Design
from drcheck.language.durations import Duration
from drcheck.language.remarks import Remark
from drcheck.logic.finding import Finding
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement
from drcheck.system.trace import Trace
from drcheck.verdicts.repair_sets import IMPOSSIBLE
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, VACUOUS, VIOLATED


class Known(Enum):
    """Whether a cut is explained by the findings of its promise."""

    KNOWN = "known"
    """Under that very combination the promise holds where the causes of its findings do not."""
    ELSEWHERE = "known elsewhere"
    """The same of the causes of all findings of the design."""
    NEW = "NEW"
    """It has no finding with causes, or is broken without them, too."""
    OPEN = "not decided"
    """Whether it holds without the causes was not decided."""


@dataclass(frozen=True)
class Tried:
    """What became of a property under a combination.

    `verdict`: in words, as in a table of repairs; `reason` of one that is none, `value` of a worst case with its unit. `trace`:
    what shows it, a shortest one where states break the property. `searched`: whether a search was made for it, or one
    for an equal system was.
    """

    combination: Combination
    verdict: str
    reason: str = ""
    value: str = ""
    trace: Trace | None = field(default=None, repr=False)
    stated: Property | None = field(default=None, repr=False)
    question: Question | None = field(default=None, repr=False)
    searched: bool = True

    @property
    def steps(self) -> int | None:
        """How many steps its trace has, if it has one."""
        return None if self.trace is None else len(self.trace.steps)


@dataclass(frozen=True)
class Cut:
    """A combination under which a promise fails, and fails under no part of it that was decided.

    `minimal`: every part was decided. `equal`: further cuts by which the same question is asked of an equal system. `known`:
    whether the promise's findings explain it, None if that was not asked; `findings`: the titles of those that do. `mirrors`: of
    one that is folded, cuts that are the same with two sites exchanged, by the names of what happens, and have as long a trace.
    """

    tried: Tried
    minimal: bool
    equal: tuple[Combination, ...] = ()
    known: Known | None = None
    findings: tuple[str, ...] = ()
    mirrors: tuple[Combination, ...] = ()

    @property
    def combination(self) -> Combination:
        """The adversities."""
        return self.tried.combination


@dataclass(frozen=True)
class LengthCut:
    """Uses of budgets with which a promise breaks from a greatest length on: `least` of `parameter`.

    `bisected`: a greater one only adds executions, so that it breaks with every greater one. Else all lengths up to that of the
    design were tried, and with those `again` it holds.
    """

    parameter: str
    uses: Uses
    least: Duration
    bisected: bool
    again: tuple[Duration, ...] = ()


NOTHING = Adversities({}, frozenset(), {})
"""What is varied before anything was composed."""


@dataclass(frozen=True)
class Promise:
    """All that was found of one property.

    `given`: the parameters that it is stated for, which are held; `dropped`: those that say how much goes wrong, and are varied.
    `varied`: what is, and `budgets`: up to how many uses, by the kind of fault. `order`: the greatest size. `implied`: of how
    many combinations it is known without a search, as a part of them breaks it. `left`: those that were not tried, for a limit
    or an interrupt; `beyond`: of how many that contain a cut it was not tried whether the promise holds again. `also`: further
    statements that ask the same, under other levels of faults. `explained`: of the cuts, whether the findings explain them.
    `scopes`: those that the design declares for cuts, with which it is asked.
    `lengths`: from which greatest lengths on it breaks, where these matter; `untried_lengths`: of which that is not known.
    """

    statement: Statement
    given: Mapping[str, Any]
    dropped: Mapping[str, Any]
    order: int
    tried: tuple[Tried, ...] = ()
    implied: int = 0
    left: tuple[Combination, ...] = ()
    varied: Adversities = NOTHING
    budgets: Mapping[str, int] = field(default_factory=dict)
    beyond: int = 0
    also: tuple[Statement, ...] = ()
    findings: tuple[Finding, ...] = ()
    explained: Mapping[Combination, tuple[Known, tuple[str, ...]]] = field(default_factory=dict)
    scopes: Mapping[str, Any] = field(default_factory=dict)
    lengths: tuple[LengthCut, ...] = ()
    untried_lengths: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the property."""
        return self.statement.name

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all properties that ask the same."""
        return (self.name, *(statement.name for statement in self.also))

    def _where(self, *verdicts: str) -> list[Tried]:
        return [one for one in self.tried if one.verdict in verdicts]

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """The minimal combinations under which it fails, the smallest first."""
        broken = self._where(VIOLATED)
        least = [
            one for one in broken if not any(o is not one and o.combination.within(one.combination) for o in broken)
        ]
        least.sort(key=lambda one: one.combination.size)
        open_ = [one.combination for one in self.undecided] + list(self.left)
        found: dict[object, Cut] = {}
        for one in least:
            key: object = one.combination if one.question is None else one.question
            if key in found:
                found[key] = replace(found[key], equal=(*found[key].equal, one.combination))
            else:
                known, titles = self.explained.get(one.combination, (None, ()))
                minimal = not any(part.within(one.combination) for part in open_)
                found[key] = Cut(one, minimal, known=known, findings=titles)
        return tuple(found.values())

    @property
    def folded(self) -> tuple[Cut, ...]:
        """The same, those that are each other's mirror images once."""
        return tuple(_without_mirrors(self.cuts))

    @cached_property
    def healed(self) -> tuple[tuple[Combination, Combination], ...]:
        """A cut, and a least combination that contains it and under which the promise holds again."""
        found: list[tuple[Combination, Combination]] = []
        holding = [one.combination for one in self._where(HOLDS, VACUOUS)]
        for cut in self.cuts:
            again = [c for c in holding if cut.combination.within(c)]
            found += [(cut.combination, c) for c in again if not any(o != c and o.within(c) for o in again)]
        return tuple(found)

    @property
    def undecided(self) -> tuple[Tried, ...]:
        """Where the search did not decide it."""
        return tuple(self._where(INCONCLUSIVE))

    @property
    def impossible(self) -> tuple[Tried, ...]:
        """Where it cannot be stated, or the design cannot be composed."""
        return tuple(self._where(IMPOSSIBLE))

    @property
    def holds_with(self) -> int | None:
        """The greatest number of adversities of which any combination keeps the promise; -1 where it fails without any.

        None where it is not decided what happens without any. Combinations that cannot be stated do not count.
        """
        bad = [one.combination.size for one in self._where(VIOLATED)]
        not_known = [one.combination.size for one in self.undecided] + [c.size for c in self.left]
        least = min([*bad, *not_known], default=self.order + 1)
        return None if least == 0 and 0 not in bad else least - 1

    @property
    def vacuous(self) -> tuple[Combination, ...]:
        """Where it holds only as its trigger never happens."""
        return tuple(one.combination for one in self._where(VACUOUS))

    @property
    def whole(self) -> bool:
        """Whether all that was to be tried was decided, but for what contains a cut."""
        return not self.undecided and not self.left


def _without_mirrors(cuts: Sequence[Cut]) -> list[Cut]:
    """Cuts without those that are the mirror images of others, which have them beside theirs."""
    kept: list[Cut] = []
    by_text = {str(cut.combination): cut for cut in cuts}
    folded: set[str] = set()
    for cut in cuts:
        text, trace = str(cut.combination), cut.tried.trace
        if text in folded:
            continue
        mirrors: list[Combination] = []
        for image in mirrored(text, trace.system) if trace is not None else ():
            other = by_text.get(", ".join(sorted(image.split(", "))), by_text.get(image))
            if other is not None and other is not cut and _alike(cut, other):
                folded.add(str(other.combination))
                mirrors.append(other.combination)
        kept.append(replace(cut, mirrors=tuple(mirrors)))
    return kept


def _alike(one: Cut, other: Cut) -> bool:
    told = [(c.tried.steps, c.tried.value, c.minimal, c.known, c.findings, len(c.equal)) for c in (one, other)]
    return told[0] == told[1]


@dataclass(frozen=True)
class CutsReport:
    """The minimal cut sets of a design's promises; `skipped`: properties that were not asked, each with why.

    `deviations`: how many of a combination were deviations at most; None: any number. `by`: what a use of a budget is, a fault of
    a "kind" or an "event". `searches` were made, of `states` in all, of `composed` systems, in `seconds`, of the processor
    `processor_seconds`; `budget`: how many states there might be; `kept`: how many answers had been kept. `stopped`: why not
    everything was tried, or "". `remarks`: on budgets that do more.
    """

    design: Design
    settings: Mapping[str, Any]
    order: int
    promises: tuple[Promise, ...]
    skipped: tuple[tuple[Statement, str], ...]
    searches: int
    states: int
    stopped: str = ""
    composed: int = 0
    budget: int | None = None
    by: str = "kind"
    deviations: int | None = None
    seconds: float = 0.0
    processor_seconds: float = 0.0
    kept: int = 0
    remarks: tuple[Remark, ...] = ()


__all__ = ["NOTHING", "Cut", "CutsReport", "Known", "LengthCut", "Promise", "Tried"]
