"""Cuts by greatest lengths and by single events: held against all lengths, and against systems where only those events happen."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Annotated, Any

import pytest

from drcheck import (
    Age,
    Boolean,
    Component,
    Counter,
    Duration,
    Finding,
    ParameterRole,
    Site,
    System,
    compose,
    deadlock_free,
    design,
    happens,
    hours,
    leads_to,
    never,
    on,
    weakly_fair,
    worst_case,
)
from drcheck.answers.by_event import SHARED
from drcheck.answers.combinations import with_uses
from drcheck.answers.cuts import CutsReport, Known, Promise, cuts
from drcheck.answers.lengths import only_adds_executions
from drcheck.designs.design import Design
from drcheck.designs.tracing import occurrences
from drcheck.language.expressions import Literal
from drcheck.verdicts.check import check


@design
def outages(
    many: Annotated[int, "how many outages", range(3), ParameterRole.FAULT] = 1,
    failures: Annotated[int, "how many failures", range(3), ParameterRole.FAULT] = 0,
    longest: Annotated[Duration, "how long an outage is at most", ParameterRole.FAULT] = hours(7),
    gives_up: Annotated[
        bool, "whether the link is given up after the longest outage", ParameterRole.DEPLOYMENT
    ] = False,
) -> System:
    """Two links that fail, an outage of which lasts up to seven hours, and a server."""
    links = []
    for name in ("north", "south"):
        age = Age(f"{name}_outage", cap=longest)
        rows = [
            on(f"{name}_fails", "up", "down", kind="environment", fault="outage"),
            on(f"{name}_restored", "down", "up", then={age: 0}, kind="environment"),
            on("tick", "down", when=age < longest, then={age: age + 1}),
        ]
        if gives_up:
            rows.append(on(f"{name}_given_up", "down", "up", when=age >= longest, then={age: 0}, kind="environment"))
        links.append((Component(name, ["up", "down"], variables=[age], transitions=rows), age))
    (north, n), (south, s) = links
    server = Component(
        "server",
        ["ok", "degraded", "lost"],
        transitions=[
            on("degrades", "ok", "degraded", fault="failure", kind="environment"),
            on("is_cut_off", "ok", "lost", when=north.down & south.down & (n <= 2), kind="environment"),
            on("times_out", "ok", "lost", when=(n >= longest) & (longest.ticks(hours(1)) < 3)),
        ],
    )
    known = Finding("The north link is not watched", "It is not.", causes=("happens(north_fails)",))
    return compose(
        "outages",
        [north, south, server],
        faults={"outage": many, "failure": failures},
        tick=hours(1),
        properties=[
            never((n > 4) | (server.degraded & (s >= 2)), name="short", finding=known),
            worst_case(n, at_most=hours(2), name="north_within"),
            never(north.down & south.down, name="connected"),
            leads_to(north.down, north.up, name="comes_back"),
        ],
    )


def found(report: CutsReport) -> dict[str, Promise]:
    return {promise.name: promise for promise in report.promises}


def told(promise: Promise) -> list[tuple[dict[str, int], str]]:
    return [(dict(length.uses), str(length.least)) for length in promise.lengths]


# -- lengths -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("gives_up", [False, True])
def test_lengths_are_those_of_trying_all(gives_up: bool) -> None:
    asked = {"gives_up": gives_up}
    promises = found(cuts(outages, asked, lengths=True))
    at = [found(cuts(outages, {**asked, "longest": hours(n)})) for n in range(1, 8)]
    for name, promise in promises.items():
        minimal = [{cut.combination for cut in each[name].cuts} for each in at]
        assert {cut.combination for cut in promise.cuts} == minimal[-1]
        for length in promise.lengths:
            hour = length.least.ticks(hours(1))
            uses = tuple(sorted(length.uses))
            breaks = [any(set(c.uses) <= set(uses) for c in those) for those in minimal]
            assert not breaks[hour - 2]
            assert breaks[hour - 1]
            assert [n for n in range(hour + 1, 8) if not breaks[n - 1]] == [t.ticks(hours(1)) for t in length.again]
    if not gives_up:
        assert told(promises["short"]) == [({"failure": 1, "outage": 1}, "2h"), ({"outage": 1}, "5h")]
    assert told(promises["north_within"])[-1] == ({"outage": 1}, "3h")


def test_a_length_by_which_python_or_another_row_decides_is_not_bisected() -> None:
    decided = occurrences(outages, {}, "longest")
    assert not only_adds_executions(
        outages.build(), decided
    )  # the guard of times_out is of a constant that Python made

    def linked(*rows: Any, cap: Any = None, guard: Any = None, urgent: bool = False, by: int = 1) -> bool:
        @design
        def one(longest: Annotated[Duration, "how long", ParameterRole.FAULT] = hours(7)) -> System:
            age = Age("outage", cap=cap or longest)
            when = age < longest if guard is None else guard(age, longest)
            tick = on("tick", "down", when=when, then={age: age + by})
            more = [row(age, longest) for row in rows]
            link = Component(
                "link", ["up", "down"], variables=[age], transitions=[on("fails", "up", "down"), tick, *more]
            )
            late = Component("late", ["a"], transitions=[on("hurries", "a", when=link.down, urgent=urgent)])
            return compose("one", [link, late], tick=hours(1))

        return only_adds_executions(one.build(), occurrences(one, {}, "longest"))

    assert linked()
    assert linked(cap=hours(20))
    assert not linked(lambda age, longest: on("tick", "down", then={age: 0}))  # a later row of the same trigger
    assert not linked(lambda age, longest: on("waits", "down", then={age: age + 1}))  # it would stay at the cap
    assert not linked(lambda age, longest: on("ends", "down", "up", when=age >= longest, then={age: 0}))
    assert not linked(guard=lambda age, longest: ~(age < longest))
    assert not linked(guard=lambda age, longest: age <= longest)  # it would stay at the cap
    assert linked(cap=hours(20), guard=lambda age, longest: age <= longest)
    assert not linked(by=2)  # it would be at the cap where a greater one lets it pass
    assert linked(cap=hours(20), by=2)


def test_lengths_between_which_nothing_was_tried_are_no_answer() -> None:
    @design
    def links(longest: Annotated[Duration, "how long", ParameterRole.FAULT] = hours(7)) -> System:
        """Each of the promises has a search of its own, the second only if the budget of states is not spent."""
        age = Age("outage", cap=longest)
        link = Component(
            "link",
            ["up", "down"],
            variables=[age],
            transitions=[
                on("fails", "up", "down", kind="environment", fault="outage"),
                on("tick", "down", when=age < longest, then={age: age + 1}),
                on("mends", "down", "up", then={age: 0}),
            ],
        )
        stated = [never(age > 3, name="short"), never(happens("mends", when=age > 2), name="mended")]
        return compose("links", [link], faults={"outage": 1}, tick=hours(1), properties=stated)

    least = {"short": "4h", "mended": "3h"}
    for states in range(1_000, 15_000, 1_000):
        for promise in cuts(links, lengths=True, budget=states).promises:
            lengths = [str(length.least) for length in promise.lengths]
            assert lengths == [least[promise.name]] or (not lengths and (promise.untried_lengths or not promise.whole))


# -- events ------------------------------------------------------------------------------------------------------------
def test_events_are_those_of_systems_in_which_only_they_happen() -> None:
    report = cuts(outages, by_event=True)
    assert report.by == "event"
    assert not report.skipped
    undecided = {str(one.combination): one.reason for one in found(report)["comes_back"].undecided}
    assert undecided == {"north_fails, south_fails": SHARED}, "each of them may fail twice, of two failures"
    system = with_uses(outages.build({"many": 2, "failures": 2}), {})
    faults = [event.name for event in system.events if event.fault is not None]
    for name, promise in found(report).items():
        plain = [c.combination for c in promise.cuts if not c.combination.deviations]
        broken = []
        for size in range(3):
            for chosen in itertools.combinations_with_replacement(faults, size):
                kinds = [system.event(event).fault for event in chosen]
                only = with_uses(system, {kind: kinds.count(kind) for kind in ("outage", "failure")})
                never_ = [
                    e if e.fault is None or e.name in chosen else replace(e, guard=Literal(False)) for e in only.events
                ]
                item = next(p for p in system.properties if p.name == name)
                if check(replace(only, events=tuple(never_)), item, engine="python")[1].conclusion.value == "VIOLATED":
                    broken.append(set(chosen))
        least = [c for c in broken if not any(o < c for o in broken)]
        assert {frozenset(dict(c.uses)) for c in plain} == {frozenset(c) for c in least}
    known = {str(cut.combination): cut.known for cut in found(report)["short"].cuts}
    assert known == {"north_fails": Known.KNOWN, "degrades, south_fails": Known.NEW}


def procedure(apart: bool) -> Design:
    """Steps that may be left out, once each, in a room where the power fails; all are slips, or each is of a kind of its own."""

    @design
    def made(
        slips: Annotated[int, "how many slips", range(3), ParameterRole.SLIP] = 1,
        failures: Annotated[int, "how many failures", range(3), ParameterRole.FAULT] = 0,
    ) -> System:
        def kind(name: str) -> str:
            return name if apart else "slip"

        power, left, kept = lamp(), Counter("left", cap=3), Boolean("kept")
        book = Component(
            "book",
            ["first", "second", "third", "through"],
            variables=[left, kept],
            transitions=[
                on("begin", "first", "second", kind="operator", then={kept: True}),
                on("leave_out_begin", "first", "second", kind="operator", fault=kind("begin"), then={left: left + 1}),
                on("check", "second", "third", kind="operator"),
                on("leave_out_check", "second", "third", kind="operator", fault=kind("check"), then={left: left + 2}),
                on("end", "third", "through", when=(left < 3) & ~power.dark, kind="operator"),
            ],
        )
        slip = dict.fromkeys(("begin", "check"), slips) if apart else {"slip": slips}
        stated = [
            leads_to(book.first, book.through, fairness=weakly_fair("operator"), name="it_ends"),
            deadlock_free(except_where=book.through, name="it_goes_on"),
            leads_to(book.through, kept, fairness=weakly_fair("operator"), name="it_is_kept"),
        ]
        return compose("made", [power, book], faults={**slip, "power failure": failures}, properties=stated)

    return made


def lamp() -> Component:
    """A light that a second failure puts out."""
    return Component(
        "power",
        ["lit", "dim", "dark"],
        transitions=[
            on("power_fails", "lit", "dim", fault="power failure", kind="environment"),
            on("power_goes", "dim", "dark", fault="power failure", kind="environment"),
        ],
    )


def test_promises_about_executions_are_decided_by_event() -> None:
    """They break with the events with which they do where each event is a fault of a kind of its own."""
    by_event, by_kind = found(cuts(procedure(apart=False), by_event=True)), found(cuts(procedure(apart=True)))
    of_kind = {"begin": "leave_out_begin", "check": "leave_out_check"}
    for name, promise in by_event.items():
        assert promise.whole
        kinds = [{of_kind.get(kind, kind): n for kind, n in c.combination.uses} for c in by_kind[name].cuts]
        events = [dict(c.combination.uses) for c in promise.cuts]
        if name == "it_is_kept":
            assert events == kinds == [{"leave_out_begin": 1}]
        else:
            steps, power = {"leave_out_begin": 1, "leave_out_check": 1}, {"power_fails": 1, "power_goes": 1}
            assert events == [steps, power]
            assert sorted(map(str, kinds)) == sorted(map(str, [steps, {"power failure": 2}]))


def test_cuts_that_are_each_others_mirror_images_are_one() -> None:
    @design
    def two_sites(failures: Annotated[int, "how many failures", range(3), ParameterRole.FAULT] = 1) -> System:
        sites = [
            Component(
                f"site{n}", ["up", "down"], transitions=[on("fails", "up", "down", fault="failure", kind="environment")]
            )
            for n in (1, 2)
        ]
        first, second = sites
        return compose(
            "two_sites",
            sites,
            sites=[Site(site, []) for site in sites],
            faults={"failure": failures},
            properties=[never(first.down | second.down, name="up"), never(first.down & second.down, name="one_up")],
        )

    up, one_up = cuts(two_sites, by_event=True).promises
    assert [(str(cut.combination), [*map(str, cut.mirrors)]) for cut in up.folded] == [("site1_fails", ["site2_fails"])]
    assert [(str(cut.combination), cut.mirrors) for cut in one_up.folded] == [("site1_fails, site2_fails", ())]
