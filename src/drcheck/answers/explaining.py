"""Whether the findings of a promise explain its cuts: under that very combination it holds where their causes do not.

A cut that they do not explain is held against all findings of the design: those of other promises may explain it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeAlias

from drcheck.answers.combinations import Combination
from drcheck.answers.composed import Asked, Composed
from drcheck.answers.found import Known
from drcheck.answers.kept_cuts import KeptCuts
from drcheck.answers.one_search import OneSearch, within
from drcheck.answers.rows import Row
from drcheck.designs.causes import causes_of
from drcheck.errors import DrcheckError
from drcheck.language.expressions import Expression
from drcheck.language.happening import happenings
from drcheck.logic.excluding import excluding
from drcheck.logic.finding import Finding
from drcheck.logic.kinds import Property
from drcheck.system.system import System
from drcheck.verdicts.causes import holds_at_start
from drcheck.verdicts.repair_sets import Change, answer_of
from drcheck.verdicts.verdict import Verdict
from drcheck.verdicts.wording import HOLDS, VACUOUS, VIOLATED

Without: TypeAlias = tuple[Row, list[Combination], Asked, tuple[str, ...]]
"""A promise, its cuts, what it asks without some causes, and the titles of the findings whose they are."""


class Searches(Protocol):
    """What makes the searches."""

    stopped: str
    kept: KeptCuts

    def check_time(self) -> None: ...
    def interrupted(self) -> None: ...
    def search(self, system: System, kinds: Sequence[str], most: int, watches: Sequence[Expression]) -> OneSearch: ...
    def verdicts(self, system: System, item: Property) -> list[Verdict]: ...


class Explaining:
    """Finds out whether findings explain cuts. `findings`: all of the design."""

    def __init__(self, searches: Searches, findings: Sequence[Finding]) -> None:
        self._searches, self._findings = searches, findings

    def explain(self, made: Composed, asking: Sequence[tuple[Row, tuple[Change, ...], Asked]]) -> None:
        """Hold the cuts that a composition has shown against the findings of their promises, then against all."""
        cuts: list[tuple[Row, list[Combination], Property]] = []
        for row, deviations, asked in asking:
            new = [combination for combination in row.new_cuts() if combination.deviations == deviations]
            if new and isinstance(asked.stated, Property):
                cuts.append((row, new, asked.stated))
        self._against(made, [(row, new, item, row.promise.findings) for row, new, item in cuts], Known.KNOWN)
        left = [
            (row, [c for c in new if row.explained[c][0] is Known.NEW], item, self._findings) for row, new, item in cuts
        ]
        self._against(made, [one for one in left if one[1]], Known.ELSEWHERE)

    def _against(
        self,
        made: Composed,
        cuts: Sequence[tuple[Row, list[Combination], Property, Sequence[Finding]]],
        known: Known,
    ) -> None:
        wanted: list[tuple[Row, list[Combination], Property, tuple[str, ...]]] = []
        for row, new, stated, findings in cuts:
            item, titles = without_causes(stated, findings, made.system)
            if item is None:
                row.explained.update((combination, _of_composition(row, stated, combination)) for combination in new)
            else:
                wanted.append((row, new, item, titles))
        if not wanted:
            return
        for row, new, _, _ in wanted:
            row.explained.update(dict.fromkeys(new, (Known.OPEN, ())))
        try:
            groups: dict[tuple[bool, int], list[Without]] = {}
            for (row, new, _, titles), asked in zip(
                wanted, _asked(made, [item for _, _, item, _ in wanted]), strict=True
            ):
                if asked is None or not (new := self._not_kept(made, row, new, asked, (known, titles))):
                    continue
                of = asked.states
                together = of is not None and not of.doubtful and asked.counting >= made.left.keys() - made.varied.held
                key = id(of.system) if together and of is not None else id(asked)
                groups.setdefault((together, key), []).append((row, new, asked, titles))
            for (together, _), members in groups.items():
                self._searches.check_time()
                if self._searches.stopped:
                    break
                (self._together if together else self._one_by_one)(made, members, known)
        except KeyboardInterrupt:
            self._searches.interrupted()
        except DrcheckError:  # a limit: it stays open
            return

    def _not_kept(
        self,
        made: Composed,
        row: Row,
        cuts: Sequence[Combination],
        asked: Asked,
        explained: tuple[Known, tuple[str, ...]],
    ) -> list[Combination]:
        """The cuts of which it is not kept whether the promise holds without the causes; the others are noted."""
        left: list[Combination] = []
        for cut in cuts:
            holds = self._searches.kept.holds(made, asked, cut)
            if holds is None:
                left.append(cut)
            else:
                row.explained[cut] = explained if holds else (Known.NEW, ())
        return left

    def _together(self, made: Composed, members: Sequence[Without], known: Known) -> None:
        of = members[0][2].states
        assert of is not None
        most = max(sum(n for _, n in cut.uses) for _, cuts, _, _ in members for cut in cuts)
        watches = [asked.states.bad for _, _, asked, _ in members if asked.states is not None]
        search = self._searches.search(of.system, sorted(made.left.keys() - made.varied.held), most, watches)
        if not search.whole:
            return
        for (row, cuts, asked, titles), hit in zip(members, search.found.hits, strict=True):
            assert asked.states is not None
            broken = {} if hit is None else search.first(asked.states.bad)
            for cut in cuts:
                new = any(within(vector, search.vector(cut.uses)) for vector in broken)
                row.explained[cut] = (Known.NEW, ()) if new else (known, titles)
                self._searches.kept.keep_holds(made, asked, cut, holds=not new)

    def _one_by_one(self, made: Composed, members: Sequence[Without], known: Known) -> None:
        for row, cuts, asked, titles in members:
            for cut in cuts:
                assert isinstance(asked.stated, Property)
                domains, verdict = self._searches.verdicts(made.with_uses(cut), asked.stated)
                word = answer_of(verdict, domains).verdict
                if word in (HOLDS, VACUOUS, VIOLATED):
                    holds = word != VIOLATED
                    row.explained[cut] = (known, titles) if holds else (Known.NEW, ())
                    self._searches.kept.keep_holds(made, asked, cut, holds=holds)


def _asked(made: Composed, items: Sequence[Property]) -> list[Asked | None]:
    """What properties ask, together if that is possible; None for what cannot be asked of the system."""
    try:
        return [*made.asked(items)]
    except DrcheckError:
        if len(items) == 1:
            return [None]
        return [asked for item in items for asked in _asked(made, [item])]


def _of_composition(row: Row, stated: Property, combination: Combination) -> tuple[Known, tuple[str, ...]]:
    """A fact of the composition has no executions without a cause: a finding explains it as it is stated, and not otherwise."""
    own = [finding for one in (row.promise.statement, *row.promise.also) for finding in one.findings]
    if stated.uncut and own and not combination.deviations:
        return Known.KNOWN, tuple(finding.title for finding in own)
    return Known.NEW, ()


def without_causes(
    item: Property, findings: Sequence[Finding], system: System | None
) -> tuple[Property | None, tuple[str, ...]]:
    """A property without the causes of some findings, and the titles of these; None where none of them has one there."""
    assert system is not None
    conditions: dict[str, Expression] = {}
    titles: list[str] = []
    for finding in findings:
        try:
            causes = causes_of(replace(item, findings=(finding,)), system)
        except DrcheckError:  # it cannot be read on this system, as what it speaks of is not there
            continue
        if not all(_happens_there(cause.condition, system) for cause in causes):
            continue
        if causes and not all(holds_at_start(system, cause.condition) for cause in causes):
            conditions.update({cause.key: cause.condition for cause in causes})
            titles.append(finding.title)
    if not conditions:
        return None, ()
    bare = replace(item, restated=None, findings=(), given={})
    return excluding(bare, [conditions[key] for key in sorted(conditions)]), tuple(titles)


def _happens_there(cause: Expression, system: System) -> bool:
    """Whether a system has all events that a cause speaks of, or events of that kind."""
    there = {name for event in system.events for name in (event.name, event.kind)}
    return all(there.issuperset(said.events) for said in happenings(cause))


__all__ = ["Explaining", "without_causes"]
