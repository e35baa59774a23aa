"""Repairs of a design alone, in pairs and all together: what each set mends and breaks, and the best set for each worst case.

Two repairs that work alone can get in each other's way: one waits for what the other one no longer does. So the promises are
decided again with every repair of the design (its parameters in the role REPAIR, at another value than their default), with every
two of them, and with all. Every set is decided on the composed design; nothing is concluded from the sets that it is made of.

Slips are tried on top of all repairs together, one at a time: a repair that works only where nobody errs is told as such.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drcheck.designs.design import Design, load
from drcheck.designs.parameter import Parameter, ParameterRole, show
from drcheck.designs.selection import Given, grouped
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DrcheckError, EngineError
from drcheck.kernels.deadline import Deadline
from drcheck.logic.kinds import Property, WorstCase
from drcheck.logic.properties import Statement
from drcheck.system.system import System
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Verdict
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, VIOLATED, value_text, verdict_word
from drcheck.workers.cluster import Cluster
from drcheck.workers.jobs import FAILED, Job, Means, Version

ALTERNATIVES = 8
"""How many sets of all repairs together are tried at most, where some repair can be made in several ways."""
IMPOSSIBLE = "CANNOT BE STATED"
"""In place of a verdict: the design cannot be composed with the set, or the property speaks of what the set takes away."""


@dataclass(frozen=True)
class Change:
    """One repair, or slip: a parameter of the design, and its value."""

    name: str
    value: Any

    def __str__(self) -> str:
        return f"{self.name}={show(self.value)}"


Changes = tuple[Change, ...]


@dataclass(frozen=True)
class Answer:
    """What became of a property: its verdict in words, and a worst case's value, as a number and with its unit."""

    verdict: str
    value: int | None = None
    value_text: str = ""


@dataclass(frozen=True)
class Combined:
    """The answers with some changes, by property. What is stated for another value of one of them is not among them."""

    changes: Changes
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Best:
    """The least value of a worst case that some set of repairs attains, with all the sets that do, the smallest first.

    `tried`: how many sets were decided for it. `as_published`: the value without any repair.
    """

    property: str
    as_published: Answer
    answer: Answer
    sets: tuple[Changes, ...]
    tried: int


@dataclass(frozen=True)
class RepairTable:
    """All that was decided for one design: without repairs, with each alone, with each two, with all, and then with slips."""

    design: Design
    published: Combined
    alone: tuple[Combined, ...]
    pairs: tuple[Combined, ...]
    together: tuple[Combined, ...]
    with_slips: tuple[Combined, ...]

    @property
    def repairs(self) -> tuple[Change, ...]:
        """The repairs of the design."""
        return tuple(one.changes[0] for one in self.alone)

    def mended(self, combined: Combined) -> list[str]:
        """The properties that are violated as published and hold with a set, not vacuously."""
        return self._turned(combined, VIOLATED, HOLDS)

    def broken(self, combined: Combined) -> list[str]:
        """The properties that hold as published and are violated with a set."""
        return [name for name in self._turned(combined, None, VIOLATED) if self._word(name) != VIOLATED]

    def failing(self, combined: Combined) -> list[str]:
        """All properties that are violated with a set."""
        return self._turned(combined, None, VIOLATED)

    def undecided(self, combined: Combined) -> list[str]:
        """The properties that could not be decided with a set, or hold only vacuously, or cannot be stated."""
        return [
            n for n, a in combined.answers.items() if a.verdict not in (HOLDS, VIOLATED) and self._word(n) != a.verdict
        ]

    def interplay(self, pair: Combined) -> dict[str, str]:
        """What a pair makes of a property that neither of the two makes of it alone: the property, and what happens."""
        first, second = (next(one for one in self.alone if one.changes == (change,)) for change in pair.changes)
        found = {}
        for name, answer in pair.answers.items():
            words = {one.answers[name].verdict for one in (first, second) if name in one.answers}
            if not words or answer.verdict in words:
                continue
            if answer.verdict == VIOLATED:
                found[name] = "broken by the two together, and by neither alone"
            elif answer.verdict == HOLDS:
                found[name] = "mended by the two together, and by neither alone"
            else:
                found[name] = f"{answer.verdict.lower()} with the two together"
        return found

    @property
    def best(self) -> list[Best]:
        """For each worst case whose value some set of repairs makes less: the best of all sets that were tried."""
        found = []
        for name, published in self.published.answers.items():
            if published.value is None:
                continue
            tried = {one.changes: one for one in (self.published, *self.alone, *self.pairs, *self.together)}
            known = [
                (one.changes, one.answers[name])
                for one in tried.values()
                if name in one.answers and one.answers[name].verdict in (HOLDS, VIOLATED)
            ]
            values = [(answer.value, changes, answer) for changes, answer in known if answer.value is not None]
            least = min((value for value, _, _ in values), default=published.value)
            if least < published.value:
                sets = [changes for value, changes, _ in values if value == least]
                minimal = [s for s in sets if not any(set(other) < set(s) for other in sets)]
                answer = next(answer for value, _, answer in values if value == least)
                found.append(Best(name, published, answer, tuple(sorted(minimal, key=len)), len(known)))
        return found

    def _word(self, name: str) -> str:
        return self.published.answers[name].verdict if name in self.published.answers else ""

    def _turned(self, combined: Combined, before: str | None, after: str) -> list[str]:
        return [
            name
            for name, answer in combined.answers.items()
            if answer.verdict == after and before in (None, self._word(name))
        ]


def repairs_of(design: Design) -> tuple[Change, ...]:
    """The repairs that a design has parameters for: each value of one that is not the default."""
    return tuple(itertools.chain.from_iterable(_others(p) for p in _with_role(design, ParameterRole.REPAIR)))


def _with_role(design: Design, role: ParameterRole) -> list[Parameter]:
    return [parameter for parameter in design.parameters if parameter.role is role]


def _others(parameter: Parameter) -> list[Change]:
    values = (False, True) if parameter.type is bool else parameter.choices
    return [Change(parameter.name, value) for value in values if value != parameter.default]


def repair_table(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    progress: Callable[[int, int], None] | None = None,
    listener: Listener | None = None,
    cluster: Cluster | None = None,
) -> RepairTable:
    """Decide the properties of a design, all or those named, with every set of repairs that is tried.

    Each property with the parameters that it is stated for, and the set on top of them; it is left out of a set that has another
    value for one of them. `limits` are those of each set and each of these parameters, composing and searching; `listener` is
    told of each search, and `progress` of the sets that are done and how many there are. `cluster`: whose workers decide the
    sets, one of which costs its set only; one that fails each time is FAILED. Raises the errors of `check_design` and of
    `Cluster.run`.
    """
    asked = dict(settings or {})
    with limits.started().during(f"{design.name} was composed"):
        found, _ = grouped(design, asked, names)
    groups = [(given, statements) for given, statements in found.items() if statements]
    repairs = [change for change in repairs_of(design) if change.name not in asked]
    alone = [(change,) for change in repairs]
    pairs = [pair for pair in itertools.combinations(repairs, 2) if pair[0].name != pair[1].name]
    together = list(_together(repairs))
    slips = [_others(p)[0] for p in _with_role(design, ParameterRole.SLIP) if p.name not in asked and _others(p)]
    slipping = [(*every, slip) for every in together for slip in slips]
    sets: list[Changes] = [(), *alone, *pairs, *together, *slipping]
    known: dict[Changes, Combined] = {}
    todo = list(dict.fromkeys(sets))
    deciding = _Deciding(design.name, asked, tuple([names] if isinstance(names, str) else names), engine, limits)
    elsewhere = iter(()) if cluster is None else deciding.elsewhere(cluster, design, todo)
    for number, (changes, answers) in enumerate(elsewhere):
        if progress is not None:
            progress(number, len(todo))
        if answers is not None or changes:  # what is published is decided here then, or raises why it cannot be
            names_of = [s.name for _, statements in groups for s in _meant(statements, changes)]
            failed = dict.fromkeys(names_of, Answer(FAILED))
            known[changes] = Combined(changes, failed if answers is None else answers)
    for number, changes in enumerate(todo):
        if changes not in known:
            if progress is not None:
                progress(number, len(todo))
            known[changes] = Combined(changes, deciding.here(design, groups, changes, listener))

    def of(wanted: Sequence[Changes]) -> tuple[Combined, ...]:
        return tuple(known[changes] for changes in wanted)

    return RepairTable(design, known[()], of(alone), of(pairs), of(together), of(slipping))


def _together(repairs: Sequence[Change]) -> Iterator[Changes]:
    """All repairs together: a set for each way in which those with several values can be made, at most `ALTERNATIVES`."""
    by_name: dict[str, list[Change]] = {}
    for change in repairs:
        by_name.setdefault(change.name, []).append(change)
    if repairs:
        yield from itertools.islice(itertools.product(*by_name.values()), ALTERNATIVES)


@dataclass(frozen=True)
class _Deciding:
    """How sets are decided, here or by a worker."""

    design: str
    asked: Mapping[str, Any]
    names: tuple[str, ...]
    engine: str
    limits: Limits

    def here(
        self, design: Design, groups: Sequence[Group], changes: Changes, listener: Listener | None = None
    ) -> dict[str, Answer]:
        """The answers with a set."""
        found: dict[str, Answer] = {}
        for given, statements in groups:
            begun = self.limits.begun()

            def decide(system: System, stated: Sequence[Property], begun: Limits = begun) -> list[Verdict]:
                return check(system, stated, engine=self.engine, limits=begun, listener=listener)

            found.update(_decided(design, self.asked, given, statements, changes, decide, begun))
        return found

    def elsewhere(
        self, cluster: Cluster, design: Design, todo: Sequence[Changes]
    ) -> Iterator[tuple[Changes, dict[str, Answer] | None]]:
        """The answers with some sets, in any order; None of one that failed each time."""
        version = Version.of(design)
        sent = replace(self, limits=Limits(self.limits.states, self.limits.seconds))
        jobs = (
            Job(THERE, (sent, changes), version, self._told(changes), self.limits.memory, self.limits.threads)
            for changes in todo
        )
        for job, outcome in cluster.run(jobs, Deadline()):
            yield job.data[1], None if outcome.error else outcome.value

    def _told(self, changes: Changes) -> str:
        return f"{self.design} with {', '.join(map(str, changes)) or 'no repair'}"


Group = tuple[Given, Sequence[Statement]]
THERE = "drcheck.verdicts.repair_sets:decided_there"


def decided_there(data: tuple[_Deciding, Changes], means: Means) -> dict[str, Answer]:
    """The answers with a set, on a worker."""
    sent, changes = data
    design = load(sent.design)
    own = replace(sent, limits=replace(sent.limits, memory=means.memory, threads=means.threads))
    groups = [
        (given, statements) for given, statements in grouped(design, own.asked, own.names)[0].items() if statements
    ]
    return own.here(design, groups, changes)


def _meant(statements: Sequence[Statement], changes: Changes) -> list[Statement]:
    """The statements that are asked with a set: those that are stated for no other value of one of the changes."""
    changed = {change.name: change.value for change in changes}
    return [s for s in statements if all(changed.get(k, v) == v for k, v in s.given.items())]


def _decided(
    design: Design,
    asked: Mapping[str, Any],
    given: Given,
    statements: Sequence[Statement],
    changes: Changes,
    decide: Callable[[System, Sequence[Property]], list[Verdict]],
    limits: Limits,
) -> dict[str, Answer]:
    """The answers of the properties that are stated for the same parameters. Without changes nothing is impossible: it raises."""
    changed = {change.name: change.value for change in changes}
    meant = _meant(statements, changes)
    try:
        with (limits.deadline or Deadline()).during(f"{design.name} was composed"):
            system = design.build({**asked, **dict(given), **changed})
    except DrcheckError as error:
        if not changes:
            raise
        return {s.name: Answer(INCONCLUSIVE if isinstance(error, EngineError) else IMPOSSIBLE) for s in meant}
    stated: list[Property] = []
    answers: dict[str, Answer] = {}
    for statement in meant:
        try:
            stated.append(statement.on_any(system))
        except DrcheckError:
            if not changes:
                raise
            answers[statement.name] = Answer(IMPOSSIBLE)
    return answers | (_answers(system, stated, decide, may_be_impossible=bool(changes)) if stated else {})


def _answers(
    system: System,
    stated: Sequence[Property],
    decide: Callable[[System, Sequence[Property]], list[Verdict]],
    *,
    may_be_impossible: bool,
) -> dict[str, Answer]:
    """What is decided of some properties; one that cannot be asked of the system takes no other along."""
    try:
        verdicts = decide(system, stated)
    except DrcheckError as error:
        if not may_be_impossible:
            raise
        if isinstance(error, EngineError):  # a limit that leaves nothing to report
            return {item.name: Answer(INCONCLUSIVE) for item in stated}
        if len(stated) == 1:
            return {stated[0].name: Answer(IMPOSSIBLE)}
        alone = (_answers(system, [item], decide, may_be_impossible=True) for item in stated)
        return {name: answer for found in alone for name, answer in found.items()}
    if verdicts[0].run.interrupted:
        raise KeyboardInterrupt
    return {verdict.property.name: answer_of(verdict, verdicts[0]) for verdict in verdicts[1:]}


def answer_of(verdict: Verdict, domains: Verdict) -> Answer:
    """What became of a property, of whose search the verdict on the domains is given: where one is left, nothing holds."""
    word = verdict_word(verdict)
    if word == HOLDS and domains.conclusion.value == VIOLATED:
        word = INCONCLUSIVE
    known = isinstance(verdict.property, WorstCase) and not verdict.at_least
    return Answer(word, verdict.value if known else None, value_text(verdict))


__all__ = ["Answer", "Best", "Change", "Combined", "RepairTable", "answer_of", "repair_table", "repairs_of"]
