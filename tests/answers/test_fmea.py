"""What single faults do: held against graphs that live machines make, one step after the other, and what is told of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import pytest
from hypothesis import assume, given, seed, settings

from drcheck import (
    Component,
    Counter,
    ParameterRole,
    Property,
    System,
    compose,
    deadlock_free,
    design,
    leads_to,
    never,
    on,
    worst_case,
)
from drcheck.answers.combinations import with_uses
from drcheck.answers.effects import Cost, Fmea, Row
from drcheck.answers.fmea import fmea
from drcheck.answers.points import Known
from drcheck.answers.recovery import Way, recovery
from drcheck.answers.single_faults import Single, can_be_left_out
from drcheck.cli.data import parameters_data
from drcheck.cli.main import run
from drcheck.designs.design import Design, load
from drcheck.engines.protocol import Limits
from drcheck.errors import EngineError
from drcheck.report.effects import breaks, effects_data, effects_page, noticed, ways_back
from drcheck.system.composition import budgets
from drcheck.system.lowering import lower
from drcheck.system.oracle import Oracle
from drcheck.system.system import State
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from tests.support.generated import SEED, some
from tests.support.generators import Built, Case, budgeted

STORE = "tests.support.store_design:store"
SMALL = 60
Graph = dict[State, list[tuple[str, State]]]


def rows(found: Fmea) -> dict[str, Row]:
    return {row.single.label: row for row in found.rows}


@pytest.fixture(scope="module")
def store() -> dict[str, Row]:
    return rows(fmea(load(STORE)))


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    data = effects_data(fmea(load(STORE)), parameters_data)
    assert "leave_out_restart (slip: slip), beside one disk failure" in effects_page([data])
    return {row["fault"]: row for row in data["rows"]}


# -- what is told of a row -----------------------------------------------------------------------------------------------
def test_each_fault_alone_and_a_slip_beside_what_it_needs(
    store: dict[str, Row], told: dict[str, dict[str, Any]]
) -> None:
    assert list(store) == ["link_fails", "disk_fails", "leave_out_restart, beside one disk failure"]
    assert all(row.happens for row in store.values())
    assert breaks(told["link_fails"]) == ["nothing_is_lost"]
    assert breaks(told["leave_out_restart"]) == []


def test_what_it_costs_and_who_notices(store: dict[str, Row], told: dict[str, dict[str, Any]]) -> None:
    lost, away = store["link_fails"].costs
    assert (lost.point.text, lost.point.known, lost.before.value) == ("2 orders", Known.EXACT, 0)
    assert (away.point.value, away.recovery) == (0, None)
    assert noticed(told["link_fails"]) == ["link_fails: at once by the link is red", "loss (orders_lost): not stated"]
    assert noticed(told["disk_fails"])[0] == "disk_fails: not always by the disk is missed"


def test_the_way_back_and_the_proof_that_there_is_none(store: dict[str, Row], told: dict[str, dict[str, Any]]) -> None:
    row = store["disk_fails"]
    assert ways_back(told["disk_fails"]) == [
        "by operators (replace_disk): disk_away, the_disk_works",
        "no way back: orders_lost, nothing_is_lost",
    ]
    (works,) = [one for one in row.broken if one.statement.name == "the_disk_works"]
    assert works.always is Conclusion.HOLDS
    slip = store["leave_out_restart, beside one disk failure"].costs[1]
    assert (slip.recovery is not None, slip.always) == (True, Conclusion.VIOLATED), (
        "from the state of the slip there is none"
    )


def test_a_promise_that_is_not_stated_for_the_fault_is_marked() -> None:
    found = rows(fmea(load(STORE), names=["the_disk_works"]))
    assert [one.promised for one in found["disk_fails"].broken] == [True]

    @design
    def narrow(cuts: Annotated[int, "how many cuts", range(3), ParameterRole.FAULT] = 1) -> System:
        part = Component("part", ["up", "down"], transitions=[on("is_cut", "up", "down", fault="cut")])
        held = [never(part.down, name="stays_up", given={"cuts": 0}), leads_to(part.down, part.up, name="comes_back")]
        return compose("narrow", [part], faults={"cut": cuts}, properties=held)

    (row,) = fmea(narrow).rows
    assert [(one.statement.name, one.promised, one.recovery is None) for one in row.broken] == [
        ("stays_up", False, False),
        ("comes_back", True, True),
    ]


def test_a_fault_that_goes_before_others_has_the_row_of_its_kind() -> None:
    @design
    def hurried() -> System:
        part = Component(
            "part",
            ["up", "late", "safe", "hit"],
            transitions=[
                on("goes_on", "up", "late"),
                on("gets_cut", "up", "safe", fault="cut", priority=1),
                on("gets_hit", "up", "hit", fault="cut"),
            ],
        )
        return compose("hurried", [part], faults={"cut": 1}, properties=[never(part.hit, name="not_hit")])

    (row,) = fmea(hurried).rows
    assert (row.single.label, row.happens, row.broken) == ("any cut", True, ())


def test_dead_ends_are_asked_with_all_faults_of_a_kind() -> None:
    @design
    def waits() -> System:
        part = Component(
            "part", ["up", "hit"], transitions=[on("hits", "up", "hit", fault="blow"), on("mends", "hit", "up")]
        )
        other = Component("other", ["up"], transitions=[on("nudges", "up", fault="blow")])
        return compose("waits", [part, other], faults={"blow": 1}, properties=[deadlock_free(name="goes_on")])

    found = fmea(waits)
    assert [statement.name for statement in found.failing] == ["goes_on"], "without a fault nothing happens at all"
    assert [row.happens for row in found.rows] == [True, True]


# -- held against live machines --------------------------------------------------------------------------------------------
def graph(system: System, single: Single) -> Graph | None:
    """All states and steps with one fault alone, by live machines; None where a value leaves its domain or there are many."""
    oracle, found = Oracle(system), Graph()
    waiting = list(system.initial_states)
    while waiting:
        state = waiting.pop()
        if state in found:
            continue
        found[state] = []
        for step in oracle.successors(state):
            event = system.events[step.event]
            if single.event and event.fault == single.kind and event.name != single.event:
                continue
            if step.target is None or len(found) > SMALL:
                return None
            found[state].append((event.name, step.target))
            waiting.append(step.target)
    return found


def distance(steps: Graph, start: State, goal: set[State], without: set[str]) -> int | None:
    """The least number of steps from a state to a goal without some events."""
    seen, level, number = {start}, [start], 0
    while level:
        if any(state in goal for state in level):
            return number
        following = {to for state in level for event, to in steps[state] if event not in without} - seen
        seen |= following
        level, number = list(following), number + 1
    return None


def generated(case: Case, bound: int) -> Design:
    @design
    def drawn() -> System:
        built = case.build()
        stated = (never(built.watches[0], name="first"), worst_case(built.maxima[0], at_most=bound, name="second"))
        return replace(built.system, properties=stated)

    return drawn


def none_at_all(built: Built) -> System:
    return with_uses(built.system, dict.fromkeys(budgets(built.system), 0))


@seed(SEED + 1)
@settings(max_examples=some(0.03))
@given(case=budgeted())
def test_rows_are_those_of_live_machines(case: Case) -> None:
    built = case.build()
    assume(budgets(built.system))
    first = check(none_at_all(built), worst_case(built.maxima[0]), limits=Limits(states=1_500))[1]
    found = fmea(generated(case, first.value or 0), limits=Limits(states=1_500))
    system = built.system
    watch, measure = lower(system, built.watches[0]), lower(system, built.maxima[0])
    oracle = Oracle(system)
    assert {kind for row in found.rows for kind in row.single.uses} == budgets(system).keys()
    for row in found.rows:
        steps = graph(row.single.on(system), row.single)
        if steps is None or not row.whole:
            continue
        names = {e.name for e in system.events if e.fault == row.single.kind and row.single.event in ("", e.name)}
        assert row.happens == any(event in names for those in steps.values() for event, _ in those)
        bad = {
            "first": {state for state in steps if oracle.holds(watch, state)},
            "second": {state for state in steps if oracle.value(measure, state) > (first.value or 0)},
        }
        failing = {statement.name for statement in found.failing}
        assert {b.statement.name for b in row.broken} == {name for name, states in bad.items() if states} - failing
        people = {e.name for e in system.events if e.kind == "operator"}
        for one in row.broken:
            if one.recovery is None or one.trace is None or not can_be_left_out(system, list(people)):
                continue
            well, worst = steps.keys() - bad[one.statement.name], one.trace.states[-1]
            assert (one.always is Conclusion.HOLDS) == all(distance(steps, s, well, set()) is not None for s in steps)
            used = [s for s in [worst] if not any(n for n in left(system, s).values())]
            if not used:
                continue
            alone, together = distance(steps, worst, well, people), distance(steps, worst, well, set())
            way = Way.BY_ITSELF if alone is not None else Way.BY_OPERATORS if together is not None else Way.NONE
            assert one.recovery.way is way
            if one.recovery.trace is not None:
                assert len(one.recovery.trace.steps) == (together if alone is None else alone)


def left(system: System, state: State) -> Mapping[str, int]:
    return {kind: state[system.cell_of[counter]] for kind, counter in budgets(system).items()}


def test_a_way_back_beyond_a_limit_is_not_decided() -> None:
    level = Counter("level", cap=9_000)
    part = Component("part", ["here"], variables=[level], transitions=[on("rise", "here", then={level: level + 1})])
    system = compose("part", [part])

    def decide(searched: System, item: Property) -> tuple[Verdict, Verdict]:
        domains, verdict = check(searched, [item], limits=Limits(states=20))
        return domains, verdict

    found = recovery(system, system.initial, level == 8_000, decide)
    assert found.way is Way.UNDECIDED
    assert "limit" in found.reason


# -- early ends and bad input ------------------------------------------------------------------------------------------------
def test_an_interrupt_keeps_the_rows_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from drcheck.answers import fmea as module

    real = module._Work._row

    def interrupted(self: object, single: Single, *others: object) -> Row:
        if single.event == "disk_fails":
            raise KeyboardInterrupt
        return real(self, single, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(module._Work, "_row", interrupted)
    found = fmea(load(STORE))
    assert (found.stopped, found.whole) == ("interrupted", False)
    assert [row.single.event for row in found.rows] == ["link_fails"]
    assert [single.event for single in found.left] == ["disk_fails", "leave_out_restart"]


def test_what_is_not_decided_breaks_nothing_and_is_told() -> None:
    found = fmea(load(STORE), limits=Limits(states=2))
    assert not found.whole
    undecided = [name for row in found.rows for name, _ in row.undecided]
    assert "the_disk_works" in undecided or any(one.broken for one in found.rows)
    assert all(cost.point.known is not Known.EXACT for row in found.rows if row.undecided for cost in late(row))


def test_a_fault_is_not_blamed_for_what_is_not_decided_without_it() -> None:
    @design
    def slow(failures: Annotated[int, "how many failures", (0, 2), ParameterRole.FAULT] = 0) -> System:
        level = Counter("level", cap=3_000, cap_is="all that there is")
        part = Component(
            "part",
            ["up", "down"],
            variables=[level],
            transitions=[
                on("rises", "up", then={level: level + 1}),
                on("fails", "up", "down", kind="environment", fault="failure"),
            ],
        )
        return compose(
            "slow", [part], faults={"failure": failures}, properties=[never(part.down | (level >= 2_900), name="fine")]
        )

    (row,) = fmea(slow, limits=Limits(states=100)).rows
    assert [name for name, _ in row.undecided] == ["fine"]
    assert not row.whole
    found = fmea(slow)
    assert ([s.name for s in found.failing], found.rows[0].broken, found.whole) == (["fine"], (), True)


def late(row: Row) -> list[Cost]:
    """What could not be decided."""
    return [cost for cost in row.costs if cost.measure.name in dict(row.undecided)]


def test_what_is_requested_is_held_and_told() -> None:
    found = fmea(load(STORE), {"outages": 1, "longest_outage": load(STORE).parameter("longest_outage").default})
    assert "network outage: its budget is held as requested" in found.untold
    assert "link_fails" not in rows(found)
    assert {s.name for s in found.failing} == {"nothing_is_lost"}, "the link fails in every row"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([STORE, "--property", "nothing"], "[DR301]"),
        ([STORE, "--set", "outages=7"], "[DR205]"),
        (["tests.nowhere:store"], "[DR201]"),
        ([STORE, "--engine", "quick"], "[DR501]"),
    ],
)
def test_bad_input_is_a_coded_error(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmea", *arguments]) == 2
    out = capsys.readouterr()
    assert said in out.err
    assert "Traceback" not in out.err


def test_what_ends_one_search_loses_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from drcheck.answers import fmea as module

    real = module.check

    def short(system: System, items: Any, **others: Any) -> list[Verdict]:
        if any(item.name == "nothing_is_lost" for item in items) and dict(with_left(system)).get("disk failure"):
            raise EngineError("DR515", "no memory is left", remedy="give more")
        return real(system, items, **others)

    monkeypatch.setattr(module, "check", short)
    found = rows(fmea(load(STORE)))
    assert [one.statement.name for one in found["link_fails"].broken] == ["nothing_is_lost"]
    assert ("nothing_is_lost", "no memory is left") in found["disk_fails"].undecided
    assert not found["disk_fails"].whole


def with_left(system: System) -> Mapping[str, int]:
    return left(system, system.initial)
