"""From a system, or a design, and properties to verdicts: the entry points.

The properties of one set of parameters become one query (`plan`), an engine answers it, and each property is decided on what
was found (`judge`, `deciding`); the result is a `verdict`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.designs.preparing import Errors, Variant, variants_of
from drcheck.designs.selection import grouped, refuse_other, select
from drcheck.designs.stating import properties_of
from drcheck.engines.folders import OF_FILES, check_folders
from drcheck.engines.protocol import Limits, Listener
from drcheck.errors import DrcheckError, EngineError
from drcheck.kernels.budget import check_limit, memory_limit
from drcheck.kernels.deadline import Deadline
from drcheck.kernels.region import return_freed
from drcheck.language.handed_over import refuse_changed
from drcheck.logic.kinds import Property
from drcheck.logic.observing import Group, by_observers
from drcheck.logic.properties import Statement
from drcheck.reductions.reduce import checked
from drcheck.system.system import System
from drcheck.verdicts.causes import explained
from drcheck.verdicts.every_value import for_every_value
from drcheck.verdicts.phases import Phases
from drcheck.verdicts.plan import Planner, refuse_lost, refuse_unreducible
from drcheck.verdicts.searching import Judges, Options, judged
from drcheck.verdicts.sliced import (
    SEARCH,
    checked_way,
    refuse_sliced,
)
from drcheck.verdicts.verdict import Conclusion, DesignReport, Run, Verdict
from drcheck.verdicts.wording import INTERRUPTED


def check(
    system: System,
    properties: Sequence[Property | Statement] | Property | Statement | None = None,
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Listener | None = None,
    given: Mapping[str, Any] | None = None,
    reductions: frozenset[str] = frozenset(),
    coverage: bool = False,
    by: str = SEARCH,
) -> list[Verdict]:
    """Decide one or several properties (or statements) in one search; without `properties`, those of the system.

    Those that speak of events or of bounds in time are decided by searches of their own, with observers (see `logic.observing`).

    The first verdict is always on `values_stay_in_their_domains`. `reductions`: names of `reductions.form.REDUCTIONS`;
    the verdicts are the same, the numbers of states smaller. `coverage`: whether the same search measures the coverage of
    guards (`Run.guards`). Raises PropertyError, ModelError, DesignError (DR203) or EngineError (DR504 and DR505 for
    reductions that do not apply, DR518 and DR519 for what slices cannot do). The limit of seconds covers the call: reducing,
    searching, the verdicts and their traces. EngineError DR510 if it passes before there is anything to report. Ctrl-C ends the
    search, not the call: what was seen by then is judged, and `Run.interrupted` is true. A second one, during judging, raises
    KeyboardInterrupt.

    `by`: "search"; "slices": what slices can decide is decided by them, and the rest by a search of the system itself (see
    `sliced`); "auto": a search of a million states, then slices and searches in turn, each with three times as many states as
    before: in all at most a million plus four times the states of the smaller of both ways.
    """
    refuse_other(system, System)
    check_limit(limits.memory)
    if checked_way(by) != SEARCH:
        refuse_sliced(engine, limits, frozenset(reductions), coverage=coverage)
    limits = limits.begun()
    refuse_changed(each for each in system.lists_given if properties is None or each.name != "properties")
    wanted = properties_of(system, system.properties if properties is None else properties)
    groups = by_observers(system, wanted) or [Group(system, (), ())]
    verdicts: dict[int, Verdict] = {}
    domains: list[Verdict] = []
    for group in groups:
        stopped = bool(domains) and domains[-1].run.interrupted
        now = replace(limits, states=0) if stopped else limits
        options = Options(engine, now, listener, given, frozenset(reductions), coverage, SEARCH if stopped else by)
        judge: Judges = judged(group.system, group.properties, options)
        if stopped:
            judge = judge.interrupted()
        own, *others = judge.verdicts()
        domains.append(own)
        verdicts.update(zip(group.positions, others, strict=True))
    first = domains[0]
    if domains[-1].run.interrupted and not first.run.interrupted:  # the first verdict tells it of the call
        first = replace(first, run=replace(first.run, interrupted=True))
    return [first, *(verdicts[number] for number in range(len(wanted)))]


@dataclass
class Prepared:
    """A design ready to be searched: all variants composed, all properties well formed.

    `order`: the names of its properties as they are reported; `skipped`: those that are not decided, with the reason.
    `spent`: the seconds of its limit that this took.
    """

    variants: list[Variant]
    order: list[str]
    skipped: list[tuple[Statement, str]]
    spent: float = 0.0


def prepare(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    *,
    engine: str = "auto",
    reductions: frozenset[str] = frozenset(),
    further: Sequence[Statement] = (),
) -> Prepared:
    """What `check_design` does before its first search. Raises all errors of all variants, together if there are several."""
    asked, known = dict(settings or {}), checked(frozenset(reductions))
    if known:
        refuse_unreducible(engine)

    def valid(system: System, item: Property) -> None:
        Planner(system).plans([item])
        refuse_lost(known, item)

    groups, skipped = grouped(design, asked, names, further)
    variants, left_out = variants_of(design, asked, groups, valid)
    order = [statement.name for statement in select(design, names, asked, further)]
    return Prepared(variants, order, [*skipped, *left_out])


def prepare_all(
    designs: Sequence[tuple[Design, Mapping[str, Any]]], limits: Limits = Limits(), spent: Sequence[float] = ()
) -> list[Prepared]:
    """Several designs with their settings prepared, before any of them is searched. Raises all errors together.

    The limit of seconds is for each design, of which some may be `spent` already. EngineError DR510 for one that takes longer.
    """
    ready, errors = [], Errors(f"{len(designs)} designs")
    for number, (design, settings) in enumerate(designs):
        deadline = limits.started(spent[number] if spent else 0.0)
        try:
            with deadline.during(f"{design.name} was composed"):
                made = prepare(design, settings)
            ready.append(replace(made, spent=deadline.spent))
        except DrcheckError as error:
            errors.add(error)
    errors.raise_any()
    return ready


def _label(number: int, of: int, variant: Variant) -> str:
    """Which search is made, and for what: `search 4 of 15: 2 properties, patience=6h`; "" for the only one of the defaults."""
    settings = settings_text(variant.given, variant.system.parameter_roles)
    if of == 1:
        return settings
    count = len(variant.properties)
    asked = f"{count} {'property' if count == 1 else 'properties'}"
    return f"search {number} of {of}: {', '.join([asked, *([settings] if settings else [])])}"


def check_design(
    design: Design,
    settings: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
    *,
    engine: str = "auto",
    limits: Limits = Limits(),
    listener: Callable[[str], Listener | None] | None = None,
    reductions: frozenset[str] = frozenset(),
    keep_states: bool = True,
    last_look: Callable[[Run], None] | None = None,
    coverage: bool = False,
    prepared: Prepared | None = None,
    further: Sequence[Statement] = (),
    causes: bool = True,
    by: str = SEARCH,
) -> DesignReport:
    """Decide the properties of a design, one search for each set of parameters that they are stated for.

    Those that are named; all, where none is. `further` properties are decided beside those that are named, and alone where
    none is.

    All variants are composed, and held against their properties, before the first search: see `prepare`, which may have
    been called before (`prepared`, with the same settings, names, reductions and further properties).

    A property stated for a parameter value that contradicts `settings` is left out and listed as skipped. `reductions` and
    `coverage` apply to each search, as in `check`. `listener`, called with the parameters of each search as text, gives a
    progress listener. Without `keep_states`, each search's states are released before the next search, so that they do not
    count against its limit of memory; `last_look` is called with each run before that.

    `by`: as in `check`; further searches that causes need are searches in any case.

    With `causes`, further searches decide whether violations are explained by the causes of their findings (see `causes`).

    The limit of seconds covers the call, all searches and everything before and after them; searches for which no time is
    left are not made. EngineError DR510 if it passes before there is anything to report. Ctrl-C ends the run, not the call,
    once something was decided: see `check` and `DesignReport.interrupted`.
    """
    refuse_other(design, Design)
    check_limit(limits.memory)
    if checked_way(by) != SEARCH:
        refuse_sliced(engine, limits, frozenset(reductions), coverage=coverage)
    limits = limits.begun(0.0 if prepared is None else prepared.spent)
    deadline = limits.deadline or Deadline()
    asked = dict(settings or {})
    check_folders(limits)
    phases = Phases()
    with phases.measured("composing"), deadline.during(f"{design.name} was composed"):
        ready = (
            prepare(design, asked, names, engine=engine, reductions=reductions, further=further)
            if prepared is None
            else prepared
        )
    skipped, waiting = list(ready.skipped), list(reversed(ready.variants))
    ready.variants.clear()  # so that each can be let go
    number_of_searches = len(waiting)
    stated_as = {statement.name: statement for variant in waiting for statement in variant.statements}
    decided: dict[str, Verdict] = {}
    order: list[Verdict] = []
    runs: list[Run] = []
    interrupted = limited = short = False
    while waiting:
        variant = waiting.pop()
        limited = limited or (bool(runs) and deadline.passed)
        if interrupted or limited:
            why = INTERRUPTED if interrupted else f"{deadline.reason} passed before its search"
            skipped += [(statement, why) for statement in variant.statements]
            continue
        label = _label(number_of_searches - len(waiting), number_of_searches, variant)
        told = listener(label) if listener else None
        options = Options(engine, limits, told, variant.given, frozenset(reductions), coverage, by, phases)
        try:
            try:
                judge = judged(variant.system, variant.properties, options)
            except EngineError as error:
                if not runs or error.code not in OF_FILES:
                    raise
                # What was decided before is reported: this search alone is the one that is not made.
                none = replace(
                    options, engine="python", limits=Limits(states=0, deadline=deadline), listener=None, by=SEARCH
                )
                judge = judged(variant.system, variant.properties, none)
                judge = judge.stopped(f"its files: {error.message}", deadline.with_grace())
        except KeyboardInterrupt:  # before or after the search proper, which ends without one
            if not runs:
                raise
            interrupted = True
            skipped += [(statement, INTERRUPTED) for statement in variant.statements]
            continue
        except EngineError as error:
            if error.code not in ("DR510", "DR515") or not runs:
                raise
            if error.code == "DR515":
                short = True  # what was found before, and is kept, takes it
                why = f"{memory_limit(limits.memory or 0)} was reached before its search"
                skipped += [(statement, why) for statement in variant.statements]
                continue
            limited = True
            skipped += [(statement, f"{deadline.reason} passed before its search") for statement in variant.statements]
            continue
        verdicts = judge.verdicts()
        del judge
        if not keep_states:
            verdicts = _released(verdicts, last_look)
            return_freed()
        phases, own = Phases(), verdicts[0].run
        interrupted = own.interrupted
        searched = any(run.given == own.given for run in runs)
        runs += {id(verdict.run): verdict.run for verdict in verdicts}.values()  # slices, and a search, have one each
        if own.needed and (not order or (verdicts[0].conclusion is not Conclusion.HOLDS and not searched)):
            order.append(verdicts[0])
        decided.update({v.property.name: v for v in verdicts[1:]})
    order += [decided[name] for name in ready.order if name in decided]
    if by != SEARCH and not (interrupted or limited or short):
        order, interrupted = for_every_value(design, asked, order, stated_as, engine=engine, limits=limits)
    if causes and not (interrupted or limited or short):

        def search(system: System, items: Sequence[Property], given: Mapping[str, Any]) -> list[Verdict]:
            heard = listener(f"{settings_text(given, design.roles)} without causes".strip()) if listener else None
            within = replace(limits, first=False)
            return check(
                system,
                items,
                engine=engine,
                limits=within,
                listener=heard,
                given=given,
                reductions=frozenset(reductions),
            )[1:]

        try:
            order = explained(order, search)
        except KeyboardInterrupt:
            interrupted = True
    whole, stated = not (names or further or skipped or interrupted), len(ready.order)
    return DesignReport(
        design,
        asked,
        engine,
        tuple(order),
        tuple(runs),
        tuple(skipped),
        interrupted,
        whole,
        stated,
        limited or short,
        deadline.with_grace(),
    )


def _released(verdicts: Sequence[Verdict], last_look: Callable[[Run], None] | None) -> list[Verdict]:
    """Verdicts whose runs hold no states any longer."""
    if last_look is not None:
        for run in {id(v.run): v.run for v in verdicts}.values():
            last_look(run)
    runs = {id(v.run): replace(v.run, exploration=v.run.exploration.without_states()) for v in verdicts}
    return [replace(verdict, run=runs[id(verdict.run)]) for verdict in verdicts]
