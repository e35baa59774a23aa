"""The mutants of a design decided: seen by a verdict, proved to change nothing, or survived.

The sets of parameters are taken one after the other, that with the smallest search first. A mutant is planted where its place
exists; where that is refused, it is seen. One complete search of the unchanged system says which mutants change a step there at
all (see `equivalence`): of the others every verdict is what it was. Of those that do the properties are decided again, up to the
first verdict that is another one. What is left in the end is held against the causes of findings, and the claims.

Limits are numbers of states, so that the answer is the same on every machine. What is not decided within them sees nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from drcheck.engines.protocol import Limits
from drcheck.errors import DrcheckError, EngineError, SeveralErrors
from drcheck.language.expressions import Expression
from drcheck.logic.kinds import Property
from drcheck.logic.observing import Group, by_observers
from drcheck.system.system import System
from drcheck.verdicts.planting.answers import (
    Answer,
    answer,
    claims_changed,
    decided,
    listed_claims,
    seen,
    with_causes,
)
from drcheck.verdicts.planting.equivalence import difference, met
from drcheck.verdicts.planting.mutant import Mutant, planted
from drcheck.verdicts.planting.subject import Subject, Variant
from drcheck.verdicts.verdict import Verdict
from drcheck.verdicts.wording import VIOLATED

LIMIT_STATES = 20_000_000
"""A search of a mutant ends at this number of states, if no other is asked for."""


class Status(enum.Enum):
    """What became of a mutant."""

    SEEN = "seen"
    EQUIVALENT = "equivalent"
    SURVIVED = "survived"


@dataclass(frozen=True)
class Result:
    """What became of one mutant of one design.

    `by`: the property or claim that sees it, or the code of the error that refuses it; `how`: in which way, or why nothing does;
    `given`: with which parameters; `states`: how many states were searched; `undecided`: how many properties were not decided
    within the limits; `values`: the worst cases without a bound that have another value, which is no verdict.
    """

    design: str
    mutant: Mutant
    status: Status
    by: str = ""
    how: str = ""
    given: str = ""
    states: int = 0
    undecided: int = 0
    values: tuple[str, ...] = ()


@dataclass
class _Unit:
    """Properties that share a search of the unchanged design: with its states, and the answers there.

    `group`: which of the systems with observers of its variant. `causes`: the answers with what is known of causes, once needed.
    """

    variant: int
    group: int
    states: int
    answers: dict[str, Answer]
    causes: dict[str, Answer] | None = None


@dataclass
class _Open:
    """A mutant that is not decided yet: the variants in which it changes a step, or may, the answers there, states searched."""

    mutant: Mutant
    variants: list[int] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    states: int = 0


@dataclass
class Campaign:
    """Decides mutants of one design. `limits`: of each search, in states."""

    subject: Subject
    engine: str = "auto"
    limits: Limits = field(default_factory=lambda: Limits(LIMIT_STATES))

    def decide(self, mutants: Sequence[Mutant]) -> Iterator[Result]:
        """What becomes of some mutants, each as soon as it is known. Raises KeyboardInterrupt after an interrupt."""
        open_ = {mutant.key: _Open(mutant) for mutant in mutants}
        for number in self._by_size if open_ else ():
            for result in self._in_variant(number, [case for case in open_.values() if self._is_in(case, number)]):
                del open_[result.mutant.key]
                yield result
        for case in open_.values():
            yield self._finished(case)

    def seen_by(self, mutant: Mutant, name: str, given: str) -> str:
        """How one property sees a mutant with some parameters, told as `Result.given`; "" if it does not.

        Causes of findings, claims and refusals are not looked at.
        """
        for number, variant in enumerate(self.subject.variants):
            here = self.subject.planted[mutant.key].get(number)
            if variant.label != given or here is None:
                continue
            names = [s.name for s in variant.statements]
            stated = [variant.properties[names.index(name)]] if name in names else []
            before = {v.property.name: answer(v) for v in decided(variant.system, stated, self.engine, self.limits)}
            with planted(variant.system, here.edit) as system:
                stated = [s.on(system) for s in variant.statements if s.name == name]
                found = decided(system, stated, self.engine, self.limits)
            for verdict in found:
                told = seen(before[verdict.property.name], answer(verdict))
                if told and verdict.property.name == name:
                    return told
        return ""

    # -- one set of parameters after the other -------------------------------------------------------------------------
    @property
    def _by_size(self) -> list[int]:
        """The variants, the one with the fewest states to search first."""
        sizes = [
            sum(unit.states for unit in self.units if unit.variant == n) for n in range(len(self.subject.variants))
        ]
        return sorted(range(len(sizes)), key=lambda number: sizes[number])

    def _is_in(self, case: _Open, number: int) -> bool:
        return number in self.subject.planted[case.mutant.key]

    def _in_variant(self, number: int, cases: Sequence[_Open]) -> Iterator[Result]:
        """The mutants that are seen with one set of parameters; of the others it is noted what they change there."""
        variant = self.subject.variants[number]
        asked: list[_Open] = []
        wanted: list[Expression] = []
        for case in cases:
            try:
                with planted(variant.system, self.subject.planted[case.mutant.key][number].edit) as system:
                    node = difference(variant.system, system)
            except DrcheckError as error:
                yield self._refused(case, variant, error)
                continue
            if node is not None:
                asked.append(case)
                wanted.append(node)
        found = met(variant.system, wanted, engine=self.engine, limits=self.limits)
        for case, hit in zip(asked, found, strict=True):
            if hit is not False:
                case.variants.append(number)
                if (result := self._decided(case, number)) is not None:
                    yield result

    def _refused(self, case: _Open, variant: Variant, error: DrcheckError) -> Result:
        first = error.errors[0] if isinstance(error, SeveralErrors) else error
        return self._seen(case, first.code, f"refused: {first.message}", variant.label)

    def _seen(self, case: _Open, by: str, how: str, given: str = "") -> Result:
        return Result(self.subject.design.name, case.mutant, Status.SEEN, by, how, given, case.states)

    # -- what the unchanged design answers ---------------------------------------------------------------------------
    @property
    def units(self) -> list[_Unit]:
        """The searches of the unchanged design, the cheapest first."""
        if not hasattr(self, "_units"):
            self._units = sorted(self._searched(), key=lambda unit: unit.states)
        return self._units

    def _searched(self) -> Iterator[_Unit]:
        for number, variant in enumerate(self.subject.variants):
            for position, group in enumerate(_groups(variant.system, variant.properties)):
                verdicts = decided(group.system, group.properties, self.engine, self.limits)
                found = {verdict.property.name: answer(verdict) for verdict in verdicts}
                yield _Unit(number, position, _states(verdicts), found)

    def _with_causes(self, unit: _Unit) -> dict[str, Answer]:
        if unit.causes is None:
            variant = self.subject.variants[unit.variant]
            group = _groups(variant.system, variant.properties)[unit.group]
            unit.causes = self._explained(group, unit)[0]
        return unit.causes

    def _explained(self, group: Group, unit: _Unit) -> tuple[dict[str, Answer], int]:
        """The answers of violated properties whose findings have causes, and how many states were searched for them."""
        wanted = [
            p for p in group.properties if unit.answers[p.name].word == VIOLATED and any(f.causes for f in p.findings)
        ]
        if not wanted:
            return {}, 0
        found = with_causes(decided(group.system, wanted, self.engine, self.limits)[1:], self.engine, self.limits)
        more = sum(v.explanation.states for v in found if v.explanation is not None)
        return {verdict.property.name: answer(verdict) for verdict in found}, _states(found) + more

    # -- one mutant ----------------------------------------------------------------------------------------------------
    def _decided(self, case: _Open, number: int) -> Result | None:
        """The mutant as it is seen with one set of parameters, causes aside, if it is."""
        variant = self.subject.variants[number]
        for unit in self.units:
            if unit.variant != number:
                continue
            try:
                with self._planted(case.mutant, unit) as group:
                    verdicts = decided(group.system, group.properties, self.engine, self.limits)
                    found = {verdict.property.name: answer(verdict) for verdict in verdicts}
            except EngineError:
                raise
            except DrcheckError as error:
                return self._refused(case, variant, error)
            case.states += _states(verdicts)
            for name, told in found.items():
                if how := seen(unit.answers[name], told):
                    return self._seen(case, name, how, variant.label)
            case.answers.update(found)
        return None

    def _finished(self, case: _Open) -> Result:
        """What becomes of a mutant that no verdict shows: it is equivalent, or a finding or a claim shows it, or nothing does."""
        design, mutant = self.subject.design.name, case.mutant
        if not case.variants:
            how = _proof(len(self.subject.planted[mutant.key]))
            return Result(design, mutant, Status.EQUIVALENT, how=how)
        for unit in self.units:
            if unit.variant not in case.variants:
                continue
            with self._planted(mutant, unit) as group:
                explained, more = self._explained(group, unit)
            case.states += more
            for name, told in explained.items():
                if how := seen(self._with_causes(unit)[name], told):
                    return self._seen(case, name, how, self.subject.variants[unit.variant].label)
        before = {name: told for unit in self.units for name, told in unit.answers.items()}
        if (turned := claims_changed(listed_claims(), before, case.answers)) is not None:
            return self._seen(case, *turned)
        values = tuple(
            f"{name}: {before[name].value} -> {told.value}"
            for name, told in case.answers.items()
            if told.value != before[name].value
        )
        labels = [self.subject.variants[number].label or "the defaults" for number in sorted(case.variants)]
        more_labels = f" and {len(labels) - 2} more" if len(labels) > 2 else ""
        how = f"changes steps with {'; '.join(labels[:2])}{more_labels}"
        undecided = sum(told.limited for told in case.answers.values())
        return Result(design, mutant, Status.SURVIVED, "", how, "", case.states, undecided, values)

    @contextmanager
    def _planted(self, mutant: Mutant, unit: _Unit) -> Iterator[Group]:
        """The system of a unit with the mutant, and the properties on it."""
        variant = self.subject.variants[unit.variant]
        edit = self.subject.planted[mutant.key][unit.variant].edit
        with planted(variant.system, edit) as system:
            stated = [s.on(system) for s in variant.statements]
            yield _groups(system, stated)[unit.group]


def _groups(system: System, stated: Sequence[Property]) -> list[Group]:
    """The properties by the observers that they need; the domains alone where there are none."""
    return by_observers(system, stated) or [Group(system, (), ())]


def _states(verdicts: Sequence[Verdict]) -> int:
    runs = {id(verdict.run): verdict.run for verdict in verdicts}
    return sum(run.exploration.states for run in runs.values())


def _proof(variants: int) -> str:
    return f"the same states and steps under {variants} {'set' if variants == 1 else 'sets'} of parameters: a complete search"


__all__ = ["LIMIT_STATES", "Campaign", "Result", "Status"]
