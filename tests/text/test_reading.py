"""What a text means: each construct beside the Python that says the same, and each error with its place."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from transitions.extensions import HierarchicalMachine

import drcheck
from drcheck import (
    Age,
    Array,
    Boolean,
    Choice,
    Component,
    DrcheckError,
    Duration,
    Integer,
    Literal,
    System,
    all_of,
    always,
    any_of,
    can_always,
    chosen,
    compose,
    count,
    deadlock_free,
    eventually,
    finally_,
    globally,
    happens,
    hours,
    if_else,
    leads_to,
    ltl,
    maximum,
    minimum,
    minutes,
    named,
    never,
    next_,
    on,
    reachable,
    release,
    state_of,
    strongly_fair,
    structure,
    total,
    until,
    variable_of,
    weak_until,
    weakly_fair,
    whenever,
    within,
    worst_case,
)
from drcheck.errors import SeveralErrors, TextError
from drcheck.language.expressions import MAX_DEPTH, Expression, applied, connective, taken
from drcheck.language.functions import select
from drcheck.language.references import settled
from drcheck.logic.kinds import Property, Structure
from drcheck.logic.properties import Statement
from drcheck.system.lowering import lower
from drcheck.text import MAX_LENGTH, expression_text, parse_expression, parse_property, property_text, statement
from drcheck.text.resolving import matches
from drcheck.text.stating import FORMS
from drcheck.text.writing import asked
from drcheck.verdicts.check import check
from tests.support.trees import stated, tree


def made() -> System:
    """A link, two servers with a queue each, and a pool with arrays."""
    outage = Age("outage", cap=hours(3))
    link = Component(
        "link",
        ["up", "down"],
        variables=[outage],
        transitions=[
            on("link_fails", "up", "down", kind="environment"),
            on("tick", "down", when=outage < hours(3), then={outage: outage + 1}),
            on("link_restored", "down", "up", then={outage: 0}),
        ],
    )
    servers = []
    for name in ("server1", "server2"):
        queue = Integer("queue", 0, 4)
        servers.append(
            Component(
                name,
                ["idle", "in_service"],
                variables=[queue],
                transitions=[
                    on(f"{name}_starts", "idle", "in_service"),
                    on("work", "in_service", when=queue < 4, then={queue: queue + 1}, internal=True),
                ],
            )
        )
    mode = Choice("mode", ["slow", 'very "fast"'])
    ready = Array("ready", Boolean("value"), length=3)
    slot = Array("slot", Integer("value", 0, 2), length=3)
    pool = Component(
        "pool",
        ["here"],
        variables=[mode, ready, slot],
        transitions=[on("speeds_up", "here", then={mode: 'very "fast"', ready[0]: True, slot[1]: slot[0] + 1})],
    )
    return compose("shop", [link, *servers, pool], tick=hours(1))


SYSTEM = made()
D = SYSTEM


def zero_minus(x: Any) -> Expression:
    return -x


EXPRESSIONS: list[tuple[str, Callable[[], Any], str]] = [
    ("link.down", lambda: D.link.down, "link.down"),
    ("  ( link . down )\n", lambda: D.link.down, "link.down"),
    ("link.state('down')", lambda: D.link.down, "link.down"),
    ("link.in_states('up', \"down\")", lambda: D.link.in_states("up", "down"), 'link.in_states("up", "down")'),
    ("link.variable('outage') > 1", lambda: D.link.outage > 1, "link.outage > 1"),
    (
        "~link.down | server1.idle & server2.idle",
        lambda: ~D.link.down | D.server1.idle & D.server2.idle,
        "~link.down | server1.idle & server2.idle",
    ),
    ("~(link.down | server1.idle)", lambda: ~(D.link.down | D.server1.idle), "~(link.down | server1.idle)"),
    (
        "(link.up & link.down) & server1.idle",
        lambda: D.link.up & D.link.down & D.server1.idle,
        "link.up & link.down & server1.idle",
    ),
    (
        "link.down.implies(link.up & server1.idle)",
        lambda: D.link.down.implies(D.link.up & D.server1.idle),
        "~link.down | link.up & server1.idle",
    ),
    ("(link.outage >= 2) & link.down", lambda: (D.link.outage >= 2) & D.link.down, "(link.outage >= 2) & link.down"),
    ("link.outage >= 1h", lambda: D.link.outage >= hours(1), "link.outage >= 1h"),
    ("link.outage >= hours(1)", lambda: D.link.outage >= hours(1), "link.outage >= 1h"),
    ("link.outage != 1h30min10s", lambda: D.link.outage != Duration.parse("1h30m10s"), "link.outage != 1h30min10s"),
    ("link.outage != 90m", lambda: D.link.outage != minutes(90), "link.outage != 1h30min"),
    ("link.outage == 0d", lambda: D.link.outage == hours(0), "link.outage == 0s"),
    (
        "server1.queue + server2.queue * 2 - 1 // 3 % -4",
        lambda: D.server1.queue + D.server2.queue * 2 - taken(1) // 3 % -4,
        "server1.queue + server2.queue * 2 - 1 // 3 % -4",
    ),
    (
        "server1.queue - (server2.queue - 1)",
        lambda: D.server1.queue - (D.server2.queue - 1),
        "server1.queue - (server2.queue - 1)",
    ),
    (
        "(server1.queue - server2.queue) - 1",
        lambda: D.server1.queue - D.server2.queue - 1,
        "server1.queue - server2.queue - 1",
    ),
    (
        "server1.queue*(1_000+server2.queue)",
        lambda: D.server1.queue * (taken(1000) + D.server2.queue),
        "server1.queue * (1000 + server2.queue)",
    ),
    ("-server1.queue * 2", lambda: zero_minus(D.server1.queue) * 2, "-server1.queue * 2"),
    ("-(server1.queue * 2)", lambda: zero_minus(D.server1.queue * 2), "-(server1.queue * 2)"),
    ("0 - server1.queue", lambda: zero_minus(D.server1.queue), "-server1.queue"),
    ("--server1.queue - -1", lambda: zero_minus(zero_minus(D.server1.queue)) - -1, "--server1.queue - -1"),
    ("-(1) + server1.queue", lambda: (taken(0) - taken(1)) + D.server1.queue, "0 - 1 + server1.queue"),
    ('pool.mode == "slow"', lambda: D.pool.mode == "slow", 'pool.mode == "slow"'),
    ("pool.mode != 'very \"fast\"'", lambda: D.pool.mode != 'very "fast"', 'pool.mode != "very \\"fast\\""'),
    (
        'pool.mode.is_in("slow", \'very "fast"\')',
        lambda: D.pool.mode.is_in("slow", 'very "fast"'),
        '(pool.mode == "slow") | (pool.mode == "very \\"fast\\"")',
    ),
    (
        "pool.slot[1] + pool.slot[server1.queue % 3]",
        lambda: D.pool.slot[1] + D.pool.slot[D.server1.queue % 3],
        "pool.slot[1] + pool.slot[server1.queue % 3]",
    ),
    ("pool.array('slot')[0]", lambda: D.pool.slot[0], "pool.slot[0]"),
    ("pool.slot[Literal(1)]", lambda: D.pool.slot[Literal(1)], "pool.slot[Literal(1)]"),
    ("total(pool.slot)", lambda: total(D.pool.slot), "pool.slot[0] + pool.slot[1] + pool.slot[2]"),
    ("all_of(pool.ready)", lambda: all_of(D.pool.ready), "pool.ready[0] & pool.ready[1] & pool.ready[2]"),
    ("any_of([link.up, link.down])", lambda: any_of([D.link.up, D.link.down]), "link.up | link.down"),
    (
        "count([link.up, link.down]) == 1",
        lambda: count([D.link.up, D.link.down]) == 1,
        "if_else(link.up, 1, 0) + if_else(link.down, 1, 0) == 1",
    ),
    ("minimum(server1.queue, 2, 1)", lambda: minimum(D.server1.queue, 2, 1), "minimum(server1.queue, 2, 1)"),
    (
        "maximum(server1.queue, server2.queue)",
        lambda: maximum(D.server1.queue, D.server2.queue),
        "maximum(server1.queue, server2.queue)",
    ),
    ("if_else(link.up, otherwise=2, then=1)", lambda: if_else(D.link.up, 1, 2), "if_else(link.up, 1, 2)"),
    (
        "(link.up == True) | Literal(False)",
        lambda: connective("or", D.link.up == taken(True), Literal(False)),
        "(link.up == True) | Literal(False)",
    ),
    (
        "globally(link.down.implies(finally_(link.up)))",
        lambda: globally(D.link.down.implies(finally_(D.link.up))),
        "globally(~link.down | finally_(link.up))",
    ),
    (
        'happens(link_fails, "automatic", server1.work, when=server1.idle)',
        lambda: happens("link_fails", "automatic", "server1.work", when=D.server1.idle),
        'happens("link_fails", "automatic", "server1.work", when=server1.idle)',
    ),
    ("link.state('*')", lambda: D.link.state("*"), 'link.in_states("up", "down")'),
    (
        "until(link.up, goal=next_(link.down)) & link.up",
        lambda: until(D.link.up, next_(D.link.down)) & D.link.up,
        "until(link.up, next_(link.down)) & link.up",
    ),
    ("weak_until(link.up, link.down)", lambda: weak_until(D.link.up, D.link.down), "weak_until(link.up, link.down)"),
    (
        "release(releases=link.up, formula=link.down)",
        lambda: release(D.link.up, D.link.down),
        "release(link.up, link.down)",
    ),
    (
        "any x in server*: any y in pool.slot: x.queue > y",
        lambda: any_of([x.queue > y for x in (D.server1, D.server2) for y in D.pool.slot]),
        " | ".join(f"(server{n}.queue > pool.slot[{i}])" for n in (1, 2) for i in range(3)),
    ),
    (
        "all x in server*: x.idle | (x.queue > 0)",
        lambda: all_of([D.server1, D.server2], lambda x: x.idle | (x.queue > 0)),
        "(server1.idle | (server1.queue > 0)) & (server2.idle | (server2.queue > 0))",
    ),
    ("any x in link: x.state('down' )", lambda: D.link.down, "link.down"),
    (
        "any q in pool.slot: q > 1",
        lambda: any_of(D.pool.slot, lambda q: q > 1),
        "(pool.slot[0] > 1) | (pool.slot[1] > 1) | (pool.slot[2] > 1)",
    ),
    (
        "(count s in s*er*: s.idle) >= 1",
        lambda: count([D.server1, D.server2], lambda s: s.idle) >= 1,
        "if_else(server1.idle, 1, 0) + if_else(server2.idle, 1, 0) >= 1",
    ),
    (
        "total s in server1, server2: s.queue",
        lambda: total([D.server1.queue, D.server2.queue]),
        "server1.queue + server2.queue",
    ),
    (
        "link.up & (any a in server*: all b in pool.ready: a.idle == b)",
        lambda: (
            D.link.up
            & any_of([D.server1, D.server2], lambda a: all_of(D.pool.ready, lambda b: applied("==", [a.idle, b])))
        ),
        "link.up & ("
        + " | ".join(" & ".join(f"(server{n}.idle == pool.ready[{i}])" for i in range(3)) for n in (1, 2))
        + ")",
    ),
]


@pytest.mark.parametrize(("text", "python", "normal"), EXPRESSIONS, ids=[row[0] for row in EXPRESSIONS])
def test_an_expression_is_what_python_makes(text: str, python: Callable[[], Any], normal: str) -> None:
    found = parse_expression(text, SYSTEM)
    assert tree(found) == tree(python())
    assert expression_text(found) == normal
    assert tree(parse_expression(normal, SYSTEM)) == tree(found)


FAIR = weakly_fair("automatic", "tick")
PROPERTIES: list[tuple[str, Callable[[], Property], str]] = [
    ("never(link.down & server1.idle)", lambda: never(D.link.down & D.server1.idle), "never(link.down & server1.idle)"),
    ("(never(condition=link.down))", lambda: never(D.link.down), "never(link.down)"),
    ("always(~link.down)", lambda: always(~D.link.down), "never(link.down)"),
    ("always(link.up | link.down,)", lambda: always(D.link.up | D.link.down), "always(link.up | link.down)"),
    (
        "whenever(link.down, server1.idle)",
        lambda: whenever(D.link.down, D.server1.idle),
        "whenever(link.down, server1.idle)",
    ),
    (
        "whenever(trigger=link.down, condition=~link.up)",
        lambda: whenever(D.link.down, ~D.link.up),
        "whenever(link.down, ~link.up)",
    ),
    ("reachable(link.outage == 3h)", lambda: reachable(D.link.outage == hours(3)), "reachable(link.outage == 3h)"),
    ("can_always(link.up)", lambda: can_always(D.link.up), "can_always(link.up)"),
    ("deadlock_free()", lambda: deadlock_free(), "deadlock_free()"),
    ("deadlock_free(link.down)", lambda: deadlock_free(D.link.down), "deadlock_free(except_where=link.down)"),
    ("leads_to(link.down, link.up)", lambda: leads_to(D.link.down, D.link.up), "leads_to(link.down, link.up)"),
    (
        "leads_to(link.down, link.up, weakly_fair(automatic, tick))",
        lambda: leads_to(D.link.down, D.link.up, FAIR),
        'leads_to(link.down, link.up, fairness=weakly_fair("automatic", "tick"))',
    ),
    (
        "eventually(link.down, fairness=[strongly_fair('link_fails'), weakly_fair(server1.work)])",
        lambda: eventually(D.link.down, [strongly_fair("link_fails"), weakly_fair("server1.work")]),
        'eventually(link.down, fairness=[strongly_fair("link_fails"), weakly_fair("server1.work")])',
    ),
    (
        "ltl(globally(finally_(link.up)), fairness=[])",
        lambda: ltl(globally(finally_(D.link.up))),
        "ltl(globally(finally_(link.up)))",
    ),
    (
        "within(2h, link.up, after=link.down)",
        lambda: within(hours(2), D.link.up, after=D.link.down),
        "within(2h, link.up, after=link.down)",
    ),
    ("within(goal=happens(tick), bound=3)", lambda: within(3, happens("tick")), 'within(3, happens("tick"))'),
    ("worst_case(server1.queue)", lambda: worst_case(D.server1.queue), "worst_case(server1.queue)"),
    ("worst_case(server1.queue, -1)", lambda: worst_case(D.server1.queue, -1), "worst_case(server1.queue, at_most=-1)"),
    (
        "worst_case(measure=link.outage, at_most=minutes(90))",
        lambda: worst_case(D.link.outage, minutes(90)),
        "worst_case(link.outage, at_most=1h30min)",
    ),
    (
        "never(link.down, claims='A-1', assumptions=['a', 'b'], source='the book', statement='Not down.', name='n')",
        lambda: never(
            D.link.down, name="n", claims="A-1", assumptions=["a", "b"], source="the book", statement="Not down."
        ),
        'never(link.down, name="n", source="the book", statement="Not down.", claims="A-1", assumptions=["a", "b"])',
    ),
]


@pytest.mark.parametrize(("text", "python", "normal"), PROPERTIES, ids=[row[0] for row in PROPERTIES])
def test_a_property_is_what_python_makes(text: str, python: Callable[[], Property], normal: str) -> None:
    found = parse_property(text, SYSTEM)
    assert stated(found) == stated(python())
    assert property_text(found) == normal
    assert stated(parse_property(normal, SYSTEM)) == stated(found)


ERRORS: list[tuple[str, str, str, str]] = [
    ("", "DR320", "", "never(link.down & server.in_service)"),
    ("link.donw", "DR104", "donw", "did you mean 'down'?"),
    ("lnk.down", "DR115", "lnk", "did you mean 'link'?"),
    ("link", "DR102", "link", "write link.up for the state up"),
    ("pool.slot > 1", "DR102", "pool.slot", "write an element"),
    ("link.state == 'up'", "DR104", "state", 'write link.state("...")'),
    ("link.up.down", "DR104", "down", "implies, is_in"),
    ("link.state(up)", "DR320", "up", 'write "up"'),
    ("link.state('dwon')", "DR104", "'dwon'", "did you mean 'down'?"),
    ("link.up()", "DR320", "up", "state, in_states"),
    ("link.up && link.down", "DR320", "&&", "write &"),
    ("!link.up", "DR320", "!", "write ~"),
    ("link.up -> link.down", "DR320", "->", "implies"),
    ("link.outage / 3", "DR320", "/", "write //"),
    ("0 < link.outage < 3", "DR320", "<", "(0 < x) & (x < 5)"),
    ("link.up == link.down & server1.idle", "DR140", "link.down & server1.idle", "write parentheses"),
    ("link.up & link.down == server1.idle", "DR140", "link.up & link.down", "write parentheses"),
    ("link.up & link.outage", "DR102", "link.up & link.outage", ""),
    ("link.outage + link.up", "DR102", "link.outage + link.up", ""),
    ("pool.mode == 'slwo'", "DR103", "pool.mode == 'slwo'", "did you mean 'slow'?"),
    ("pool.slot[3]", "DR104", "3", "0 to 2"),
    ("pool.slot[-1]", "DR104", "-1", "0 to 2"),
    ("link.outage[0]", "DR102", "link.outage", ""),
    ("minimun(1, 2)", "DR320", "minimun", "did you mean 'minimum'?"),
    ("minimum()", "DR102", "minimum()", ""),
    ("if_else(link.up, 1)", "DR302", "if_else(link.up, 1)", "otherwise"),
    ("if_else(link.up, 1, 2, 3)", "DR302", "3", "condition, then, otherwise"),
    ("if_else(link.up, 1, 2, thn=3)", "DR302", "thn", "did you mean 'then'?"),
    ("if_else(link.up, 1, condition=2)", "DR302", "condition", "twice"),
    ("if_else(condition=link.up, 1, 2)", "DR320", "1", "an argument with its name"),
    ("never(link.up) & link.up", "DR320", "never", "is a property"),
    ("Literal(link.up)", "DR102", "link.up", "Literal(True)"),
    ("3x", "DR320", "3x", "1h30min"),
    ("1.5h", "DR320", "1.5h", "1h30min"),
    ("1h 30min", "DR320", "30min", ""),
    ("9" * 5000, "DR111", "9" * 5000, "2**62"),
    (f"link.outage < {2**62 + 1}", "DR111", str(2**62 + 1), "2**62"),
    ("99999999999999999999d", "DR111", "99999999999999999999d", ""),
    ("'abc", "DR320", "'abc", "has no end"),
    (r"'a\z'", "DR320", "\\", "escapes"),
    ("(link.up", "DR320", "(", "not closed"),
    ("link.up)", "DR320", ")", ""),
    ("link.up link.down", "DR320", "link", ""),
    ("[link.up]", "DR102", "[link.up]", "lists are for"),
    ("link.", "DR320", "", "a state"),
    ("link.up &", "DR320", "", "the end of the text"),
    ("(lambda: 1)", "DR320", "lambda", "all x in"),
    ("é", "DR320", "é", ""),
    ("(link.up)(3)", "DR320", "(link.up)", "no function"),
    ("all x in serv*r: x.up", "DR115", "serv*r", "server1"),
    ("all x in server*: x.up", "DR104", "up", "idle"),
    ("all link in server*: link.up", "DR105", "link", "another name"),
    ("all x in server*: any x in link: x.up", "DR105", "x", "another name"),
    ("all x in link.outage: x > 1", "DR102", "link.outage", "server*"),
    ("link.up & all x in server*: x.idle", "DR320", "all x in", "parentheses"),
    ("all_of(link.up)", "DR102", "link.up", "[a, b]"),
    ("all_of(link.up for x in y)", "DR320", "for", "all x in"),
    ("happens(link_fals)", "DR312", "link_fals", "did you mean 'link_fails'?"),
    ("happens(operator)", "DR312", "operator", "environment"),
    ("happens()", "DR302", "happens()", "happens("),
    ("happens(3)", "DR302", "3", "the name of an event"),
    ("happens(tick, wehn=link.up)", "DR302", "wehn", "did you mean 'when'?"),
    ("happens(tick, when=happens(tick))", "DR302", "happens(tick, when=happens(tick))", "over states"),
    ("state_of('link', 'up')", "DR320", "state_of", "write pg2.primary"),
    ("hours(link.outage)", "DR206", "link.outage", ""),
    ("hours(-1)", "DR206", "hours(-1)", ""),
    ("~" * 1000 + "link.up", "DR321", "~", "nested"),
    ("(" * 1000, "DR321", "(", "nested"),
    ("minimum(" * 1000, "DR321", "minimum", "nested"),
    ("link.up" + ".a" * 1000, "DR321", "a", "nested"),
    ("link.outage" + " + 1" * 100, "DR121", "link.outage" + " + 1" * (MAX_DEPTH + 1), "deep"),
    ("a" * (MAX_LENGTH + 1), "DR321", "a", "characters"),
]


@pytest.mark.parametrize(("text", "code", "place", "said"), ERRORS, ids=[row[0][:40] for row in ERRORS])
def test_an_error_has_its_place_and_says_what_to_write(text: str, code: str, place: str, said: str) -> None:
    with pytest.raises(TextError) as caught:
        parse_expression(text, SYSTEM)
    error = caught.value
    assert error.code == code
    assert text[error.start : error.end] == place
    assert said in str(error)


STATED_ERRORS: list[tuple[str, str, str, str]] = [
    ("link.up", "DR320", "link.up", "write for instance never(...)"),
    ("nevr(link.up)", "DR320", "nevr", "did you mean 'never'?"),
    ("maximum(link.outage)", "DR320", "maximum", "worst_case(e)"),
    ("minimum(link.outage)", "DR320", "minimum", "worst_case(-e)"),
    ("structure(True, 'x')", "DR320", "structure", "computed in Python"),
    ("never(link.outage)", "DR302", "link.outage", "write a state"),
    ("never(globally(link.up))", "DR302", "globally(link.up)", ""),
    ("worst_case(link.up)", "DR302", "link.up", "if_else"),
    ("worst_case(link.outage, at_most=link.outage)", "DR302", "link.outage", "3 or 3h"),
    ("worst_case(link.outage, at_most=True)", "DR302", "True", "3 or 3h"),
    ("within(-1, link.up)", "DR302", "within(-1, link.up)", "a duration or a number of ticks"),
    ("within(link.up, 3h)", "DR302", "link.up", "3h"),
    ("within(3h, link.up, after=3)", "DR302", "3", "write a state"),
    ("never(link.up, link.down)", "DR302", "link.down", "condition"),
    ("never()", "DR302", "never()", "condition"),
    ("never(link.up, conditoin=link.up)", "DR302", "conditoin", "did you mean 'condition'?"),
    ("never(link.up, given=3)", "DR302", "given", "--set"),
    ("never(link.up, finding='f')", "DR302", "finding", "design states"),
    ("never(link.up, name=3)", "DR302", "3", "quotation marks"),
    ("never(link.up, name='a', name='b')", "DR302", "name", "twice"),
    ("never(link.up, claims='a,b')", "DR309", "never(link.up, claims='a,b')", "claims="),
    (
        "never(link.up, name='values_stay_in_their_domains')",
        "DR306",
        "never(link.up, name='values_stay_in_their_domains')",
        "",
    ),
    ("eventually(link.up, fairness='automatic')", "DR302", "'automatic'", "weakly_fair(...)"),
    ("eventually(link.up, fairness=weakly_fair(automatc))", "DR304", "automatc", "did you mean 'automatic'?"),
    ("eventually(link.up, fairness=weakly_fair())", "DR302", "weakly_fair()", ""),
    ("eventually(link.up, fairness=weakly_fair(3))", "DR302", "3", "the name of an event"),
    ("eventually(link.up, fairness=weakly_fair(a=b))", "DR302", "a=b", "the name of an event"),
]


@pytest.mark.parametrize(("text", "code", "place", "said"), STATED_ERRORS, ids=[row[0] for row in STATED_ERRORS])
def test_an_error_in_a_property_has_its_place(text: str, code: str, place: str, said: str) -> None:
    with pytest.raises(TextError) as caught:
        parse_property(text, SYSTEM)
    error = caught.value
    assert error.code == code
    assert text[error.start : error.end] == place
    assert said in str(error)


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(TextError) as caught:
        parse_property("never(link.up &\n\tserver1.idel)", SYSTEM)
    line, carets = caught.value.pointer
    assert (line, carets) == (" server1.idel)", " " * 9 + "^" * 4)
    assert str(caught.value).splitlines()[1:] == [f"  {line}", f"  {carets}"]
    long = "link.up & " * 50
    with pytest.raises(TextError) as caught:
        parse_expression(long + "server1.idel & " + long + "link.up", SYSTEM)
    line, carets = caught.value.pointer
    assert len(line) < 120
    assert line[carets.index("^") : len(carets)] == "idel"
    assert line.startswith("...")
    assert line.endswith("...")


def test_an_error_survives_its_way_to_another_process() -> None:
    with pytest.raises(TextError) as caught:
        parse_expression("link.donw", SYSTEM)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    told = str(SeveralErrors([caught.value, caught.value], "a design")).splitlines()
    assert [line.index(part) for line, part in zip(told[1:4], ("[DR104]", "link", "^"), strict=True)] == [2, 4, 9]


def test_no_python_is_run() -> None:
    for text in (
        "__import__('os').system('true')",
        "link.__class__",
        "().__class__",
        "link.up.__init__()",
        "[].append(1)",
    ):
        with pytest.raises(TextError):
            parse_expression(text, SYSTEM)


def test_quantifiers_do_not_explode() -> None:
    text = "".join(f"all x{i} in *: " for i in range(60)) + "x0.name > 0"
    with pytest.raises(TextError):
        parse_expression(text, SYSTEM)
    text = "".join(f"any x{i} in server*: " for i in range(60)) + "x0.idle"
    with pytest.raises(TextError) as caught:
        parse_expression(text, SYSTEM)
    assert caught.value.code == "DR121"
    inner = "".join(f"any x{i} in server*: " for i in range(10)) + "x0.idle"  # each not too large, and all of them
    with pytest.raises(TextError) as caught:
        parse_expression(" & ".join([f"({inner})"] * 300), SYSTEM)
    assert caught.value.code == "DR321"


@pytest.mark.parametrize(
    ("pattern", "name", "does"),
    [
        ("*", "", True),
        ("server*", "server", True),
        ("server*", "serve", False),
        ("*er*1", "server21", True),
        ("*er*1", "server2", False),
        ("a*b", "acb", True),
        ("a*b", "acbc", False),
        ("*a" * 2000 + "*", "a" * 1999, False),
        ("*a" * 2000 + "*", "a" * 2000, True),
    ],
)
def test_a_pattern_is_matched_in_time(pattern: str, name: str, does: bool) -> None:
    assert matches(pattern, name) is does


def test_every_kind_of_property_is_written_or_refused() -> None:
    """A new kind says how it is written as text, or is refused with a code."""
    assert {kind for kind in Property.__subclasses__() if asked.dispatch(kind) is asked.dispatch(object)} == {Structure}
    assert set(FORMS) <= set(drcheck.__all__)
    with pytest.raises(DrcheckError) as caught:
        property_text(structure(True, "it is"))
    assert caught.value.code == "DR322"


def test_what_has_no_text_is_refused() -> None:
    for node in (
        lower(SYSTEM, D.link.down),
        Boolean("free"),
        select([D.link.outage, D.server1.queue], D.server2.queue),
    ):
        with pytest.raises(DrcheckError) as caught:
            expression_text(node)
        assert caught.value.code == "DR322"


def test_what_a_verdict_speaks_of_is_written_as_it_was_asked() -> None:
    text = 'never(happens("link_fails", when=server1.idle) & link.down)'
    (found,) = check(SYSTEM, [parse_property(text, SYSTEM)])[1:]
    assert property_text(found.property) == text
    assert expression_text(found.property.condition) == f"~({text[6:-1]})"


def test_a_reference_is_written_as_what_it_speaks_of() -> None:
    for reference, text in (
        (state_of("link", "up"), "link.up"),
        (state_of("link", "up", "down"), 'link.in_states("up", "down")'),
        (state_of("link", "*"), 'link.in_states("*")'),
        (variable_of("pool", "slot[1]"), "pool.slot[1]"),
    ):
        assert expression_text(reference) == text
        assert tree(parse_expression(text, SYSTEM)) == tree(settled(reference, SYSTEM.components, "the system"))


def with_names() -> System:
    """A link that is mended while a switch is on, which comes later; both are named, and one name is a part alone."""
    on_duty = named("on_duty", state_of("switch", "on"))
    link = Component(
        "link", ["up", "down"], transitions=[on("fails", "up", "down"), on("mended", "down", "up", when=on_duty)]
    )
    switch = Component("switch", ["on", "off"], transitions=[on("off", "on", "off", when=link.up)])
    return compose("named", [link, switch], parts={"lost": named("lost", link.down & ~on_duty)})


@pytest.mark.parametrize(
    ("text", "written", "normal"),
    [
        ("on_duty", "on_duty", "switch.on"),
        ("lost", "lost", "link.down & ~switch.on"),
        ("~lost & on_duty", "not lost and on_duty", "~(link.down & ~switch.on) & switch.on"),
        ("count([on_duty, lost]) >= 1", None, None),
    ],
)
def test_a_named_expression_is_read_by_its_name(text: str, written: str | None, normal: str | None) -> None:
    system = with_names()
    read = parse_expression(text, system)
    assert written is None or str(read) == written
    assert normal is None or expression_text(read) == normal
    python = {"on_duty": system.switch.on, "lost": system.link.down & ~system.switch.on}
    promise = never(eval(text, {**python, "count": count}), name="python")
    told, expected = check(system, [never(read, name="text"), promise])[1:]
    assert (told.conclusion, told.reason) == (expected.conclusion, expected.reason)


def test_the_name_of_a_parent_is_read_as_in_python() -> None:
    machine = HierarchicalMachine(
        states=["up", {"name": "down", "initial": "fire", "children": ["fire", "flood"]}],
        initial="up",
        transitions=[["burns", "up", "down"], ["rains", "down_fire", "down_flood"], ["rebuilt", "down", "up"]],
    )
    site = Component.from_machine("site", machine)
    system = compose("sites", [site])
    assert tree(parse_expression("site.down", system)) == tree(site.down)
    assert expression_text(site.down) == 'site.in_states("down_fire", "down_flood")'
    with pytest.raises(TextError) as caught:
        parse_expression("site.dow", system)
    assert caught.value.available == ("up", "down_fire", "down_flood", "down")
    assert "did you mean 'down'?" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("server1.i*", "i*"),
        ("(link.down_*)", "down_*"),
        ("link.*_fire & link.up", "*_fire"),
        ("link.down_* & link.up", "down_*"),
        ("link.up | link.*", "*"),
    ],
)
def test_a_pattern_without_a_call_is_told_how_to_write_it(text: str, pattern: str) -> None:
    with pytest.raises(TextError) as caught:
        parse_expression(text, SYSTEM)
    assert caught.value.code == "DR320"
    assert caught.value.remedy == f'a pattern of states is written .state("{pattern}")'


def test_a_product_is_no_pattern() -> None:
    with pytest.raises(TextError) as caught:
        parse_expression("link.outage * )", SYSTEM)
    assert caught.value.remedy == ""


def test_a_name_that_is_quantified_over_is_not_the_named_expression() -> None:
    read = parse_expression("any lost in link: ~lost.down", with_names())
    assert str(read) == "not link.down"


def test_a_name_that_is_unknown_is_told_with_all_that_are_there() -> None:
    with pytest.raises(TextError) as caught:
        parse_expression("on_dity", with_names())
    assert caught.value.code == "DR115"
    assert caught.value.message == "system named has no component and no named expression 'on_dity'"
    assert caught.value.available == ("link", "switch", "on_duty", "lost")
    assert "did you mean 'on_duty'?" in str(caught.value)
    with pytest.raises(TextError) as caught:
        parse_expression("lost.up", with_names())
    assert (caught.value.code, caught.value.start, caught.value.end) == ("DR104", 5, 7)


def test_a_statement_is_named_by_its_text() -> None:
    made = statement("  never( link.down )\n")
    assert isinstance(made, Statement)
    assert made.name == "never( link.down )"
    assert made.on(SYSTEM).name == made.name
    named = statement("never(link.down, name='n', claims=['a', 'b'])")
    assert (named.on(SYSTEM).name, named.on(SYSTEM).claims) == ("n", ("a", "b"))
    with pytest.raises(TextError):
        statement("never(link.down")


def test_a_property_as_text_is_decided_as_pythons() -> None:
    texts = [
        "never(link.down)",
        "worst_case(link.outage, at_most=3h)",
        "reachable(link.outage == 2)",
        "can_always(link.up)",
    ]
    python = [
        never(D.link.down),
        worst_case(D.link.outage, hours(3)),
        reachable(D.link.outage == 2),
        can_always(D.link.up),
    ]
    of_text = check(SYSTEM, [parse_property(text, SYSTEM) for text in texts])
    assert [(v.conclusion, v.reason) for v in of_text] == [(v.conclusion, v.reason) for v in check(SYSTEM, python)]


@pytest.mark.parametrize(
    "text", ["always(True)", "never(1 > 2)", "never('a' == 'b')", "leads_to(False, link.up)", "worst_case(3)"]
)
def test_a_constant_is_refused_as_in_python(text: str) -> None:
    with pytest.raises(DrcheckError) as caught:
        check(SYSTEM, [parse_property(text, SYSTEM)])
    assert caught.value.code == "DR122"


def test_a_constant_that_is_meant_is_decided() -> None:
    assert check(SYSTEM, [parse_property("leads_to(Literal(True), link.up)", SYSTEM)])[1].conclusion.value


@pytest.mark.parametrize(
    "text", ["arrivals", "desk.arrivals > 1", "total([desk.queue, arrivals])", "happens(arrive, when=arrivals > 0)"]
)
def test_a_free_choice_is_refused_as_what_it_is(text: str) -> None:
    queue, arrivals = Integer("queue", 0, 5), chosen("arrivals", range(3))
    rows = [
        on("arrive", then={queue: minimum(queue + arrivals, 5)}),
        on("serve", when=queue > 0, then={queue: queue - 1}),
    ]
    shop = compose(
        "shop", [Component("desk", ["open"], variables=[queue], transitions=rows), Component("bell", ["still"])]
    )
    with pytest.raises(TextError) as caught:
        parse_expression(text, shop)
    assert (caught.value.code, text[caught.value.start : caught.value.end]) == ("DR151", "arrivals")
    assert caught.value.message == "the free choice arrivals has a value in its event only, and none in a state"
    assert caught.value.remedy == "let the event keep it in a variable, and read that"
    with pytest.raises(TextError) as caught:
        parse_expression("bell.arrivals", shop)  # which reads none
    assert caught.value.code == "DR104"
