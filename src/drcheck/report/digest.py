"""From one design to what the review says about it: decide all its properties, and digest the verdicts into plain data."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from drcheck.designs.design import Design
from drcheck.designs.objectives import under_disruptions
from drcheck.designs.parameter import by_role, settings_words, show
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DesignError
from drcheck.logic.kinds import DOMAINS, Property
from drcheck.render.document import MachineDiagram
from drcheck.render.machine import machine_diagram
from drcheck.render.structure import architecture
from drcheck.report.anchors import anchor
from drcheck.report.content import (
    AssumptionRow,
    Coverage,
    DesignView,
    FaultRow,
    IdleEvent,
    MachineView,
    ParameterRow,
    PropertyRow,
    RemarkRow,
    SearchRow,
    SilencedRow,
    SkippedRow,
    UnenteredState,
)
from drcheck.report.told import told_view
from drcheck.system.composition import FAULTS
from drcheck.system.system import System, composed
from drcheck.verdicts.check import Prepared, check_design
from drcheck.verdicts.claims import Decision, decisions_of
from drcheck.verdicts.sliced import SEARCH
from drcheck.verdicts.verdict import DesignReport, Run, Verdict
from drcheck.verdicts.wording import fires, run_label, some, value_text, verdict_word

ListenerFor = Callable[[str], Listener | None]
"""Asked, with a search's purpose as text, for something that listens to its progress."""


@dataclass(frozen=True)
class Checked:
    """A design's part of the review, and for checking repairs: the findings' searches by property name."""

    design: Design
    settings: Mapping[str, Any]
    view: DesignView
    properties: Mapping[str, Property]
    together: tuple[tuple[Mapping[str, Any], tuple[str, ...]], ...]
    """For each search: the parameters that differ from the review's, and the properties that it decided."""
    verdicts: Mapping[str, Verdict]
    """By property, without the states that they rest on."""
    decided: tuple[tuple[str, Decision], ...] = ()
    """What its properties say of claims, each with the key of the claim."""


def settings_of_each(designs: Sequence[Design], settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The settings of each design: of those given, the ones that it has a parameter for.

    A value that is a string is read as the command line reads it. Raises DesignError DR204 for a parameter that none of
    the designs has, DR205 or DR206 for a value that cannot be.
    """
    known = list(dict.fromkeys(p.name for design in designs for p in design.parameters))
    for name in settings:
        if name not in known:
            which = designs[0].name if len(designs) == 1 else "none of the designs"
            said = (
                f"design {which} has no parameter {name!r}"
                if len(designs) == 1
                else f"{which} has a parameter {name!r}"
            )
            raise DesignError("DR204", said, available=known, asked=name)
    return [
        design.taken({p.name: settings[p.name] for p in design.parameters if p.name in settings}) for design in designs
    ]


Entered = dict[int, dict[str, frozenset[str]]]
"""By the identity of a search's system, the control states of components that are entered."""


def command(action: str, design: Design | str, settings: Mapping[str, Any], *words: str) -> str:
    """A drcheck command for a shell."""
    target = design if isinstance(design, str) else design.name
    return shlex.join(["drcheck", action, target, *settings_words(settings), *words])


def every_step(words: str) -> str:
    """The command of a trace with every step of it, from the command that decides what it shows; "" from ""."""
    return f"{words} --trace" if words else ""


def check_and_digest(
    key: str,
    design: Design,
    settings: Mapping[str, Any],
    prepared: Prepared | None = None,
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: ListenerFor | None = None,
    by: str = SEARCH,
) -> Checked:
    """Decide all properties of a design and digest the verdicts. `key` is its address, with which those of its parts begin."""

    def listen(label: str) -> Listener | None:
        assert listener is not None
        return listener(f"{design.name} ({label})" if label else design.name)

    entered: Entered = {}

    def note(run: Run) -> None:
        first = next(iter(entered.values()), None)
        entered[id(run.system)] = _entered(run, first)

    report = check_design(
        design,
        settings,
        engine=engine,
        limits=limits,
        listener=listen if listener else None,
        keep_states=False,
        last_look=note,
        prepared=prepared,
        by=by,
    )
    if report.interrupted:  # half a review would read, and be signed, as a whole one
        raise KeyboardInterrupt
    runs = list(report.runs)
    rows = tuple(_row(key, design, settings, verdict, runs) for verdict in report.verdicts)
    system = composed(report.main.system)
    view = DesignView(
        id=key,
        name=design.name,
        title=design.title,
        doc=design.doc or system.doc,
        tick="" if system.tick is None else str(system.tick),
        parameters=tuple(
            ParameterRow(
                p.name,
                show(v := settings.get(p.name, p.default)),
                show(p.default),
                p.doc,
                v != p.default,
                "" if role is None else role.value,
                "" if role is None else role.heading,
                p.argument,
            )
            for role, names in by_role([p.name for p in design.parameters], design.roles)
            for p in map(design.parameter, names)
        ),
        assumptions=_assumptions(rows),
        faults=_faults(system),
        rows=rows,
        coverage=_coverage(report, rows, entered),
        searches=tuple(search_row(run, run_label(run, "the review's parameters")) for run in runs),
        architecture=architecture(system, under_disruptions(design, settings)),
        machines=_machines(key, system),
        command=command("check", design, settings),
        remarks=tuple(
            RemarkRow(r.code, r.subject, r.message, "" if r.place is None else str(r.place), r.remedy)
            for r in report.remarks_with(None)
        ),
        silenced=_silenced(report),
        states_properties=report.stated != 0,
    )
    together = tuple(
        (
            dict(run.given),
            tuple(v.property.name for v in report.verdicts if v.run is run and v.property.name != DOMAINS),
        )
        for run in runs
    )
    properties = {v.property.name: v.property for v in report.verdicts}
    light = {id(run): replace(run, exploration=run.exploration.without_states()) for run in runs}
    verdicts = {v.property.name: replace(v, run=light[id(v.run)]) for v in report.verdicts}
    decided = tuple(decisions_of(report))
    return Checked(design, dict(settings), view, properties, together, verdicts, decided)


# -- properties ----------------------------------------------------------------------------------------------------


def _row(prefix: str, design: Design, settings: Mapping[str, Any], verdict: Verdict, runs: list[Run]) -> PropertyRow:
    item, run = verdict.property, verdict.run
    number = next(n for n, other in enumerate(runs) if other is run)
    own = item.name != DOMAINS
    words = command("check", design, {**settings, **run.given}, *([item.name] if own else []))
    return PropertyRow(
        id=anchor(prefix, item.name),
        design=prefix,
        name=item.name,
        family=item.family,
        statement=item.statement,
        formula=item.formula() if item.has_formula else "",
        claims=item.claims,
        source=item.source,
        place=str(item.place) if own and item.place is not None else "",
        verdict=verdict_word(verdict),
        reason=verdict.reason,
        value=value_text(verdict),
        measure="" if item.measure is None else str(item.measure),
        states=run.exploration.states,
        complete=run.exploration.complete or not item.needs_search,
        vacuous=verdict.vacuous or "",
        assumptions=item.assumptions,
        fairness=tuple(str(f) for f in item.fairness),
        given=tuple(
            ("" if role is None else role.heading, tuple((name, show(run.given[name])) for name in names))
            for role, names in by_role(run.given, design.roles)
        ),
        expected=verdict.is_expected,
        run=number,
        trace=None if verdict.trace is None else told_view(verdict.trace, item, value_text(verdict), every_step(words)),
        command=words,
        searched=item.needs_search,
        witness=item.witness,
        by_slices=run.proof is not None,
    )


# -- what the verdicts rest on ---------------------------------------------------------------------------------------
def _assumptions(rows: Sequence[PropertyRow]) -> tuple[AssumptionRow, ...]:
    """Each stated assumption and each fairness assumption once, with the properties that it is made for."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for text in (*row.assumptions, *(f"{f[0].upper()}{f[1:]} events" for f in row.fairness)):
            found.setdefault(text, []).append(row.name)
    return tuple(AssumptionRow(text, tuple(names)) for text, names in found.items())


def _faults(system: System) -> tuple[FaultRow, ...]:
    """What the environment can do: each kind of fault with its budget, then the events without one."""
    budgets: dict[str, int] = {}
    for component in system.components:
        if component.name == FAULTS:
            budgets = {variable.name: int(variable.start) for variable in component.variables}
    kinds: dict[str, tuple[str, list[str]]] = {}
    for event in system.events:
        if event.fault is None and event.kind != "environment":
            continue
        if event.fault is None:
            kinds.setdefault("", ("any number of times", []))[1].append(event.name)
            continue
        counters = {
            f"{p.trigger.removeprefix('inject_')}_left" for p in event.participants if p.component.name == FAULTS
        }
        budget = next((f"at most {left}" for name, left in budgets.items() if name in counters), "any number of times")
        kinds.setdefault(event.fault, (budget, []))[1].append(event.name)
    return tuple(
        FaultRow(kind or "other events of the environment", budget, tuple(events))
        for kind, (budget, events) in kinds.items()
    )


def search_row(run: Run, purpose: str) -> SearchRow:
    """One search in numbers."""
    found = run.exploration
    return SearchRow(
        purpose,
        found.engine,
        found.states,
        found.transitions,
        found.depth,
        run.system.bits,
        found.seconds,
        found.complete,
        found.stopped or "",
        found.deadlocks,
        run.needed,
        run.system.initials,
    )


def _coverage(report: DesignReport, rows: Sequence[PropertyRow], entered: Entered) -> Coverage:
    run = report.main
    idle = []
    for name in run.idle_events:
        elsewhere = some(run_label(other) for other in report.runs[1:] if fires(other, name))
        event = run.system.event(name)
        idle.append(IdleEvent(name, event.kind, event.doc, elsewhere))
    rows_seen = report.idle_rows
    return Coverage(
        known=run.enumerated,
        by_slices=any(other.proof is not None for other in report.runs),
        events=len(run.system.events),
        idle=tuple(idle),
        unentered=_unentered(report, entered) if run.enumerated and not run.reductions else (),
        vacuous=tuple((row.name, row.vacuous) for row in rows if row.vacuous),
        skipped=tuple(
            SkippedRow(statement.name, why, tuple(statement.details.get("claims", ())))
            for statement, why in report.skipped
        ),
        rows=None if rows_seen is None else tuple(str(seen.row) for seen in rows_seen if not seen.constant),
        constant_rows=tuple(str(seen.row) for seen in rows_seen or () if seen.constant),
    )


def _silenced(report: DesignReport) -> tuple[SilencedRow, ...]:
    """The remarks that the design silences, in any of its searches."""
    found = {(s.code, s.subject): s.reason for run in report.runs for s in run.system.silenced}
    return tuple(SilencedRow(code, subject, reason) for (code, subject), reason in sorted(found.items()))


def _unentered(report: DesignReport, entered: Entered) -> tuple[UnenteredState, ...]:
    """Control states that no reachable state of the main search is in, and the other searches in which one is."""
    missing = []
    for component in report.main.system.components:
        seen = entered[id(report.main.system)].get(component.name, frozenset())
        for state in component.states:
            if state not in seen:
                others = [o for o in report.runs[1:] if state in entered[id(o.system)].get(component.name, frozenset())]
                missing.append(UnenteredState(f"{component.name}.{state}", some(run_label(o) for o in others)))
    return tuple(missing)


def _entered(run: Run, first: Mapping[str, frozenset[str]] | None) -> dict[str, frozenset[str]]:
    """For each component the control states that it is in somewhere in a search, if not all are in the `first`."""
    found = {}
    for component, cell in run.system.control_of.items():
        labels = run.system.cells[cell].domain.labels
        if first is not None and first.get(component, frozenset()).issuperset(labels):
            continue
        seen = np.bincount(run.exploration.column(cell), minlength=len(labels))
        found[component] = frozenset(label for label, number in zip(labels, seen, strict=True) if number)
    return found


def _machines(prefix: str, system: System) -> tuple[MachineView, ...]:
    return tuple(
        MachineView(
            anchor(prefix, "machine", component.name),
            system.site_of(component) or "",
            machine_diagram(component, system),
        )
        for component in system.components
        if component.name != FAULTS
    )


def machines_once(views: Sequence[DesignView]) -> Iterator[DesignView]:
    """The designs of a study, each machine of which an equal one was shown before with where that is."""
    known: dict[tuple[str, MachineDiagram], str] = {}
    for view in views:
        drawn: dict[MachineDiagram, str] = {}
        machines = []
        for machine in view.machines:
            anonymous = replace(machine.diagram, component="", doc="")
            same = known.get((machine.diagram.component, machine.diagram)) or drawn.get(anonymous, "")
            if not same:
                drawn[anonymous] = f"of {machine.diagram.component}"
            machines.append(replace(machine, same_as=same))
        found = replace(view, machines=tuple(machines))
        for machine in machines:
            known.setdefault((machine.diagram.component, machine.diagram), f"in {view.title}")
        yield found


__all__ = [
    "Checked",
    "ListenerFor",
    "check_and_digest",
    "command",
    "every_step",
    "machines_once",
    "search_row",
    "settings_of_each",
]
