"""Remarks: what is remarked and what is not, and how remarks are silenced."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from typing import Literal as OneOf

import pytest

from drcheck import (
    Age,
    Array,
    Boolean,
    Component,
    Counter,
    Duration,
    Integer,
    Literal,
    Remark,
    Site,
    System,
    always,
    compose,
    design,
    event,
    eventually,
    finders,
    hours,
    if_else,
    never,
    on,
    reachable,
    remarks_of,
    silence,
    strongly_fair,
    weakly_fair,
    within,
    worst_case,
)
from drcheck.cli.main import run
from drcheck.designs.design import load
from drcheck.errors import REMARKS, ModelError
from drcheck.finders.names import slip
from drcheck.finders.parameters import idle_parameters
from drcheck.language.remarks import Silencing
from drcheck.verdicts.check import check_design
from drcheck.verdicts.verdict import DesignReport
from tests.support.review import html_of as html
from tests.support.review import markdown_of as markdown
from tests.support.review import study as collect

# -- silencing ----------------------------------------------------------------------------------------------------------


def door(**details: Any) -> System:
    return compose("house", [Component("door", ["open", "shut"], transitions=[on("shuts", "open", "shut")])], **details)


@pytest.fixture
def squeak(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of remark only: a component that is called door."""
    monkeypatch.setitem(REMARKS, "DR899", "remark: a door")

    def find(system: System) -> list[Remark]:
        return [Remark("DR899", c.name, "it is a door", c.place) for c in system.components if c.name == "door"]

    monkeypatch.setattr(finders, "FINDERS", {"DR899": find})
    monkeypatch.setattr(finders, "STATED", {})


def test_remarks_are_silenced_one_by_one(squeak: None) -> None:
    assert [r.subject for r in remarks_of(door())] == ["door"]
    assert remarks_of(door(silenced=[silence("DR899", "door", "we like doors")])) == ()


def test_a_silencing_that_silences_nothing_is_a_remark(squeak: None) -> None:
    found = remarks_of(door(silenced=[silence("DR899", "window", "there was one")]))
    assert [(r.code, r.subject) for r in found] == [("DR899", "door"), ("DR801", "DR899 window")]
    assert "test_remarks.py" in str(found[1])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: silence("DR898", "door", "why not"), "[DR800] there is no remark 'DR898' ("),
        (lambda: silence("DR104", "door", "why not"), "[DR800] there is no remark 'DR104' ("),
        (lambda: silence(801, "door", "why not"), "[DR800] there is no remark 801 ("),  # type: ignore[arg-type]
        (lambda: silence("DR801", " ", "why not"), "[DR800] the subject of a silencing is text, not ' ' ("),
        (lambda: silence("DR801", "door", ""), "[DR800] the reason of a silencing is text, not '' ("),
        (lambda: door(silenced={silence("DR801", "x", "y")}), "[DR800] system house: silenced must be a list, not {"),
        (lambda: door(silenced="DR801"), "[DR800] system house: silenced must be a list, not 'DR801' ("),
        (lambda: door(silenced=silence("DR801", "x", "y")), "[DR800] system house: silenced must be a list, not Sil"),
        (lambda: door(silenced=["DR801"]), "[DR800] system house: 'DR801' is not a silencing ("),
        (
            lambda: door(silenced=[silence("DR801", "x", "y"), silence("DR801", "x", "z")]),
            "[DR800] system house: DR801 of 'x' is silenced twice (first at test",
        ),
    ],
)
def test_what_is_no_silencing_is_refused(build: Callable[[], object], message: str) -> None:
    with pytest.raises(ModelError) as caught:
        build()
    assert str(caught.value).startswith(message)
    assert "test_remarks.py:" in str(caught.value)


def test_a_remark_reads_as_an_error_does() -> None:
    remark = Remark("DR801", "door", "it squeaks", None, "oil it")
    assert str(remark) == "[DR801] door: it squeaks; oil it"
    with pytest.raises(KeyError):
        Remark("DR104", "door", "it squeaks")
    assert all(code.startswith("DR8") for code in REMARKS)


# -- what is remarked ---------------------------------------------------------------------------------------------------
def told(system: System) -> list[tuple[str, str]]:
    return [(remark.code, remark.subject) for remark in remarks_of(system)]


def server(name: str, **details: Any) -> Component:
    return Component(
        name, ["up", "down"], transitions=[on("fails", "up", "down", **details), on("mended", "down", "up", **details)]
    )


def named(name: str) -> Component:
    return Component(name, ["up", "down"], transitions=[on(f"{name}_fails", "up", "down"), on("mended", "down", "up")])


def watcher(*triggers: str) -> Component:
    return Component("watcher", ["here"], transitions=[on(trigger, "here") for trigger in triggers])


def test_two_of_one_function_that_share_all_their_triggers() -> None:
    system = compose("twice", [server("a"), server("b")])
    (remark,) = remarks_of(system)
    assert (remark.code, remark.subject) == ("DR802", "a / b")
    assert "share each of their triggers (fails, mended)" in remark.message
    assert remark.place == system.a.place
    assert told(compose("thrice", [server(name) for name in ("a", "b", "c")])) == [("DR802", "a / b / c")]


def test_a_budget_and_ticks_do_not_hide_that_all_is_shared() -> None:
    def aging(name: str) -> Component:
        age = Age("age", cap=2)
        return Component(
            name,
            ["up", "down"],
            variables=[age],
            transitions=[
                on("fails", "up", "down", fault="outage"),
                on("mended", "down", "up", when=age > 0, then={age: 0}),
                on("tick", then={age: age + 1}),
            ],
        )

    system = compose("twice", [aging("a"), aging("b")], faults={"outage": 1}, tick=hours(1))
    assert told(system) == [("DR802", "a / b")]


def test_what_fails_is_remarked_where_copies_have_triggers_of_their_own_too() -> None:
    def site_of(name: str, kind: Any) -> Component:
        outage = [on("fails", "up", "down", kind=kind), on("returns", "down", "up", kind=kind)]
        return Component(name, ["up", "down"], transitions=[*outage, on(f"{name}_drains", "down")])

    (remark,) = remarks_of(compose("twice", [site_of(name, "environment") for name in ("east", "west")]))
    assert (remark.code, remark.subject) == ("DR802", "east / west")
    assert "share triggers (fails, returns)" in remark.message
    assert told(compose("meant", [site_of(name, "automatic") for name in ("east", "west")])) == []


def test_what_a_site_says_does_not_hide_that_the_rest_is_shared() -> None:
    def database(name: str) -> Component:
        own = [on("crash", "up", "down"), on("restart", "down", "up"), on("site_fails", "*", "down")]
        return Component(name, ["up", "down"], transitions=own)

    places = [Component(n, ["up", "lost"], transitions=[on("fails", "up", "lost")]) for n in ("east", "west")]
    inside = [database("db1"), database("db2")]
    system = compose("sites", [*places, *inside], sites=[Site(p, [d]) for p, d in zip(places, inside, strict=True)])
    assert ("DR802", "db1 / db2") in told(system)


def two(**details: Any) -> System:
    a, b = server("a"), server("b")
    return compose("two", [a, b], **{name: build(a, b) for name, build in details.items()})


@pytest.mark.parametrize(
    "system",
    [
        lambda: compose("alone", [server("a")]),
        lambda: compose("by_name", [named("a"), named("b")]),  # one trigger has a name of its own: the other is meant
        lambda: compose("watched", [server("a"), server("b"), watcher("fails", "mended")]),
        lambda: compose("internal", [server("a", internal=True), server("b", internal=True)]),
        lambda: compose("passive", [server("a", passive=True), server("b", passive=True), watcher("look")]),
        lambda: two(
            events=lambda a, b: [
                event("fails", {a: "fails", b: "fails"}),
                event("mended", {a: "mended"}, optional={b: "mended"}),
            ]
        ),
        lambda: compose(
            "apart",
            [
                Component("a", ["up"], transitions=[on("look", "up")]),
                Component("b", ["up"], transitions=[on("look", "up")]),
            ],
        ),
    ],
    ids=["alone", "by name", "watched", "internal", "passive", "by vector", "two functions"],
)
def test_sharing_that_is_meant_is_no_remark(system: Callable[[], System]) -> None:
    assert [
        each for each in told(system()) if each[0] != "DR840"
    ] == []  # passive ones are alone in this, and never move


def site(**details: Any) -> Component:
    return Component(
        "east", ["up", "lost"], transitions=[on("fails", "up", "lost"), on("returns", "lost", "up")], **details
    )


def disk(*more: str, name: str = "disk") -> Component:
    return Component(
        name,
        ["working", "gone"],
        transitions=[on("site_fails", "working", "gone"), *(on(trigger, "gone", "working") for trigger in more)],
    )


def test_a_trigger_called_as_what_a_site_shares() -> None:
    east, one = site(), disk("site_returns")
    system = compose("sites", [east, one], sites=[Site(east, [one])])
    (remark,) = remarks_of(system)
    assert (remark.code, remark.subject) == ("DR803", "disk.site_returns")
    assert (
        remark.remedy == 'write Site(..., shared={"fails": "site_fails", "returns": "site_returns"}), or another name'
    )
    east, one = site(), disk("site_returns")
    both = {"fails": "site_fails", "returns": "site_returns"}
    assert told(compose("sites", [east, one], sites=[Site(east, [one], shared=both)])) == []
    east, one = site(), disk("repaired")
    assert told(compose("sites", [east, one], sites=[Site(east, [one])])) == []


def test_a_component_that_was_left_out_of_its_site() -> None:
    east, one, other = site(), disk("repaired"), disk("replaced", name="tape")
    assert told(compose("sites", [east, one, other], sites=[Site(east, [one])])) == [("DR803", "tape.site_fails")]


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("promote_pg2", "promotes_pg2", True),
        ("fail", "fails", True),
        ("replicate", "replciate", True),
        ("replicate", "replicaate", True),
        ("replicate", "replikate", True),
        ("take_over", "takes_over", True),
        ("promote_pg1", "promote_pg2", False),  # a digit
        ("promote_a", "promote_b", False),  # the letter of a side
        ("promotea", "promoteb", False),
        ("promoteA", "promoteB", False),
        ("promote_east", "promote_west", False),
        ("mounting", "amounting", False),  # another first letter is another word
        ("hosted", "posted", False),
        ("run", "ran", False),
        ("sent_all", "send_all", False),
        ("restore", "restored", False),
        ("link_up", "up_link", False),
    ],
)
def test_one_slip_of_the_pen(first: str, second: str, apart: bool) -> None:
    assert slip(first, second) is slip(second, first) is apart

    def one(name: str, trigger: str) -> Component:
        return Component(name, ["on"], transitions=[on(trigger, "on")])

    def another(name: str, trigger: str) -> Component:
        return Component(name, ["on"], transitions=[on(trigger, "on")])

    subject = " / ".join(sorted((first, second)))
    assert told(compose("names", [one("left", first), another("right", second)])) == [("DR804", subject)] * apart


def test_names_that_join_their_words_otherwise() -> None:
    left = Component("left", ["on"], transitions=[on("failover", "on")])
    right = Component("right", ["on"], transitions=[on("fail_over", "on")])
    assert told(compose("names", [left, right])) == [("DR804", "fail_over / failover")]
    both = Component("right", ["on"], transitions=[on("fail_over", "on"), on("failover", "on")])
    assert told(compose("names", [left, both])) == []


def test_names_that_hold_a_component_s_name_are_no_slip() -> None:
    def one(name: str) -> Component:
        return Component(name, ["on"], transitions=[on(f"{name}_fails", "on")])

    assert slip("storage_fails", "stowage_fails")
    assert told(compose("names", [one("storage"), one("stowage")])) == []


def test_names_that_one_component_has_or_a_vector_joins_are_no_slip() -> None:
    left = Component("left", ["on"], transitions=[on("promote", "on"), on("promotes", "on")])
    right = Component("right", ["on"], transitions=[on("promotes", "on")])
    assert told(compose("both", [left, right])) == []
    left = Component("left", ["on"], transitions=[on("promote", "on")])
    right = Component("right", ["on"], transitions=[on("promotes", "on")])
    joined = compose("joined", [left, right], events=[event("promotion", {left: "promote", right: "promotes"})])
    assert told(joined) == []


def test_states_and_variables_a_letter_apart() -> None:
    left = Component("left", ["on", "replicating"], transitions=[on("go", "on", "replicating")])
    right = Component("right", ["on", "replicting"], transitions=[on("went", "on", "replicting")])
    assert told(compose("states", [left, right])) == [("DR804", "replicating / replicting")]
    left = Component("left", ["on", "waiting"], transitions=[on("go", "on", "waiting")])
    right = Component("right", ["on", "writing"], transitions=[on("went", "on", "writing")])
    assert told(compose("words", [left, right])) == []


@pytest.mark.parametrize(
    ("triggers", "members", "subjects"),
    [
        (["fail"], ["site_fails"], ["east.fails"]),
        (["is_lost"], ["site_fails"], ["east.fails"]),
        (["fail"], ["gone"], ["east.fail"]),
        (["fails", "fail"], ["site_fails"], ["east.fail"]),
        (["lost"], ["gone"], []),
        (["fails", "lost"], ["site_fails"], []),
    ],
)
def test_a_site_that_shares_nothing_or_nearly(triggers: list[str], members: list[str], subjects: list[str]) -> None:
    def up_and_down(name: str, *downs: str) -> Component:
        rows = [on(trigger, "up", "down") for trigger in downs]
        return Component(name, ["up", "down"], transitions=[*rows, on(f"{name}_mended", "down", "up")])

    east, one = up_and_down("east", *triggers), up_and_down("disk", *members)
    system = compose("sites", [east, one], sites=[Site(east, [one])])
    assert told(system) == [("DR803", subject) for subject in subjects]


def doing(name: str, *triggers: str, **details: Any) -> Component:
    return Component(name, ["on"], transitions=[on(trigger, "on", **details) for trigger in triggers])


@pytest.mark.parametrize("numbers", [("promote_1", "promote_2"), ("promote1",)])
def test_a_trigger_that_is_alone_beside_the_same_with_numbers(numbers: tuple[str, ...]) -> None:
    system = compose("numbers", [doing("group", *numbers), doing("operator", "promote")])
    (remark,) = remarks_of(system)
    assert (remark.code, remark.subject) == ("DR811", "operator.promote")
    assert f"but there is {', '.join(f'{n} of group' for n in numbers)}" in remark.message


def test_numbered_triggers_that_are_no_remark() -> None:
    assert told(compose("both", [doing("group", "promote_1", "promote"), doing("o", "look")])) == []
    assert told(compose("two", [doing("group", "promote_1"), doing("o", "promote"), doing("p", "promote", "q")])) == []
    assert told(compose("own", [doing("group", "promote_1", internal=True), doing("o", "promote")])) == []
    a, b = doing("a", "promote_1"), doing("b", "promote")
    assert told(compose("joined", [a, b], events=[event("promotion", {a: "promote_1", b: "promote"})])) == []


def test_a_component_that_a_vector_leaves_out() -> None:
    a, b, c = doing("a", "go"), doing("b", "go"), doing("c", "go")
    left_out = compose("three", [a, b, c], events=[event("together", {a: "go", b: "go"})])
    (remark,) = remarks_of(left_out)
    assert (remark.code, remark.subject) == ("DR812", "c.go")
    assert "event together joins go of a and b, and not of c" in remark.message
    assert told(compose("all", [a, b, c], events=[event("together", {a: "go", b: "go", c: "go"})])) == []
    book = doing("book", "step")
    led = event("together", {book: "step", a: "go", b: "go"})
    assert told(compose("led", [book, a, b, c], events=[led])) == [("DR812", "c.go")]
    maybe = event("together", {book: "step"}, optional={a: "go", b: "go"})
    assert told(compose("maybe", [book, a, b, c], events=[maybe])) == [("DR812", "c.go")]
    two = [event("one", {a: "go", b: "go"}), event("two", {b: "go", c: "go"})]
    assert told(compose("pairs", [a, b, c], events=two)) == []
    d = doing("d", "go")
    assert told(compose("other", [a, book, d], events=[event("together", {book: "step", a: "go"})])) == []


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ("falure", True),
        ("failures", True),
        ("Failure", True),
        ("failur", True),
        ("failured", True),
        ("ailure", True),
        ("failurE2", False),
        ("fail_ure", False),
        ("outage", False),
        ("failure_2", False),
    ],
)
@pytest.mark.parametrize("budget", [{"failure": 1}, {}])
def test_kinds_of_faults_of_nearly_one_name(other: str, alike: bool, budget: dict[str, int]) -> None:
    part = Component(
        "part",
        ["up", "down"],
        transitions=[
            on("breaks", "up", "down", fault="failure"),
            on("bursts", "up", "down", fault=other),
            on("mended", "down", "up"),
        ],
    )
    found = remarks_of(compose("faults", [part], faults=budget))
    assert [(r.code, r.subject) for r in found] == [("DR813", " / ".join(sorted((other, "failure"))))] * alike
    assert all((f"no budget limits {other!r}" in r.message) is bool(budget) for r in found)


def counting(properties: Callable[[Component], list[Any]] = lambda c: [], guard: bool = False) -> System:
    lost, seen = Counter("lost", cap=3), Counter("seen", cap=3)
    part = Component(
        "part",
        ["on"],
        variables=[lost, seen],
        transitions=[on("loses", "on", then={lost: lost + 1, seen: seen + lost}, when=(seen < 2) if guard else True)],
    )
    return compose("counting", [part], properties=properties(part))


def test_variables_that_nothing_reads() -> None:
    assert told(counting()) == []  # no property is stated: nothing is known of what they are for
    assert told(counting(lambda c: [always(c.lost < 4 - 1, name="p")])) == [("DR805", "part.seen")]
    assert told(counting(lambda c: [reachable(c.on, name="p")])) == [("DR805", "part.lost"), ("DR805", "part.seen")]
    assert told(counting(lambda c: [always(c.seen < 3, name="p")])) == []  # lost is read by what is read
    assert told(counting(lambda c: [reachable(c.on, name="p")], guard=True)) == []


def test_a_choice_for_good_that_nothing_reads_only_adds_states() -> None:
    size, used = Integer("size", 0, 3, start=[1, 2]), Integer("used", 0, 3, start=[0, 3])
    part = Component(
        "part", ["on", "off"], variables=[size, used], transitions=[on("stops", "on", "off", when=used > 1)]
    )
    assert told(compose("sized", [part], properties=[reachable(part.off, name="p")])) == [("DR805", "part.size")]


def test_what_never_changes_or_a_sibling_needs_is_no_remark() -> None:
    def part(name: str) -> Component:
        kept, used, unused = Boolean("kept"), Boolean("used"), Array("unused", Boolean("b"), 2)
        return Component(
            name,
            ["on"],
            variables=[kept, used, unused],
            transitions=[
                on(f"{name}_works", "on", then={kept: if_else(used, kept, False), used: ~used, unused[0]: used})
            ],
        )

    a, b = part("a"), part("b")
    system = compose("siblings", [a, b], properties=[reachable(a.used, name="p")])
    assert told(system) == [("DR805", "a.unused"), ("DR805", "b.unused")]


def aging(compared: Callable[[Any], Any], cap: Any = hours(3), start: Any = None) -> System:
    age = Age("age", cap=cap) if start is None else Counter("age", cap=cap, at_limit="refuse")
    clock = Component(
        "clock",
        ["on", "rung"],
        variables=[age],
        transitions=[on("tick", "on", then={age: age + 1}), on("rings", "on", "rung", when=compared(age))],
    )
    return compose("clocks", [clock], tick=hours(1), properties=[reachable(clock.rung, name="p")])


@pytest.mark.parametrize(
    ("compared", "answer"),
    [
        (lambda age: age > hours(3), "never"),
        (lambda age: age >= hours(4), "never"),
        (lambda age: age == 7, "never"),
        (lambda age: age != 7, "always"),
        (lambda age: age <= hours(3), "always"),
        (lambda age: age < 4, "always"),
        (lambda age: Literal(4) > age, "always"),
        (lambda age: Literal(hours(3)) < age, "never"),
        (lambda age: age + 1 > 4, "never"),
        (lambda age: age >= hours(3), None),
        (lambda age: age > hours(2), None),
        (lambda age: age >= 0, None),  # what no cap decides
        (lambda age: age != 3, None),
        (lambda age: age == 3, None),
    ],
)
def test_comparisons_beyond_the_cap(compared: Callable[[Any], Any], answer: str | None) -> None:
    found = remarks_of(aging(compared))
    assert [r.code for r in found] == ["DR807"] * (answer is not None)
    if answer is not None:
        assert f"it is {answer} true: clock.age is 3h at most" in found[0].message


def test_what_a_parameter_capped_at_nothing_is_no_remark() -> None:
    assert told(aging(lambda age: age > 0, cap=0)) == []
    assert told(aging(lambda age: age > 5, cap=5, start=0)) == []  # does not saturate


def test_fairness_of_a_name_that_an_event_and_a_class_have() -> None:
    part = Component("part", ["on", "off"], transitions=[on("operator", "on", "off")])
    assumed = eventually(part.off, fairness=weakly_fair("operator"), name="p")
    assert told(compose("named", [part], properties=[assumed])) == [("DR808", "operator")]
    part = Component("part", ["on", "off"], transitions=[on("operates", "on", "off")])
    assumed = eventually(part.off, fairness=weakly_fair("operates", "automatic"), name="p")
    assert told(compose("named", [part], properties=[assumed])) == []


def restless(*fairness: Any, urgent: bool = True) -> DesignReport:
    def build() -> System:
        age = Age("age", cap=1)
        part = Component("part", ["x", "y"], transitions=[on("a", "x", "y", urgent=urgent), on("b", "y", "x")])
        clock = Component("clock", ["on"], variables=[age], transitions=[on("tick", "on", then={age: age + 1})])
        stated = [eventually(clock.age == 1, fairness=fairness, name="time_passes")]
        return compose("restless", [part, clock], tick=hours(1), properties=stated)

    return check_design(design(build))


def test_fairness_of_time_that_urgent_events_defeat() -> None:
    found = restless(weakly_fair("automatic", "time")).remarks
    assert [(r.code, r.subject) for r in found] == [("DR809", "time_passes")]
    assert "a is possible again and again, is urgent, and so makes tick impossible" in found[0].message
    assert restless(weakly_fair("automatic"), strongly_fair("time")).remarks == ()  # holds
    assert restless(weakly_fair("automatic")).remarks == ()  # nothing is assumed of time
    assert restless(weakly_fair("automatic", "time"), urgent=False).remarks == ()


def test_an_urgent_event_that_stays_possible() -> None:
    def build(then: bool, urgent: bool = True, clock: bool = True) -> System:
        asked, age = Boolean("asked", start=True), Age("age", cap=1)
        part = Component(
            "part",
            ["on"],
            variables=[asked],
            transitions=[on("asks", "on", when=asked, then={asked: False} if then else {}, urgent=urgent)],
        )
        watch = Component("watch", ["on"], variables=[age], transitions=[on("tick", "on", then={age: age + 1})])
        return compose("asking", [part, *([watch] if clock else [])], tick=hours(1))

    assert told(build(then=False)) == [("DR810", "asks")]
    assert told(build(then=True)) == told(build(then=False, urgent=False)) == told(build(then=False, clock=False)) == []


# -- parameters ---------------------------------------------------------------------------------------------------------
def lamps(
    number: Annotated[int, "lamps", range(1, 4)] = 2,
    wait: Duration = hours(2),
    unused: bool = False,
    forgotten: OneOf["a", "b"] = "a",
    tests: bool = False,
    often: int = 2,
    bound: int = 3,
) -> System:
    _ = str(forgotten)  # read, and of no effect
    age = Age("age", cap=wait)
    more = [on("test", "on", when=age < often)] if tests else []  # `often` matters only with `tests`
    parts = [
        Component(
            f"lamp{n}",
            ["on", "off"],
            variables=[age] if n == 0 else [],
            transitions=[on(f"fails{n}", "on", "off"), *([on("tick", then={age: age + 1}), *more] if n == 0 else [])],
        )
        for n in range(number)
    ]
    stated = [never(parts[0].off & (age >= wait), name="p"), worst_case(age, at_most=bound, name="q")]
    return compose("lamps", parts, tick=hours(1), properties=stated)


def test_parameters_that_change_nothing() -> None:
    report = check_design(design(lamps))
    assert [(r.code, r.subject) for r in report.remarks_with(None)] == [("DR806", "unused"), ("DR806", "forgotten")]
    assert "(tried: yes)" in str(report.remarks_with(None)[0])


def test_a_parameter_is_first_tried_with_those_beside_it() -> None:
    composed = []

    def knobs(
        often: int = 2,
        a: bool = False,
        b: bool = False,
        c: bool = False,
        d: bool = False,
        e: bool = False,
        tests: bool = False,
    ) -> System:
        composed.append((often, tests))
        age = Age("age", cap=3)
        soon = age < often
        more = [on("test", "on", when=soon)] if tests else []
        knobs = [on(f"turn{n}", "on") for n, turned in enumerate((a, b, c, d, e)) if turned]
        lamp = Component("lamp", ["on"], variables=[age], transitions=[on("tick", then={age: age + 1}), *more, *knobs])
        return compose("lamp", [lamp], tick=hours(1))

    declared = design(knobs)
    found = idle_parameters(declared, declared.statements(), most=None)
    composed.clear()
    assert list(found) == []
    assert len(composed) == 14, "each once, `often` at each of its values and once more where there are tests"


def test_a_parameter_that_adds_a_property_changes_what_is_promised() -> None:
    def strict_or_not(strict: bool = False) -> System:
        lamp = Component("lamp", ["on", "off"], transitions=[on("fails", "on", "off")])
        more = [never(lamp.off, name="m")] if strict else []
        return compose("lamp", [lamp], properties=[reachable(lamp.off, name="r"), *more])

    assert check_design(design(strict_or_not)).remarks_with(None) == ()


def test_parameters_are_looked_at_with_the_defaults_only() -> None:
    assert check_design(design(lamps), {"number": 1}).remarks_with(None) == ()
    assert check_design(design(lamps), {}, ["p"]).remarks_with(None) == ()


# -- where remarks are told -----------------------------------------------------------------------------------------------
def test_the_designs_are_without_remarks_and_silence_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """That none is left is what the property items of the designs show: the settings of pytest make remarks errors."""
    root = Path(__file__).resolve().parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert "error::drcheck.RemarkWarning" in settings["filterwarnings"]
    monkeypatch.chdir(root)
    silenced = {(s.subject, s.code) for name in settings["drcheck_designs"] for s in load(name).build().silenced}
    assert 0 < len(silenced) <= 10


TWINS = """
from drcheck import Component, System, compose, design, on, reachable, silence


def server(name):
    return Component(name, ["up", "down"], transitions=[on("fails", "up", "down"), on("mended", "down", "up")])


@design(title="Twins")
def twins(meant: bool = False) -> System:
    first, second = server("first"), server("second")
    return compose("twins", [first, second], properties=[reachable(first.down, name="falls")], silenced=[
        silence("DR802", "first / second", "one power supply") if meant else silence("DR804", "a / b", "no reason"),
    ])
"""


@pytest.fixture
def twins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "twins_of_remarks.py").write_text(TWINS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "twins_of_remarks", None)  # type: ignore[arg-type]  # forgotten again afterwards
    del sys.modules["twins_of_remarks"]
    return "twins_of_remarks:twins"


def test_the_command_line_tells_remarks(twins: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", twins]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert 'Remarks: 2. If one is intended, silence it with a reason: compose(..., silenced=[silence("DR802",' in out
    assert "[DR802] first / second: they are made by one function" in out
    assert "[DR801] DR804 a / b: it is silenced, and there is no such remark (twins_of_remarks.py:13)" in out
    assert run(["show", twins]) == 0
    out = capsys.readouterr().out
    assert "[DR802] first / second" in out
    assert run(["check", twins, "--set", "meant=yes"]) == 0
    assert "Remarks" not in capsys.readouterr().out


def test_json_and_reviews_tell_remarks(twins: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", twins, "falls", "--json"]) == 0
    (remark,) = json.loads(capsys.readouterr().out)["remarks"]  # one property is not the whole design: no DR801
    assert list(remark) == ["code", "subject", "message", "place", "remedy"]
    assert (remark["code"], remark["place"]) == ("DR802", "twins_of_remarks.py:6")
    review = collect([load(twins)])
    assert [(r.code, r.subject) for r in review.designs[0].remarks] == [
        ("DR802", "first / second"),
        ("DR801", "DR804 a / b"),
    ]
    for text in (markdown(review), html(review)):
        assert "they are made by one function and share each of their triggers" in text
    meant = collect([load(twins)], {"meant": True})
    assert meant.designs[0].remarks == ()
    for text in (markdown(meant), html(meant)):
        assert "one power supply" in text


# -- time that never passes ----------------------------------------------------------------------------------------------
def lit(*, urgent: bool = True, starts: Sequence[str] = ("red",), silenced: Sequence[Silencing] = ()) -> System:
    """A lamp that always has something urgent to do, beside a clock."""
    age = Age("age", cap=4)
    rows = [on("turns_green", "red", "green", urgent=urgent), on("turns_red", "green", "red", urgent=True)]
    lamp = Component("lamp", [*dict.fromkeys([*starts, "red", "green"])], starts, transitions=rows)
    clock = Component("clock", ["on"], variables=[age], transitions=[on("tick", "on", then={age: age + 1})])
    promises = [
        never(age == 3, name="early"),
        within(hours(1), lamp.green, after=lamp.red, name="in_time"),
    ]
    return compose("lights", [lamp, clock], tick=hours(1), properties=promises, silenced=silenced)


def test_time_that_never_passes() -> None:
    report = check_design(design(partial_of(lit)))
    (remark,) = [remark for remark in report.remarks if remark.code == "DR842"]
    assert (remark.subject, str(remark.place).partition(":")[0]) == ("lights", "tests/finders/test_remarks.py")
    assert "time never passes: in none of the states that can be reached is tick possible" in remark.message
    _, in_time = report.verdicts[-2:]
    assert (in_time.conclusion.value, in_time.vacuous) == (
        "HOLDS",
        "time never passes, so nothing takes longer than the bound",
    )


def test_time_that_passes_in_some_search_or_that_was_not_seen() -> None:
    slow = design(partial_of(lit, urgent=False))
    assert "DR842" not in {remark.code for remark in check_design(slow).remarks}
    mixed = design(partial_of(lit, starts=("red", "dark")))
    report = check_design(mixed)
    assert "DR842" not in {remark.code for remark in report.remarks}
    assert [verdict.vacuous for verdict in report.verdicts] == [None] * len(report.verdicts)
    report = check_design(design(partial_of(lit)))
    early = tuple(replace(run, exploration=replace(run.exploration, complete=False)) for run in report.runs)
    stopped = replace(report, runs=early, verdicts=())
    assert "DR842" not in {remark.code for remark in stopped.remarks}


def test_that_time_stands_still_can_be_meant() -> None:
    meant = silence("DR842", "lights", "the lamp shows what happens within a moment")
    assert check_design(design(partial_of(lit, silenced=[meant]))).remarks == ()
    vain = design(partial_of(lit, silenced=[meant], urgent=False))
    assert [(remark.code, remark.subject) for remark in check_design(vain).remarks] == [("DR801", "DR842 lights")]


def partial_of(compose_it: Callable[..., System], **settings: Any) -> Callable[[], System]:
    def lights() -> System:
        return compose_it(**settings)

    return lights
