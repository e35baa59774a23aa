"""The answers: a verdict on a property, the search behind it, and the report on a whole design.

A verdict is evidence: HOLDS, VIOLATED or INCONCLUSIVE, with the number of states that were examined, the trace that
shows it, and what makes it weak: a trigger that never happens (vacuous), an event that never fires, a search that
stopped early. Every trace was replayed on the oracle.
"""

from __future__ import annotations

import builtins
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from drcheck.abstraction.proving import Proof, Searched
from drcheck.designs.design import Design
from drcheck.designs.parameter import show
from drcheck.engines.protocol import Exploration
from drcheck.finders.designs import after_search
from drcheck.kernels.deadline import Deadline, OutOfTimeError
from drcheck.language.remarks import Remark
from drcheck.logic.finding import Finding
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement
from drcheck.notebooks import Shown
from drcheck.reductions.form import PARTIAL_ORDER, Reduced
from drcheck.system.system import System
from drcheck.system.trace import Trace
from drcheck.verdicts.coverage import GuardCoverage
from drcheck.verdicts.idle_rows import RowSeen, never_chosen
from drcheck.verdicts.phases import Phases


class Conclusion(enum.Enum):
    """What was decided. INCONCLUSIVE: nothing, as the search stopped early or a value left its domain."""

    HOLDS = "HOLDS"
    VIOLATED = "VIOLATED"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True)
class Every:
    """For which parameters a verdict is one for all values with which the design can be composed.

    `together`: for all values of all of these; `alone`: for all values of each of these, the others as they are given. `tried`:
    the values of all other parameters that are numbers or durations, as text. `inside`: it is shown for what happens while
    values stay in their domains. `why`: of some of those in `tried`, why nothing is known of other values, in words.
    """

    together: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    tried: Mapping[str, str] = field(default_factory=dict)
    inside: bool = False
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Won:
    """How a verdict was won by slices (see `drcheck.abstraction`).

    `slices`: those that showed it, each by the counters that it keeps and its number of states. `free_of`: the counters that
    none of them keeps: the verdict does not depend on them. `counters`: how many the system has. `replayed`: how many steps of
    the system were found for it, or None. `every`: of a design, for which parameters it is so for all of their values;
    None where that was not asked.
    """

    slices: tuple[Searched, ...]
    free_of: tuple[str, ...]
    counters: int
    replayed: int | None = None
    every: Every | None = None


@dataclass(frozen=True)
class Needs:
    """How many faults a violation needs: those of the environment, and `slips`, which are those of an operator.

    `exact`: there is none with fewer; else they are those of the trace, which is a shortest one.
    """

    faults: int
    slips: int
    exact: bool

    @builtins.property
    def total(self) -> int:
        """Faults and slips together."""
        return self.faults + self.slips


@dataclass(frozen=True)
class Verdict(Shown):
    """The decision on one property of one system.

    `value`: a worst case's maximum; with `at_least`, the true one may be greater. `trace`: the counterexample, or the witness of
    a reachable property or the path to a worst case. `vacuous`: why the property says less than it seems to, or None.
    `reason`: one sentence. `needs`: the faults that a violation needs. `explanation`: what is known of its findings' causes.
    `won`: how it was won, if by slices.
    """

    property: Property
    conclusion: Conclusion
    reason: str
    run: Run
    value: int | None = None
    trace: Trace | None = None
    vacuous: str | None = None
    at_least: bool = False
    needs: Needs | None = None
    explanation: Explanation | None = None
    won: Won | None = None

    @builtins.property  # the field `property` above hides the built-in name
    def is_expected(self) -> bool:
        """Whether the conclusion is what the property's author expects: a violation where a finding explains it."""
        if self.explanation is not None and not self.explanation.is_known:
            return False
        wanted = Conclusion.VIOLATED if self.property.finding is not None else Conclusion.HOLDS
        return self.conclusion is wanted

    @builtins.property
    def is_new(self) -> bool:
        """Whether it is a violation that no declared finding explains, or explains otherwise than declared."""
        return self.conclusion is Conclusion.VIOLATED and not self.is_expected

    @builtins.property
    def is_proved_finding(self) -> bool:
        """Whether it is a violation whose declared findings are proved to explain it: without their causes there is none."""
        return (
            self.conclusion is Conclusion.VIOLATED
            and bool(self.property.findings)
            and self.explanation is not None
            and self.explanation.standing is Standing.PROVED
        )

    @builtins.property
    def unexplained(self) -> Verdict | None:
        """The verdict without the causes of its findings, if it shows another way to violate the property."""
        return self.explanation.rest if self.explanation is not None and self.explanation.is_new else None


class Standing(enum.Enum):
    """What is known of the causes of a finding."""

    PROVED = "proved"
    ANOTHER_WAY = "another way"
    NOT_NEEDED = "not needed"
    TOO_BROAD = "too broad"
    NOT_DECIDED = "not decided"


@dataclass(frozen=True)
class Explanation:
    """What is known of the causes of a violated property's findings.

    `name`: of the property; `causes`: their texts. `rest`: the verdict with all causes excluded, with the new counterexample
    where there is another way. `reason`: one sentence. `states`: how many states the searches for it saw.
    """

    name: str
    findings: tuple[Finding, ...]
    causes: tuple[str, ...]
    standing: Standing
    reason: str
    rest: Verdict | None = None
    states: int = 0

    @builtins.property
    def is_new(self) -> bool:
        """Whether the property is violated in a way that is no declared finding."""
        return self.standing is Standing.ANOTHER_WAY

    @builtins.property
    def is_known(self) -> bool:
        """Whether the causes are as they should be, as far as was decided."""
        return self.standing in (Standing.PROVED, Standing.NOT_DECIDED)


@dataclass(frozen=True)
class Run:
    """One search: the system, its parameters, and what the search found.

    `reduced`: what was searched instead of the system, if reductions were requested. `interrupted`: the user stopped the
    search, or the decisions after it. `guards`: the coverage of the guards, if requested; after a search that stopped early,
    what was seen by then. `phases`: the time of its parts. `rows`: which rows of events that happen were seen to be chosen
    (see `idle_rows`); None if not requested. `needed`: whether there was anything to search for; with only facts of the
    composition there is not, and no state was examined. `proof`: of answers by slices, what was searched instead of the system.
    """

    system: System
    exploration: Exploration
    given: Mapping[str, Any] = field(default_factory=dict)
    reduced: Reduced | None = None
    interrupted: bool = False
    guards: tuple[GuardCoverage, ...] = ()
    phases: Phases = field(default_factory=Phases)
    rows: tuple[RowSeen, ...] | None = None
    needed: bool = True
    proof: Proof | None = None

    @property
    def enumerated(self) -> bool:
        """Whether every reachable state of the system was seen, or one that stands for it."""
        return self.exploration.complete and self.proof is None

    @property
    def knows_rows(self) -> bool:
        """Whether a row that was not seen to be chosen never is: only a complete search without reductions shows that."""
        return self.rows is not None and self.enumerated and self.exploration.escape is None

    @property
    def reductions(self) -> tuple[str, ...]:
        """The reductions that were used, by name."""
        return () if self.reduced is None else self.reduced.used

    @property
    def knows_events(self) -> bool:
        """Whether an event that did not fire in the search never fires: partial-order reduction may postpone it for ever."""
        return self.enumerated and PARTIAL_ORDER not in self.reductions

    @property
    def idle_events(self) -> list[str]:
        """Events that never fire; empty if the search does not show it (see `knows_events`)."""
        if not self.knows_events:
            return []
        return [event.name for number, event in enumerate(self.system.events) if not self.fires(number)]

    @property
    def idle_by_slices(self) -> list[str]:
        """Events of which slices show that they never fire; of the others they say nothing."""
        never = () if self.proof is None else self.proof.besides
        return [event.name for event, idle in zip(self.system.events, never, strict=False) if idle]

    @property
    def time_passes(self) -> bool:
        """Whether a tick fired in the search; also if no component has one, as time means nothing there."""
        ticks = [number for number, event in enumerate(self.system.events) if event.is_tick]
        return not ticks or any(self.fires(number) for number in ticks)

    def fires(self, event: int) -> bool:
        """Whether an event, by position, fired in the search, or one that stands for it."""
        fired = self.exploration.fired
        if self.reduced is None:
            return fired[event] > 0
        orbits = self.reduced.orbits
        return any(n > 0 for other, n in enumerate(fired) if orbits[other] == orbits[event])

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters as text."""
        return {name: show(value) for name, value in self.system.parameters.items()}


@dataclass(frozen=True)
class DesignReport(Shown):
    """All verdicts on a design: `main` is the search with the requested parameters, `runs` all searches.

    `skipped`: properties without a verdict, each with the reason. `interrupted`: the user stopped the run; searches not
    started by then are not made, and their properties are skipped. `whole`: every property of the design was requested, and
    none was skipped. `limited`: a limit of seconds or of memory prevented searches. `stated`: how many properties were
    requested, those skipped included, or None if only the domains were.
    """

    design: Design
    settings: Mapping[str, Any]
    engine: str
    verdicts: tuple[Verdict, ...]
    runs: tuple[Run, ...]
    skipped: tuple[tuple[Statement, str], ...] = ()
    interrupted: bool = False
    whole: bool = False
    stated: int | None = None
    limited: bool = False
    deadline: Deadline = field(default_factory=Deadline, repr=False, compare=False)

    @property
    def idle_rows(self) -> list[RowSeen] | None:
        """The rows that no search of the run saw chosen; None if some search does not show it."""
        searched = [run for run in self.runs if run.exploration.complete or run.rows is not None]
        known = {id(run.system) for run in searched if run.knows_rows}  # slices know none, but a search beside them may
        if not searched or self.interrupted or not all(id(run.system) in known for run in searched):
            return None
        return never_chosen(run.rows for run in searched if run.rows is not None)

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """The remarks on the design (see `remarks`) that are not silenced in it.

        None if the limit of seconds left no time to look for them.
        """
        try:
            with self.deadline.cut():
                return self.remarks_with(sum(run.exploration.states for run in self.runs))
        except OutOfTimeError:
            return ()

    def remarks_with(self, states: int | None) -> tuple[Remark, ...]:
        """The same with as much spent on the parameters as beside a search of this many states; None: as much as it takes."""
        stated = [(run.system, [v.property for v in self.verdicts if v.run is run]) for run in self.runs]
        violated = [
            (v.property, v.trace) for v in self.verdicts if v.conclusion is Conclusion.VIOLATED and v.trace is not None
        ]
        complete = self.whole and all(run.enumerated or run.exploration.states <= 1 for run in self.runs)
        searched = [run for run in self.runs if run.needed]
        still = None
        if searched and all(run.knows_events for run in searched):
            still = [] if any(run.time_passes for run in searched) else [run.system for run in searched]
        return after_search(
            self.design, self.settings, stated, whole=complete, states=states, violated=violated, still=still
        )

    @property
    def main(self) -> Run:
        """The search with the requested parameters (the first one)."""
        return self.runs[0]

    @property
    def seconds(self) -> float:
        """Seconds of search, all runs together."""
        return sum(run.exploration.seconds for run in self.runs)

    @property
    def phases(self) -> Phases:
        """What the parts of all runs took together."""
        return sum((run.phases for run in self.runs), Phases())
