"""The steps of procedures that a design's promises depend on: every mutant of every procedure, decided.

For each set of parameters for which properties are stated and under which the procedure is carried out at all, the
properties that hold on the unchanged system are decided again on each mutant. What holds no longer is *broken* by the
mutant; a worst case that has grown is reported with both values. What a mutant cannot touch is not searched again: facts of
structure, sets of parameters under which no step of the procedure ever happens, and witnesses (`reachable`), whose
absence is no harm. Searches run side by side in separate processes.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from typing import Any

import networkx as nx

from drcheck.designs.design import Design, load
from drcheck.designs.parameter import settings_text
from drcheck.designs.selection import Given, by_parameters, property_on
from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError, EngineError
from drcheck.kernels.budget import check_limit, resident
from drcheck.kernels.deadline import Deadline
from drcheck.kernels.interrupts import deferred
from drcheck.language.units import measured, unit_of
from drcheck.logic.kinds import DOMAINS, Property
from drcheck.logic.properties import Statement
from drcheck.system.system import System
from drcheck.verdicts.check import check
from drcheck.verdicts.mutants import KINDS, Mutation, Procedure, mutant, mutations, not_steps, procedures
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.workers.cluster import Cluster
from drcheck.workers.jobs import Job, Means, Version

WORKER = 128 << 20
"""Bytes of memory that a separate process needs to search at all; where a limit leaves less, fewer work."""
POLL = 0.02
"""Seconds between two looks whether a search is done."""
LARGEST = 1_000_000
"""Sets of parameters whose unchanged system has more states than this are left out, and listed."""


@dataclass(frozen=True)
class Effect:
    """What a mutant does to the properties: those broken, and those no longer decided."""

    broken: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepRow:
    """A step with the effect of each kind of mutation; a kind that makes no sense for it is absent."""

    name: str
    doc: str
    effects: Mapping[str, Effect]

    @property
    def idle(self) -> bool | None:
        """Whether nothing that was decided depends on the step: it can be left out without breaking a property.

        None if leaving it out was not tried, as it would change nothing: it neither waits nor has an effect.
        """
        effect = self.effects.get("leave out")
        return None if effect is None else not effect.broken


@dataclass(frozen=True)
class ProcedureTable:
    """The mutation table of one procedure. It has no rows if nothing was tried; `left_out` then says why.

    `not_steps`: the operator events of the design that are no step of a procedure, under no parameters for which properties are
    stated: nothing was changed about them.
    """

    design: str
    procedure: str
    rows: tuple[StepRow, ...]
    properties: tuple[str, ...]
    searches: int
    left_out: tuple[str, ...] = ()
    not_steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Task:
    """What one process does: all mutants of one step, for one set of parameters."""

    design: str
    settings: tuple[tuple[str, Any], ...]
    given: Given
    procedure: str
    step: str
    mutants: tuple[Mutation, ...]
    names: tuple[str, ...]
    before: Mapping[str, int | None]
    engine: str
    limits: Limits


@dataclass(frozen=True)
class _Step:
    """A step of a table: its event's name and meaning, the kinds of mutation that make sense, what may follow it."""

    name: str
    doc: str
    kinds: tuple[str, ...]
    following: tuple[str, ...]


@dataclass
class _Found:
    """Effects collected over all sets of parameters: by procedure, step and kind; broken, then undecided."""

    effects: dict[tuple[str, str, str], tuple[dict[str, None], dict[str, None]]] = field(default_factory=dict)

    def add(self, procedure: str, step: str, kind: str, effect: Effect) -> None:
        """Join an effect to what other sets of parameters have shown."""
        broken, undecided = self.effects.setdefault((procedure, step, kind), ({}, {}))
        broken.update(dict.fromkeys(effect.broken))
        undecided.update(dict.fromkeys(effect.undecided))

    def effects_of(self, procedure: str, step: _Step) -> dict[str, Effect]:
        """The effect of each kind of mutation that makes sense for a step."""
        result = {}
        for kind in step.kinds:
            broken, undecided = self.effects.get((procedure, step.name, kind), ({}, {}))
            # In the order of the names: the processes end in any order.
            result[kind] = Effect(tuple(sorted(broken)), tuple(sorted(u for u in undecided if u not in broken)))
        return result


def mutation_tables(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    *,
    engine: str = "auto",
    largest: int = LARGEST,
    workers: int | None = None,
    memory: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cluster: Cluster | None = None,
) -> list[ProcedureTable]:
    """The mutation table of each procedure of a design.

    `settings`: parameters that differ from the defaults. `workers`: how many searches run side by side; otherwise one
    for each processor. `memory`: bytes that all of them may use together. `progress` is told how many of how many
    searches are done. `cluster`: whose workers decide the mutants, a step at a time; what fails there each time is not decided.
    Raises DesignError DR129 if the design has no procedure under any parameters for which
    properties are stated, and KeyboardInterrupt after an interrupt: half a table would read as a whole one.
    """
    asked = dict(settings or {})
    if not procedures_of(design, asked):
        raise no_procedure([design])
    workers = max(1, workers or os.cpu_count() or 1)
    # Searches run side by side in one thread each; this process waits then, with what it has.
    check_limit(memory)
    share = memory
    if memory is not None:
        left = memory - (resident() or 0)
        workers = max(1, min(workers, left // WORKER))
        share = memory if workers == 1 else left // workers
    limits = Limits(20 * largest, memory=share, threads=1)
    groups = _groups(design, asked)
    tasks: list[_Task] = []
    steps: dict[str, dict[str, _Step]] = {}
    watched: dict[str, dict[str, None]] = {}
    left_out: dict[str, None] = {}
    others = {} if groups else dict.fromkeys(not_steps(design.build(asked)))
    changed: set[str] = set()
    untried: dict[str, dict[str, None]] = {name: {} for name in procedures_of(design, asked)}
    for key, statements in groups.items():
        system = design.build({**asked, **dict(key)})
        found = procedures(system)
        others.update(dict.fromkeys(not_steps(system)))
        changed.update(event.name for procedure in found for event in procedure.steps(system))
        wanted = [p for s in statements if (p := _decidable(s, system, asked)) is not None]
        label = settings_text(dict(key), design.roles) or "the defaults"

        def without(why: str, names: Sequence[Procedure] = found, label: str = label) -> None:
            for procedure in names:
                untried[procedure.component.name][f"{label}: {why}"] = None

        if not found or not wanted:
            without("no property that a mutant could break is stated")
            continue
        verdicts = _decided(system, wanted, engine, Limits(largest, memory=memory, threads=workers))
        exploration = verdicts[0].run.exploration
        if not exploration.complete:
            over = exploration.states > largest
            why = f"more than {largest:,} states" if over else f"the search stopped at {exploration.stopped}"
            left_out[f"{label}: {why}"] = None
            without(why)
            continue
        before = {v.property.name: v.value for v in verdicts[1:] if v.conclusion is Conclusion.HOLDS and not v.vacuous}
        for procedure in found:
            if not before:
                without("no property holds that a mutant could break", [procedure])
                continue
            if not any(exploration.fired[e] for e in procedure.events):
                without("it is never carried out", [procedure])
                continue
            name = procedure.component.name
            steps[name] = _joined(steps.get(name, {}), system, procedure)
            watched.setdefault(name, {}).update(dict.fromkeys(before))
            by_step: dict[int, list[Mutation]] = {}
            for item in mutations(system, procedure):
                by_step.setdefault(item.step, []).append(item)
            for number, items in by_step.items():
                step_name = procedure.steps(system)[number].name
                tasks.append(
                    _Task(
                        design.name,
                        tuple(asked.items()),
                        key,
                        name,
                        step_name,
                        tuple(items),
                        tuple(before),
                        before,
                        engine,
                        limits,
                    )
                )
    rest = tuple(name for name in others if name not in changed)
    collected = _run(tasks, workers, progress, None if cluster is None else partial(_elsewhere, cluster, design))
    return [
        ProcedureTable(
            design.name,
            name,
            tuple(StepRow(step.name, step.doc, collected.effects_of(name, step)) for step in _in_order(found)),
            tuple(watched[name]),
            sum(len(t.mutants) for t in tasks if t.procedure == name),
            tuple(left_out),
            rest,
        )
        for name, found in steps.items()
    ] + [
        ProcedureTable(design.name, name, (), (), 0, tuple(reasons) or ("the design states no property",), rest)
        for name, reasons in untried.items()
        if name not in steps
    ]


def procedures_of(design: Design, settings: Mapping[str, Any] | None = None) -> list[str]:
    """The names of a design's procedures: by the defaults, and by all parameters for which properties are stated."""
    asked = dict(settings or {})
    found: dict[str, None] = {}
    for key in {(): None, **_groups(design, asked)}:
        found.update(dict.fromkeys(p.component.name for p in procedures(design.build({**asked, **dict(key)}))))
    return list(found)


def no_procedure(designs: Sequence[Design]) -> DesignError:
    """The error where mutants are requested of designs that have no procedure."""
    names = ", ".join(design.name for design in designs)
    return DesignError(
        "DR129",
        f"{names} {'has' if len(designs) == 1 else 'have'} no procedure whose steps could be changed",
        place=designs[0].place if len(designs) == 1 else None,
        remedy="a procedure is a component with two or more states from each of which an operator event "
        "(kind='operator') of the state's own name leads on",
    )


def _joined(known: dict[str, _Step], system: System, procedure: Procedure) -> dict[str, _Step]:
    """The steps of a procedure under all sets of parameters so far, each with what may follow it."""
    found = dict(known)
    kinds: dict[int, set[str]] = {}
    for item in mutations(system, procedure):
        kinds.setdefault(item.step, set()).add(item.kind)
    events = procedure.steps(system)
    for number, event in enumerate(events):
        old = found.get(event.name, _Step(event.name, event.doc, (), ()))
        possible = {*kinds.get(number, ()), *old.kinds}
        following = {*old.following, *(e.name for e in events[number + 1 : number + 2])}
        found[event.name] = _Step(event.name, event.doc, tuple(k for k in KINDS if k in possible), tuple(following))
    return found


def _in_order(steps: Mapping[str, _Step]) -> list[_Step]:
    """The steps in the order of the sets of parameters; numbers decide between steps that never meet."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(steps)
    for step in steps.values():
        for following in step.following:
            # Where parameters turn the order of two steps round, the order met first stands.
            if not nx.has_path(graph, following, step.name):
                graph.add_edge(step.name, following)

    def natural(name: str) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]

    return [steps[name] for name in nx.lexicographical_topological_sort(graph, key=natural)]


def _groups(design: Design, asked: Mapping[str, Any]) -> dict[Given, list[Statement]]:
    """The statements by the parameters that they are given, without those that contradict what was asked."""
    return by_parameters(design, asked, design.statements(asked))[0]


def _decidable(statement: Statement, system: System, asked: Mapping[str, Any]) -> Property | None:
    """The property, if a mutant can break it: if it can be stated, and is neither a fact of structure nor a witness."""
    item = property_on(statement, system, asked)
    return item if isinstance(item, Property) and item.needs_search and not item.witness else None


def _decided(system: System, wanted: Sequence[Property], engine: str, limits: Limits) -> list[Verdict]:
    """The verdicts on a system. Raises KeyboardInterrupt where the search was interrupted."""
    verdicts = check(system, wanted, engine=engine, limits=limits)
    if verdicts[0].run.interrupted:
        raise KeyboardInterrupt
    return verdicts


def _run(
    tasks: Sequence[_Task],
    workers: int,
    progress: Callable[[int, int], None] | None,
    elsewhere: Callable[[Sequence[_Task]], Iterator[tuple[_Task, list[Effect]]]] | None,
) -> _Found:
    """Carry out the tasks, several at once, and collect what they find."""
    collected = _Found()
    done = 0

    def take(task: _Task, effects: list[Effect]) -> None:
        nonlocal done
        for item, effect in zip(task.mutants, effects, strict=True):
            collected.add(task.procedure, task.step, item.kind, effect)
        done += 1
        if progress:
            progress(done, len(tasks))

    if elsewhere is not None:
        for task, effects in elsewhere(tasks):
            take(task, effects)
        return collected
    count = min(workers, len(tasks))
    if count <= 1:
        for task in tasks:
            take(task, _effects(task))
        return collected
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(_effects, task): task for task in tasks}
        try:
            while running:
                # Not as_completed: an interrupt inside its `Condition.wait` can come out as another error.
                with deferred(patient=True):
                    done_now = [(running.pop(f), f.result()) for f in list(running) if f.done()]
                for task, effects in done_now:
                    take(task, effects)
                if not done_now:
                    time.sleep(POLL)  # where an interrupt is heard
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return collected


def _elsewhere(cluster: Cluster, design: Design, tasks: Sequence[_Task]) -> Iterator[tuple[_Task, list[Effect]]]:
    """What tasks find that the workers of a cluster carry out; of one that failed each time, that nothing is decided."""
    version, sent = Version.of(design), {}
    jobs = []
    for task in tasks:
        told = replace(task, limits=Limits(task.limits.states))
        label = f"{task.design} {task.procedure}.{task.step} {settings_text(dict(task.given), design.roles)}".rstrip()
        jobs.append(Job(THERE, told, version, label, task.limits.memory, task.limits.threads))
        sent[id(jobs[-1])] = task
    for job, outcome in cluster.run(jobs, Deadline()):
        task = sent[id(job)]
        undecided = Effect((), tuple(sorted(task.before)))
        yield task, [undecided] * len(task.mutants) if outcome.error else outcome.value


THERE = "drcheck.verdicts.mutation:effects_there"


def effects_there(task: _Task, means: Means) -> list[Effect]:
    """What a task finds, on a worker."""
    return _effects(replace(task, limits=replace(task.limits, memory=means.memory, threads=means.threads)))


def _effects(task: _Task) -> list[Effect]:
    """Decide all mutants of a task."""
    design = load(task.design)
    system = design.build({**dict(task.settings), **dict(task.given)})
    procedure = next((p for p in procedures(system) if p.component.name == task.procedure), None)
    if procedure is None:
        raise DesignError("DR203", f"design {task.design} has no procedure {task.procedure!r}")
    wanted = [s.on(system) for s in design.statements(dict(task.settings)) if s.name in task.names]
    result = []
    for item in task.mutants:
        changed = mutant(system, procedure, item)
        try:
            result.append(_effect(_decided(changed, wanted, task.engine, task.limits), task.before))
        except EngineError as error:
            if error.code != "DR515":
                raise
            result.append(Effect((), tuple(sorted(task.before))))  # the searches before it left no room
    return result


def _told(verdict: Verdict, value: int) -> str:
    """A worst case's value, with its unit."""
    measure, tick = verdict.property.measure, verdict.run.system.tick
    return str(value) if measure is None or not unit_of(measure) else measured(value, measure, tick)


def _effect(verdicts: Sequence[Verdict], before: Mapping[str, int | None]) -> Effect:
    broken, undecided = [], []
    for verdict in verdicts:
        name = verdict.property.name
        if name == DOMAINS:
            continue
        old = before[name]
        if verdict.conclusion is Conclusion.VIOLATED:
            broken.append(name)
        elif old is not None and verdict.value is not None and verdict.value > old:
            broken.append(f"{name}: {_told(verdict, old)} becomes {_told(verdict, verdict.value)}")
        elif verdict.conclusion is Conclusion.INCONCLUSIVE:
            undecided.append(name)
    return Effect(tuple(broken), tuple(undecided))


def as_data(tables: Sequence[ProcedureTable]) -> list[dict[str, Any]]:
    """The tables as plain data for JSON."""
    return [
        {
            "design": t.design,
            "procedure": t.procedure,
            "searches": t.searches,
            "properties": list(t.properties),
            "left_out": list(t.left_out),
            "not_steps": list(t.not_steps),
            "steps": [
                {
                    "step": r.name,
                    "doc": r.doc,
                    "nothing_depends_on_it": r.idle,
                    "mutants": {
                        kind: {"broken": list(e.broken), "undecided": list(e.undecided)}
                        for kind, e in r.effects.items()
                    },
                }
                for r in t.rows
            ],
        }
        for t in tables
    ]


def as_markdown(tables: Sequence[ProcedureTable]) -> str:
    """The tables as Markdown: one row a step, one column a kind of mutation, then the steps that nothing depends on."""
    lines: list[str] = []
    last = {table.design: table for table in tables}
    for table in tables:
        lines += [f"## {table.design}: {table.procedure}", ""]
        if not table.rows:
            lines += ["No step was changed, so what depends on them is not known."]
            lines += [f"Not decided on mutants: properties stated for {reason}." for reason in table.left_out]
            lines += [*(_unchanged(table) if last[table.design] is table else ()), ""]
            continue
        lines += [f"{len(table.rows)} steps, {len(table.properties)} properties, {table.searches} mutants decided.", ""]
        lines += ["| step | " + " | ".join(KINDS) + " |", "| --- |" + " --- |" * len(KINDS)]
        for number, row in enumerate(table.rows, 1):
            cells = [_cell(row.effects.get(kind)) for kind in KINDS]
            lines.append(f"| {number}. `{row.name}`: {row.doc} | " + " | ".join(cells) + " |")
        idle = [f"`{r.name}`" for r in table.rows if r.idle]
        untried = [f"`{r.name}`" for r in table.rows if r.idle is None]
        lines += [
            "",
            "No property that was decided breaks when one of these is left out: " + (", ".join(idle) or "none") + ".",
        ]
        if untried:
            lines.append(f"Without a wait and an effect of their own, and so not left out: {', '.join(untried)}.")
        for reason in table.left_out:
            lines.append(f"Not decided on mutants: properties stated for {reason}.")
        lines += [*(_unchanged(table) if last[table.design] is table else ()), ""]
    return "\n".join(lines)


def _unchanged(table: ProcedureTable) -> list[str]:
    """What is said of the operator events that no mutant changes, once for each design."""
    names = ", ".join(f"`{name}`" for name in table.not_steps)
    return [f"Operator events that are no step of a procedure, and so were not changed: {names}."] if names else []


def _cell(effect: Effect | None) -> str:
    if effect is None:
        return "does not apply"
    parts = [f"breaks {', '.join(f'`{b}`' for b in effect.broken)}"] if effect.broken else []
    if effect.undecided:
        parts.append(f"not decided: {len(effect.undecided)}")
    return "; ".join(parts) or "nothing breaks"
