"""Minimal cut sets: held against the enumeration of all combinations, and what is said of promises that more faults help."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

import pytest
from hypothesis import assume, given, seed, settings

from drcheck import (
    Component,
    Counter,
    Duration,
    Finding,
    Integer,
    ParameterRole,
    Property,
    System,
    always,
    compose,
    deadlock_free,
    design,
    eventually,
    happens,
    hours,
    leads_to,
    never,
    on,
    reachable,
    scope,
    structure,
    weakly_fair,
    worst_case,
)
from drcheck.answers.combinations import Combination, with_uses
from drcheck.answers.cuts import INTERRUPTED, CutsReport, Known, Promise, cuts
from drcheck.answers.kept import KeptTexts
from drcheck.answers.monotone import monotone
from drcheck.cli.main import run
from drcheck.designs.design import Design, load
from drcheck.engines.protocol import Limits
from drcheck.errors import DesignError, UsageError
from drcheck.language.expressions import BOOLEAN, Operation
from drcheck.language.expressions import Literal as Number
from drcheck.system.composition import budgets
from drcheck.system.terms import conjunction
from drcheck.system.trace import Trace
from drcheck.verdicts.check import check
from drcheck.verdicts.repair_sets import Change, answer_of
from tests.support.generated import SEED, some
from tests.support.generators import Built, Case, budgeted

SMALL = Limits(states=1_500)


@design(title="A line that fails, and is isolated by mistake")
def relay(
    failures: Annotated[int, "how often the line may fail", range(3), ParameterRole.FAULT] = 1,
    mistakes: Annotated[bool, "whether an operator may isolate it by mistake", ParameterRole.SLIP] = False,
    guarded: Annotated[bool, "whether it is guarded", ParameterRole.READING] = True,
    spare: Annotated[Literal["cold", "hot", "none"], "the spare line", ParameterRole.DEPLOYMENT] = "cold",
    patience: Annotated[Duration, "how long it is waited for", ParameterRole.ASSUMPTION] = hours(2),
    painted: Annotated[bool, "whether it is painted, which makes no difference", ParameterRole.ASSUMPTION] = False,
    doubled: Annotated[bool, "a repair, which is not varied", ParameterRole.REPAIR] = False,
) -> System:
    """A mistake is made at once, before anything else can happen: then the line is never down."""
    lost = Counter("lost", cap=4, cap_is="all that there is", unit="calls")
    rows = [
        on("line_fails", "up", "down", kind="environment", fault="line failure", then={lost: lost + 2}),
        on("operator_isolates", "up", "isolated", kind="operator", fault="mistake", priority=1),
        on("line_mended", "down", "up"),
    ]
    if not guarded or spare == "none":
        rows.append(on("line_sags", "up", "down"))
    line = Component("line", ["up", "down", "isolated"], variables=[lost], transitions=rows)
    stated = [
        never(line.down, name="never_down"),
        worst_case(lost, at_most=3, name="loses_little"),
        leads_to(line.down, line.up, fairness=weakly_fair("automatic"), name="comes_back"),
        never(line.isolated, name="never_isolated", given={"mistakes": False, "spare": "cold"}),
        reachable(line.down, name="can_fail"),
        worst_case(lost, name="loss"),
    ]
    if spare != "hot":
        stated.append(always(line.up | line.isolated | line.down, name="of_the_cold_spare"))
    return compose(
        "relay", [line], faults={"line failure": failures, "mistake": int(mistakes)}, tick=hours(1), properties=stated
    )


@design
def grows(floods: Annotated[int, "how many floods there may be", range(3), ParameterRole.FAULT] = 1) -> System:
    """A search without a flood is short."""
    level, gauge = Integer("level", 0, 3_000), Integer("gauge", 0, 3_000)
    river = Component(
        "river",
        ["here"],
        variables=[level],
        transitions=[
            on("flood", "here", fault="flood", then={level: level + 1_500}, kind="environment"),
        ],
    )
    house = Component(
        "house",
        ["here"],
        variables=[gauge],
        transitions=[on("rise", "here", when=gauge < level, then={gauge: gauge + 1})],
    )
    return compose("grows", [river, house], faults={"flood": floods}, properties=[never(gauge == 3_000, name="dry")])


def texts(promise: Promise) -> list[str]:
    return [str(cut.combination) for cut in promise.cuts]


def found(report: CutsReport) -> dict[str, Promise]:
    return {promise.name: promise for promise in report.promises}


@pytest.fixture(scope="module")
def report() -> CutsReport:
    return cuts(relay)


@design
def stores(
    north: Annotated[int, "how often the north store may fail", (0, 1, 4), ParameterRole.FAULT] = 0,
    south: Annotated[int, "how often the south store may fail", range(3), ParameterRole.FAULT] = 1,
    floods: Annotated[
        int, "how many floods there may be, beside which fewer stores fail", (0, 3), ParameterRole.FAULT
    ] = 0,
    crowded: Annotated[bool, "whether floods and failures are counted together", ParameterRole.REPAIR] = False,
) -> System:
    """Two parameters give one budget, and a third one may take from it."""
    first, second = (
        Component(
            name,
            ["up", "down"],
            transitions=[
                on(f"{name}_fails", "up", "down", kind="environment", fault="store failure"),
                on(f"{name}_floods", "up", "down", kind="environment", fault="flood"),
            ],
        )
        for name in ("north", "south")
    )
    failures = min(north + south, 4 - floods) if crowded else north + south
    return compose(
        "stores",
        [first, second],
        faults={"store failure": failures, "flood": floods},
        properties=[never(first.down & second.down, name="one_is_up")],
    )


# -- budgets -----------------------------------------------------------------------------------------------------------
def test_a_budget_that_has_no_such_value_allows_fewer_uses() -> None:
    promise = found(cuts(stores))["one_is_up"]
    assert texts(promise) == ["2 x flood", "flood, store failure", "2 x store failure"]
    assert promise.budgets["flood"] == 3, "three may happen, so that two may"


def test_what_is_requested_of_one_parameter_of_a_budget_is_all_that_there_is() -> None:
    report = cuts(stores, {"north": 0}, order=3)
    promise = found(report)["one_is_up"]
    assert texts(promise) == ["flood"], "with the failure that there is by default"
    assert "south: its budget of store failure is held as requested" in promise.varied.untried


def test_uses_that_another_budget_takes_away_are_not_tried(capsys: pytest.CaptureFixture[str]) -> None:
    promise = found(cuts(stores, {"crowded": True}))["one_is_up"]
    assert (promise.holds_with, promise.whole) == (1, False), "two failures break it"
    assert list(map(str, promise.left)) == ["2 x store failure"]
    assert run(["cuts", "tests.answers.test_cuts:stores", "--set", "crowded=yes"]) != 0
    out = capsys.readouterr().out
    assert "one_is_up: not tried, nor what contains it: 2 x store failure" in " ".join(out.split())


# -- what is said ------------------------------------------------------------------------------------------------------
def test_each_promise_has_its_cuts(report: CutsReport) -> None:
    promises = found(report)
    down = promises["never_down"]
    assert texts(down) == ["line failure", "guarded=no"]
    assert [cut.tried.steps for cut in down.cuts] == [1, 1]
    assert [list(map(str, cut.equal)) for cut in down.cuts] == [[], ["spare=none"]]
    assert (down.holds_with, down.whole) == (0, True)
    little = promises["loses_little"]
    assert texts(little) == ["2 x line failure"]
    assert (little.holds_with, little.cuts[0].tried.value, little.cuts[0].tried.steps) == (1, "4 calls", 3)
    assert all(cut.minimal for promise in report.promises for cut in promise.cuts)
    assert {s.name for s, _ in report.skipped} == {"can_fail", "loss"}


def test_levels_of_faults_are_varied_and_the_scope_is_held(report: CutsReport) -> None:
    isolated = found(report)["never_isolated"]
    assert (isolated.given, isolated.dropped) == ({"spare": "cold"}, {"mistakes": False})
    assert texts(isolated) == ["mistake"]
    assert not any(c.name == "spare" for tried in isolated.tried for c in tried.combination.deviations)
    assert isolated.budgets == {"line failure": 2, "mistake": 1}


def test_where_more_makes_a_promise_hold_again_that_is_told(report: CutsReport) -> None:
    healed = {(str(cut), str(more)) for cut, more in found(report)["never_down"].healed}
    assert healed == {("line failure", "line failure, mistake"), ("guarded=no", "mistake, guarded=no")}
    assert monotone(relay.build({"mistakes": True})) == {"line failure"}


@pytest.mark.parametrize("first", [{"urgent": True}, {"priority": 1}])
def test_a_fault_that_goes_before_other_events_can_only_be_tried(first: Mapping[str, Any]) -> None:
    @design
    def hurried() -> System:
        rows = [on("tick", "up", "late"), on("tick", "late"), on("is_cut", "up", "safe", fault="cut", **first)]
        part = Component("part", ["up", "late", "safe"], transitions=rows)
        return compose(
            "hurried", [part], faults={"cut": 1}, tick=hours(1), properties=[never(part.late, name="in_time")]
        )

    (promise,) = cuts(hurried).promises
    assert monotone(hurried.build()) == frozenset()
    assert (texts(promise), promise.holds_with) == (["nothing"], -1)
    assert [(str(cut), str(more)) for cut, more in promise.healed] == [("nothing", "cut")]


def test_a_promise_that_reads_the_budget_can_only_be_tried() -> None:
    @design
    def reading() -> System:
        part = Component(
            "part",
            ["up", "hit", "down"],
            transitions=[
                on("hits", "up", "hit", fault="hit"),
                on("hits", "hit", "down", fault="hit"),
            ],
        )
        system = compose("reading", [part], faults={"hit": 2})
        last = never(part.up & (system.component("faults").variable("hit_left") == 1), name="not_the_last")
        return replace(system, properties=(last,))

    (promise,) = cuts(reading).promises
    assert monotone(reading.build()) == {"hit"}
    assert texts(promise) == ["hit"]
    assert [(str(cut), str(more)) for cut, more in promise.healed] == [("hit", "2 x hit")]


def test_a_counter_that_another_event_reads_can_only_be_tried() -> None:
    @design
    def using() -> System:
        part = Component(
            "part", ["up", "hit", "down"], transitions=[on("hits", "up", "hit", fault="hit"), on("fall", "hit", "down")]
        )
        system = compose("using", [part], faults={"hit": 2}, properties=[never(part.down, name="stands")])
        left = system.cells[system.cell_of[budgets(system)["hit"]]]
        none_left = conjunction([system.event("fall").guard, Operation("==", (left, Number(0)), BOOLEAN)])
        events = [replace(e, guard=none_left) if e.name == "fall" else e for e in system.events]
        return replace(system, events=tuple(events))

    (promise,) = cuts(using, engine="python").promises
    assert monotone(using.build()) == frozenset()
    assert (texts(promise), [str(more) for _, more in promise.healed]) == (["hit"], ["2 x hit"])


def test_a_promise_that_is_vacuous_without_the_fault_is_told(report: CutsReport) -> None:
    back = found(report)["comes_back"]
    assert back.holds_with == 2
    assert Combination() in back.vacuous
    assert Combination((("line failure", 1),)) not in back.vacuous


def test_what_cannot_be_stated_is_told_once(report: CutsReport) -> None:
    told = found(report)["of_the_cold_spare"].impossible
    assert {str(tried.combination) for tried in told} == {
        "spare=hot",
        *(f"{g}, spare=hot" for g in ("guarded=no",)),
    } | {"spare=hot, painted=yes"}


def test_what_is_not_varied_is_told_and_repairs_are_no_adversities(report: CutsReport) -> None:
    varied = report.promises[0].varied
    assert varied.untried == ("patience: it has no list of values",)
    assert set(varied.values) == {"guarded", "spare", "painted"}


def test_a_deviation_that_changes_nothing_is_not_searched(report: CutsReport) -> None:
    painted = Change("painted", True)
    those = [t for t in found(report)["never_down"].tried if painted in t.combination.deviations]
    assert those
    assert not any(tried.searched for tried in those)


def test_what_is_requested_is_held() -> None:
    held = found(cuts(relay, {"failures": 1, "guarded": False}))
    assert held["never_down"].varied.held == {"line failure"}
    assert (texts(held["never_down"]), held["never_down"].holds_with) == (["nothing"], -1)
    assert held["never_down"].budgets == {"mistake": 1}
    assert texts(held["loses_little"]) == []


def test_the_start_of_a_counter_is_as_good_as_composing_anew() -> None:
    example = load("drcheck.examples:pair")
    greatest = example.build({"failures": 3})
    for n in (1, 2, 3):
        less, anew = with_uses(greatest, {"failure": n}), example.build({"failures": n})
        said = [
            [(v.conclusion, v.reason) for v in check(s, [p.on(s) for p in example.statements()])] for s in (less, anew)
        ]
        assert said[0] == said[1]


def test_a_cut_is_known_where_the_promise_holds_without_the_causes_of_its_findings() -> None:
    @design
    def two_ways(
        failures: Annotated[int, "how many failures", range(3), ParameterRole.FAULT] = 1,
        slips: Annotated[int, "how many slips", range(3), ParameterRole.SLIP] = 0,
    ) -> System:
        part = Component(
            "part",
            ["up", "down", "left"],
            transitions=[
                on("fails", "up", "down", fault="failure"),
                on("slips_away", "up", "left", fault="slip"),
                on("comes_back", "left", "up"),
            ],
        )
        known = Finding("It fails", "It can.", causes=("happens(fails)",))
        twice = never(part.left | part.down, name="works", finding=known)
        less = never(part.left | part.down, name="works_with_less", given={"failures": 0})
        returns = leads_to(part.down, part.up, name="returns", finding=known)
        down = never(part.down, name="not_down")
        return compose(
            "two_ways", [part], faults={"failure": failures, "slip": slips}, properties=[twice, less, returns, down]
        )

    works, returns, down = cuts(two_ways).promises
    assert [(str(c.combination), c.known, c.findings) for c in down.cuts] == [
        ("failure", Known.ELSEWHERE, ("It fails",))
    ]
    assert works.names == ("works", "works_with_less")
    assert [(str(c.combination), c.known, c.findings) for c in works.cuts] == [
        ("failure", Known.KNOWN, ("It fails",)),
        ("slip", Known.NEW, ()),
    ]
    assert [(str(c.combination), c.known) for c in returns.cuts] == [("failure", Known.KNOWN)]


def test_facts_of_the_composition_are_asked_one_by_one() -> None:
    """They have no formula, which would be the same for all: each has its own cuts, and its own findings explain them."""

    @design
    def audited(
        named: Annotated[bool, "whether files have names", ParameterRole.READING] = True,
        signed: Annotated[bool, "whether files are signed", ParameterRole.READING] = True,
    ) -> System:
        part = Component("part", ["up", "down"], transitions=[on("fails", "up", "down")])
        found = Finding("One has no owner", "It has none.")
        stated = [
            structure(named, "the names", name="every_file_has_a_name"),
            structure(signed, "the signatures", name="every_file_is_signed"),
            structure(False, "the owners", name="every_file_has_an_owner", finding=found),
        ]
        return compose("audited", [part], properties=stated)

    report = cuts(audited)
    found = [(p.names, [(str(c.combination), c.known) for c in p.cuts]) for p in report.promises]
    assert found == [
        (("every_file_has_a_name",), [("named=no", Known.NEW)]),
        (("every_file_is_signed",), [("signed=no", Known.NEW)]),
        (("every_file_has_an_owner",), [("nothing", Known.KNOWN)]),
    ]


def scoped(**declared: Any) -> Design:
    """A design of a part and of a record beside it, which a scope leaves out."""

    @design(cuts=declared)
    def made(
        failures: Annotated[int, "how many failures", range(3), ParameterRole.FAULT] = 1,
        recorded: Annotated[bool, "whether a record is followed", scope("nothing reads it")] = True,
        loud: Annotated[bool, "whether it is loud", ParameterRole.READING] = False,
    ) -> System:
        part = Component("part", ["up", "down"], transitions=[on("fails", "up", "down", fault="failure")])
        record = Component("record", ["empty", "full"], transitions=[on("is_made", "empty", "full")])
        system = compose("made", [part, *([record] if recorded else [])], faults={"failure": failures})
        both = [never(part.down, name="works"), never(part.down, name="works_recorded", given={"recorded": True})]
        return replace(system, properties=(*both, *([always(~record.full, name="empty")] if recorded else [])))

    return made


def test_a_design_says_which_scopes_are_enough_for_cuts() -> None:
    plain, with_scope = cuts(scoped()), cuts(scoped(recorded=False))
    assert [p.scopes for p in with_scope.promises] == [{"recorded": False}, {}, {}]
    assert {p.name: texts(p) for p in with_scope.promises} == {p.name: texts(p) for p in plain.promises}
    assert [p.scopes for p in cuts(scoped(recorded=False), {"recorded": True}).promises] == [{}, {}, {}]
    with pytest.raises(DesignError, match=r"\[DR209\] the cuts of design .* hold loud, which is no scope"):
        scoped(loud=True)


def test_uses_alone_are_tried_where_that_is_asked(report: CutsReport) -> None:
    alone = cuts(relay, deviations=0)
    for promise, all_ in zip(alone.promises, report.promises, strict=True):
        assert texts(promise) == [str(cut.combination) for cut in all_.cuts if not cut.combination.deviations]
        assert all(not tried.combination.deviations for tried in promise.tried)
    assert (alone.composed, alone.searches < report.searches) == (0, True)


def test_a_budget_of_states_ends_the_work_and_what_is_left_is_told() -> None:
    report = cuts(relay, budget=2_000)
    assert report.stopped == "the budget of 2,000 states was spent"
    assert not any(promise.whole for promise in report.promises if promise.holds_with != -1)
    assert 0 < report.searches < cuts(relay).searches


# -- held against the enumeration of all combinations ------------------------------------------------------------------
def naive(verdicts: Mapping[Combination, str]) -> tuple[set[Combination], set[tuple[Combination, Combination]]]:
    """The minimal combinations that break a promise, and those with the least that contain them and keep it."""
    broken = [c for c, verdict in verdicts.items() if verdict == "VIOLATED"]
    least = {c for c in broken if not any(o != c and o.within(c) for o in broken)}
    holding = [c for c, verdict in verdicts.items() if verdict == "HOLDS"]
    healed = set()
    for cut in least:
        again = [c for c in holding if cut.within(c)]
        healed |= {(cut, c) for c in again if not any(o != c and o.within(c) for o in again)}
    return least, healed


def promised(built: Built, bound: int) -> tuple[Property, ...]:
    """Four promises of a generated system: two of single states, and two that more faults can mend."""
    return (
        never(built.watches[0], name="first"),
        worst_case(built.maxima[0], at_most=bound, name="second"),
        deadlock_free(name="third"),
        eventually(built.watches[1], name="fourth"),
    )


def path_of(trace: Trace | None) -> tuple[Any, ...] | None:
    return None if trace is None else (tuple(trace.states), tuple(step.event.name for step in trace.steps), trace.loop)


def decided(promise: Promise) -> set[tuple[Any, ...]]:
    """What is known of a promise, with the states of its traces."""
    return {(one.combination, one.verdict, one.value, path_of(one.trace)) for one in promise.tried}


def anew(case: Case, uses: Mapping[str, int]) -> Built:
    """The generated system, composed with other budgets."""
    listed = ", ".join(f'"{kind}": {n}' for kind, n in uses.items())
    return replace(case, source=re.sub(r"faults=\{.*?\}", f"faults={{{listed}}}", case.source)).build()


def design_of(case: Case, bound: int) -> Design:
    @design
    def generated() -> System:
        built = case.build()
        return replace(built.system, properties=promised(built, bound))

    return generated


@seed(SEED)
@settings(max_examples=some(0.05))
@given(case=budgeted())
def test_cuts_are_those_of_the_enumeration(case: Case) -> None:
    built = case.build()
    greatest = {kind: left.high for kind, left in budgets(built.system).items()}
    assume(greatest)
    none = anew(case, dict.fromkeys(greatest, 0))
    bound = check(none.system, worst_case(none.maxima[0]), limits=SMALL)[1].value or 0
    texts_ = KeptTexts()
    report = found(cuts(design_of(case, bound), order=sum(greatest.values()), limits=SMALL, kept=texts_))
    again = found(cuts(design_of(case, bound), order=sum(greatest.values()), limits=SMALL, kept=texts_))
    verdicts: dict[str, dict[Combination, str]] = {name: {} for name in report}
    for vector in itertools.product(*(range(n + 1) for n in greatest.values())):
        uses = dict(zip(greatest, vector, strict=True))
        composed = anew(case, uses)
        combination = Combination(tuple(sorted((kind, n) for kind, n in uses.items() if n)))
        domains, *others = check(composed.system, promised(composed, bound), limits=SMALL)
        for verdict in others:
            verdicts[verdict.property.name][combination] = answer_of(verdict, domains).verdict
    for name, promise in report.items():
        least, healed = naive(verdicts[name])
        assert {cut.combination for cut in promise.cuts} == least
        assert set(promise.healed) == healed
        assert decided(again[name]) == decided(promise), "what was kept says the same"
        tried = {one.combination: one.verdict for one in promise.tried}
        assert tried.items() <= verdicts[name].items()
        assert len(tried) + promise.implied == len(verdicts[name])
        for combination in verdicts[name].keys() - tried.keys():
            assert verdicts[name][combination] in ("VIOLATED", "INCONCLUSIVE")
    by_event = cuts(design_of(case, bound), order=sum(greatest.values()), limits=SMALL, by_event=True)
    for name, promise in found(by_event).items():
        if promise.whole:
            assert {kinds(built.system, c) for c in naive_of_events(promise, built.system)} == naive(verdicts[name])[0]


def kinds(system: System, by_event: Combination) -> Combination:
    """What a combination of events is by the kinds of their faults."""
    uses: dict[str, int] = {}
    for event, n in by_event.uses:
        kind = str(system.event(event).fault)
        uses[kind] = uses.get(kind, 0) + n
    return Combination(tuple(sorted(uses.items())))


def naive_of_events(promise: Promise, system: System) -> list[Combination]:
    """The cuts by event that have no more faults of each kind than any other one with fewer."""
    found_ = [(cut.combination, kinds(system, cut.combination)) for cut in promise.cuts]
    return [c for c, k in found_ if not any(o != k and o.within(k) for _, o in found_)]


@design
def fills(leaks: Annotated[int, "how many leaks there may be", range(2), ParameterRole.FAULT] = 1) -> System:
    """A search with a leak is long, and longer for promises that speak of events; one of them breaks early."""
    level, drops = Integer("level", 0, 99), Integer("drops", 0, 99)
    leak = Component(
        "leak", ["none", "there"], transitions=[on("leaks", "none", "there", kind="environment", fault="leak")]
    )
    tank = Component(
        "tank", ["here"], variables=[level], transitions=[on("fills", "here", when=level < 99, then={level: level + 1})]
    )
    floor = Component(
        "floor",
        ["here"],
        variables=[drops],
        transitions=[on("drips", "here", when=leak.there & (drops < 99), then={drops: drops + 1})],
    )
    stated = [
        leads_to(leak.there, drops == 99, name="all_drips"),
        never((drops == 99) & (level == 99), name="room_is_left"),
        never(happens("drips") & (level == 2), name="drips_later"),
        never(happens("fills") & (drops == 98) & (level == 98), name="fills_later"),
    ]
    return compose("fills", [leak, tank, floor], faults={"leak": leaks}, properties=stated)


def test_a_system_with_observers_is_not_searched_to_a_limit_that_is_known_to_be_too_small() -> None:
    found_ = cuts(fills, limits=Limits(states=1_000), order=1)
    promises = found(found_)
    assert texts(promises["drips_later"]) == ["leak"], "it breaks early"
    (open_,) = promises["fills_later"].undecided
    assert "without its observers the system has more than 1,000 states" in open_.reason
    assert (promises["room_is_left"].whole, promises["fills_later"].holds_with) == (False, 0)
    assert found_.states < 5_000, "6,894 where each system is searched to the limit"
    whole = found(cuts(fills, order=1))
    assert [texts(whole[name]) for name in ("room_is_left", "drips_later", "fills_later")] == [["leak"]] * 3


@design
def drilled(
    drills: Annotated[bool, "whether somebody drills", ParameterRole.DEPLOYMENT] = False,
    slips: Annotated[int, "how often the drill may slip", range(3), ParameterRole.SLIP] = 0,
    failures: Annotated[int, "how many failures there may be", range(2), ParameterRole.FAULT] = 1,
) -> System:
    """A slip is possible only where somebody drills, which the first promise does not ask for."""
    cracks = on("cracks", "whole", "broken", kind="environment", fault="failure")
    slips_off = [on("slips", "whole", "broken", kind="operator", fault="slip")] if drills and slips else []
    wall = Component("wall", ["whole", "broken"], transitions=[cracks, *slips_off])
    faults = {"failure": failures, **({"slip": slips} if drills and slips else {})}
    stated = [
        never(wall.broken, name="stands"),
        never(wall.broken, name="stands_drilled", given={"drills": True}),
    ]
    return compose("drilled", [wall], faults=faults, properties=stated)


def test_a_budget_that_only_some_settings_have_is_one_there() -> None:
    promises = found(cuts(drilled, order=1, deviations=0))
    assert {name: texts(promise) for name, promise in promises.items()} == {
        "stands": ["failure"],
        "stands_drilled": ["failure", "slip"],
    }


# -- early ends and bad input --------------------------------------------------------------------------------------------
def test_what_is_not_decided_is_told_and_nothing_holds_for_it() -> None:
    many = Limits(states=500)
    (promise,) = cuts(grows, limits=many).promises
    assert [str(tried.combination) for tried in promise.undecided] == ["flood", "2 x flood"]
    assert (promise.holds_with, promise.cuts, promise.whole) == (0, (), False)
    (decided,) = cuts(grows).promises
    assert (texts(decided), decided.holds_with) == (["2 x flood"], 1)


def test_an_interrupt_keeps_what_is_known() -> None:
    seen: list[str] = []

    def listener(label: str) -> None:
        seen.append(label)
        if len(seen) == 3:
            raise KeyboardInterrupt

    report = cuts(relay, listener=listener)
    down = found(report)["never_down"]
    assert report.stopped == INTERRUPTED
    assert texts(down) == ["line failure"]
    assert (down.holds_with, down.whole) == (0, False)
    assert "guarded=no" in map(str, down.left)
    assert len(seen) == 3


def test_a_limit_of_seconds_is_one_for_all() -> None:
    def listener(label: str) -> None:
        if label == "with mistake":
            time.sleep(2.2)

    report = cuts(relay, listener=listener, limits=Limits(seconds=2))
    assert report.stopped == "the limit of 2 seconds passed"
    assert not any(promise.whole for promise in report.promises)


def test_a_limit_that_passes_while_a_deviation_is_composed_does_not_undo_what_was_decided() -> None:
    @design
    def slow(lazy: Annotated[bool, "takes long to compose", ParameterRole.ASSUMPTION] = False) -> System:
        for _ in range(2_000 * lazy):
            time.sleep(0.01)
        part = Component("part", ["a", "b"], transitions=[on("go", "a", "b")])
        return compose("slow", [part], properties=[never(part.b, name="stays")])

    report = cuts(slow, limits=Limits(seconds=2))
    assert report.stopped == "the limit of 2 seconds passed"
    (promise,) = report.promises
    assert (texts(promise), promise.left, promise.beyond) == (["nothing"], (), 1)


def test_bad_input_is_refused_with_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match=r"\[DR401\] an order of 0 asks for nothing"):
        cuts(relay, order=0)
    for words, code in (
        (["drcheck.examples:pair", "nothing_of_the_kind"], "DR301"),
        (["drcheck.examples:pair", "--set", "failures=9"], "DR205"),
        (["drcheck.examples:pair", "--order", "0"], "DR401"),
        (["drcheck.examples:nothing"], "DR201"),
        ([], "DR403"),
    ):
        assert run(["cuts", *words]) == 2
        assert f"[{code}]" in capsys.readouterr().err


# -- as text and as data -------------------------------------------------------------------------------------------------
def test_the_table_says_what_breaks_and_what_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cuts", "tests.answers.test_cuts:relay", "--trace"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "uses of budgets: line failure (up to 2), mistake (up to 1)",
        "not varied: patience: it has no list of values",
        "never_down none line failure NEW 1 guarded=no; the same as spare=none NEW 1",
        "loses_little any one 2 x line failure (4 calls) NEW 3",
        "comes_back any two; vacuous without any",
        "never_down: breaks with line failure, and holds again with line failure, mistake",
        "can_fail: not asked: it says what can happen, and promises nothing",
        "never_isolated breaks with mistake",
        "5 promises, up to two at once: 2 hold, 3 can be broken, 0 not wholly decided",
    ):
        assert words in said


def test_what_is_not_decided_is_not_said_to_break(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cuts", "tests.answers.test_cuts:grows", "--limit-states", "500"]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "dry not decided with any one" in said
    assert "dry: not decided: flood: the search stopped at the limit of 500 states" in said
    assert (
        run(["cuts", "tests.answers.test_cuts:grows", "--limit-states", "500", "--order", "1", "--set", "floods=0"])
        == 0
    )
    assert "dry any one" in " ".join(capsys.readouterr().out.split())


def test_the_same_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cuts", "tests.answers.test_cuts:relay", "loses_little", "--json"]) == 0
    (promise,) = json.loads(capsys.readouterr().out)["promises"]
    (cut,) = promise["cuts"]
    assert (cut["uses"], cut["deviations"], cut["steps"]) == ({"line failure": 2}, {}, 3)
    assert (promise["holds_with"], promise["not_tried"]) == (1, [])


def test_where_one_search_is_too_large_fewer_uses_are_answered_by_one() -> None:
    asked = [(cut.combination, cut.tried.steps) for cut in cuts(relay, order=3).promises[0].cuts]
    for states in range(1, 12):
        report = cuts(relay, {}, ["never_down"], order=3, limits=Limits(states=states))
        (promise,) = report.promises
        open_ = [tried.combination for tried in promise.undecided]
        for cut in promise.cuts:
            assert (cut.combination, cut.tried.steps) in asked
        for combination, _ in asked:
            found_ = {cut.combination for cut in promise.cuts}
            assert combination in found_ or any(c.within(combination) for c in [*open_, *promise.left])
