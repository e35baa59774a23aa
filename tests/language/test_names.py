"""An expression with a name means what it stands for, and is written by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drcheck import (
    Age,
    Choice,
    Component,
    Counter,
    Expression,
    Integer,
    Literal,
    System,
    always,
    any_of,
    chosen,
    compose,
    count,
    globally,
    happens,
    hours,
    if_else,
    ltl,
    named,
    never,
    on,
    reachable,
    remarks_of,
    standalone,
    state_of,
    variable_of,
    whenever,
    worst_case,
)
from drcheck.cli.main import run
from drcheck.errors import DrcheckError
from drcheck.language.constants import constant
from drcheck.language.units import unit_of
from drcheck.render.drawing import to_dot, to_mermaid, to_svg
from drcheck.render.machine import machine_diagram
from drcheck.system.naming import names_of
from drcheck.system.oracle import Oracle
from drcheck.text.writing import expression_text
from drcheck.verdicts.check import check
from drcheck.verdicts.coverage import condition_text
from drcheck.verdicts.verdict import Conclusion


def plain(name: str, node: Expression | int) -> Expression:
    """An expression without its name."""
    return node if isinstance(node, Expression) else Literal(node)


def cluster(say=named, *, parts: bool = False) -> System:  # type: ignore[no-untyped-def]
    """Three nodes, a service that needs two of them, and all kinds of expressions, said with `say`."""
    nodes = [
        Component(
            f"n{i}", ["up", "down"], transitions=[on("fails", "up", "down", internal=True), on("back", "down", "up")]
        )
        for i in range(3)
    ]
    quorum = say("quorum", count([node.up for node in nodes]) >= 2)
    mode, seen = Choice("mode", ["off", "slow", "fast"]), Integer("seen", 0, 3)
    pace = say("pace", if_else(quorum, say("quick", Literal("fast")), "slow"))
    service = Component(
        "service",
        ["on", "off"],
        variables=[mode, seen],
        transitions=[
            on("stops", "on", "off", when=~quorum, then={mode: "off"}),
            on("starts", "off", "on", when=quorum & any_of(nodes, lambda node: node.down), then={mode: pace}),
            on("looks", "on", when=say("fast", mode == pace), then={seen: say("up", count([n.up for n in nodes]))}),
        ],
    )
    return compose("cluster", [*nodes, service], parts={"quorum": quorum} if parts else {})


def test_it_is_lowered_to_what_it_stands_for() -> None:
    one, other = cluster(), cluster(plain)
    for a, b in zip(one.events, other.events, strict=True):
        assert (a.name, str(a.guard)) == (b.name, str(b.guard))
        assert [[(n, str(x)) for n, x in way.updates] for way in a.alternatives] == [
            [(n, str(x)) for n, x in way.updates] for way in b.alternatives
        ]
    seen, waiting = {one.initial}, [one.initial]
    first, second = Oracle(one), Oracle(other)
    while waiting:
        state = waiting.pop()
        steps = first.successors(state)
        assert steps == second.successors(state)
        new = {step.target for step in steps if step.target is not None} - seen
        seen |= new
        waiting += new
    assert len(seen) > 10


def test_a_name_in_front_of_a_connective_is_one_operand() -> None:
    a = Component("a", ["x", "y"], transitions=[on("go", "x", "y"), on("back", "y", "x")])
    either = named("either", a.x | a.y)
    assert str(either | a.x) == "either or a.x"
    assert str(~either & (named("n", Literal(2)) + 1 > 2)) == "not either and n + 1 > 2"
    assert (either == a.x).kind == "boolean"  # written so, the whole of it is what is compared


def test_messages_properties_and_json_have_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """from drcheck import *

@design(title="Named", properties=__name__)
def it() -> System:
    "One link."
    link = Component("link", ["up", "down"], transitions=[on("fails", "up", "down"), on("mended", "down", "up")])
    lost = named("lost", ~link.up)
    alarm = Component("alarm", ["off", "on"], transitions=[on("rings", "off", "on", when=lost), on("stops", "on", "off")])
    return compose("it", [link, alarm], parts={"lost": lost})

@stated
def never_lost(d: System) -> Property:
    "It is never lost."
    return never(d.lost)
"""
    (tmp_path / "it.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["check", "it.py", "--json", "--coverage"]) == 1
    data = json.loads(capsys.readouterr().out)
    formulas = {v["property"]: v["formula"] for v in data["verdicts"]}
    assert formulas["never_lost"] == "always (not lost)"
    assert run(["show", "it.py"]) == 0
    shown = capsys.readouterr().out
    assert "stands for" in shown
    assert "not link.up" in shown


def test_show_tells_what_a_name_stands_for_in_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """References are what they speak of, and constants that decide nothing are left out, as in drawings."""
    text = """
from drcheck import *

@design(title="Sites")
def sites() -> System:
    "A site that looks at another, which is made later."
    near = named("near", state_of("far", "down_*"))
    votes = named("votes", count([Literal(True), near]) >= 2)
    link = Component("link", ["up", "down"], transitions=[on("fails", "up", "down", when=votes)])
    far = Component("far", ["up", "down_fire", "down_flood"], transitions=[
        on("burns", "up", "down_fire"), on("rains", "up", "down_flood"),
    ])
    return compose("sites", [link, far])
"""
    (tmp_path / "sites.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(["show", "sites.py"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "near far in (down_fire, down_flood)" in lines
    assert "votes 1 + (1 if near else 0) >= 2" in lines


def test_guards_are_covered_by_name() -> None:
    system = cluster()
    assert "quorum" in condition_text(system.event("starts").guard)
    assert condition_text(system.event("stops").guard).startswith("service = on and not quorum")
    assert "quorum" not in str(system.event("starts").guard)


def test_drawings_write_the_name_and_list_what_it_stands_for() -> None:
    drawn = machine_diagram(cluster().component("service"))
    assert drawn.edges[0].guard == "not quorum"
    assert drawn.names[0].startswith("quorum: ")
    assert "fast: mode = pace" in drawn.names  # its own variable goes without the name of the component
    for text in (to_mermaid(drawn), to_dot(drawn), to_svg(drawn)):
        assert "not quorum" in text
        assert "n2.up" in text
    before = machine_diagram(cluster(plain).component("service"))
    assert before.names == ()
    assert "note right" not in to_mermaid(before)


def test_units_constants_and_remarks_see_through_it() -> None:
    gone = Age("gone", cap=hours(2))
    assert unit_of(named("since", gone + 1)) == "ticks"
    assert constant(named("no", Literal(False)) & gone.is_in(1)) == constant(Literal(False))
    link = Component(
        "link",
        ["up", "down"],
        variables=[gone],
        transitions=[
            on("fails", "up", "down"),
            on("tick", "down", then={gone: gone + 1}),
            on("gives_up", "down", "up", when=named("long", gone >= hours(3))),
        ],
    )
    found = {(r.code, r.subject) for r in remarks_of(compose("late", [link], tick=hours(1)))}
    assert ("DR807", "link.gone >= 3h") in found
    told = check(compose("late", [link], tick=hours(1)), worst_case(named("since", gone), name="w"))
    assert "2 ticks (2h)" in told[1].reason


def test_properties_of_all_kinds() -> None:
    system = cluster(parts=True)
    quorum, plainly = system.quorum, cluster(plain, parts=True)
    for build in (
        lambda q: always(q, name="p"),
        lambda q: never(~q, name="p"),
        lambda q: reachable(~q, name="p"),
        lambda q: whenever(q, ~q, name="p"),
        lambda q: ltl(globally(q.implies(globally(q))), name="p"),
        lambda q: worst_case(if_else(q, 1, 0), name="p"),
    ):
        one, other = check(system, build(quorum))[1], check(plainly, build(plainly.quorum))[1]
        assert (one.conclusion, one.value, one.vacuous) == (other.conclusion, other.value, other.vacuous)
        assert "quorum" in one.property.formula()


def test_one_name_stands_for_one_expression_in_a_system_and_its_properties() -> None:
    system = cluster(parts=True)
    assert list(names_of(system)) == ["quorum", "pace", "quick", "fast", "up"]
    again = named("quorum", count([system.component(f"n{i}").up for i in range(3)]) >= 2)
    assert check(system, [reachable(again, name="again")])
    other = named("quorum", system.n0.up)
    with pytest.raises(DrcheckError, match=r"DR105.*two expressions of system cluster are called 'quorum'"):
        check(system, [reachable(other, name="other")])
    with pytest.raises(DrcheckError, match=r"DR105.*two expressions"):
        check(system, [reachable(named("x", system.n0.up), name="a"), reachable(named("x", system.n1.up), name="b")])
    lone = Component("lone", ["x", "y"], transitions=[on("go", "x", "y")])
    with pytest.raises(DrcheckError, match=r"DR105.*names a part"):
        compose("one", [Component("c", ["x"], transitions=[on("d", when=named("p", lone.x))]), lone], parts={"p": 3})


def test_as_text_it_is_what_it_stands_for() -> None:
    a = Component("a", ["x", "y", "z"], transitions=[on("go", "x", "y"), on("on", "y", "z")])
    node = (
        ~named("either", a.x | state_of("a", "y")) & state_of("a", "y", "z") & (variable_of("a", "n") > named("n", 2))
    )
    assert expression_text(node) == '~(a.x | a.y) & a.in_states("y", "z") & (a.n > Literal(2))'
    assert expression_text(state_of("a", "?")) == 'a.in_states("?")'


def test_events_can_have_names() -> None:
    system = cluster()
    started = named("started", happens("starts"))
    told = check(
        system, [reachable(started & system.service.on, name="started"), never(started & ~system.service.on, name="on")]
    )
    assert [v.conclusion for v in told] == [Conclusion.HOLDS] * 3
    again = named("started", happens("starts"))
    assert check(system, [reachable(started, name="one"), reachable(again, name="two")])
    before = [happens("starts", when=named("before", node.up)) for node in (system.n0, system.n1)]
    with pytest.raises(DrcheckError, match=r"DR105.*two expressions"):
        check(system, [reachable(node, name=f"p{number}") for number, node in enumerate(before)])


def test_free_choices_can_have_names() -> None:
    def store(say) -> System:  # type: ignore[no-untyped-def]
        amount, late = chosen("amount", range(1, 4)), chosen("late", [False, True])
        held = Integer("held", 0, 5)
        c = Component(
            "c",
            ["open", "shut"],
            variables=[held],
            transitions=[
                on(
                    "comes",
                    "open",
                    when=say("large", amount > 1) & say("fits", held + amount <= 5),
                    then={held: held + say("much", amount)},
                ),
                on("ends", "open", "shut", when=say("delayed", late)),
                on(
                    "goes", "open", when=say("all", held >= amount + 1), then={held: held - say("one_more", amount + 1)}
                ),
            ],
        )
        return compose("store", [c])

    one, other = store(named), store(plain)
    for event, same in zip(one.events, other.events, strict=True):
        for way, its in zip(event.alternatives, same.alternatives, strict=True):
            assert (str(way.guard), str(way.updates)) == (str(its.guard), str(its.updates))
    guards = [condition_text(way.guard) for way in one.event("comes").alternatives]
    assert guards == ["false", "c = open and fits", "c = open and fits"]
    for build in (lambda s: worst_case(s.c.held, name="w"), lambda s: never(s.c.shut & (s.c.held == 1), name="n")):
        told, its = (check(s, build(s))[1] for s in (one, other))
        assert (told.conclusion, told.value) == (its.conclusion, its.value)
    assert "much: amount" in machine_diagram(one.component("c")).names
    with pytest.raises(DrcheckError, match="DR151"):
        check(one, reachable(named("x", chosen("amount", [1, 2]) > 1), name="x"))


def test_it_runs_by_itself_and_cannot_be_assigned() -> None:
    n = Counter("n", 3)
    c = Component(
        "c", ["s"], variables=[n], transitions=[on("go", "s", when=named("low", n < 2), then={n: named("m", n + 1)})]
    )
    machine = standalone(c)
    for _ in range(4):
        machine.model.go()
    assert machine.model.values == {"n": 2}
    with pytest.raises(DrcheckError, match="DR108"):
        on("go", then={named("n", Counter("n", 3)): 1})


def test_names_of_names_are_not_endless() -> None:
    def nested() -> Expression:
        node: Expression = Literal(True)
        for number in range(100):
            node = named(f"n{number}", node)
        return node

    with pytest.raises(DrcheckError, match="DR121"):
        nested()
