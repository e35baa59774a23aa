"""Why an event cannot happen, construct by construct: the words and the values; ways of an event, and what is said of steps."""

from __future__ import annotations

from drcheck import Age, Component, Counter, System, chosen, compose, event, happens, hours, named, never, on, outcome
from drcheck.explorer.session import Session
from drcheck.explorer.truth import Truth


def why(system: System, name: str, *steps: str) -> list[str]:
    """Why an event cannot happen after some steps."""
    session = Session(system)
    node = session.root()
    for step in steps:
        node = session.step(node, step)
    return [str(each) for each in dict(session.blocked(node))[session.event_numbers[name]]]


def test_a_counter_that_refuses() -> None:
    n = Counter("n", 1, at_limit="refuse")
    system = compose("s", [Component("c", ["on"], variables=[n], transitions=[on("add", "on", then={n: n + 1})])])
    assert why(system, "add", "add") == ["c.n + 1 <= 1 (of the domain of c.n)   (c.n = 1)"]


def test_each_row_of_a_trigger_and_the_parts_of_what_has_a_name() -> None:
    n = Counter("n", 9)
    ready = named("ready", (n >= 2) & ~(n == 7))
    rows = [
        on("go", "a", "b", when=ready & (n < 9)),
        on("go", "a", when=(n > 5) | (n == 4)),
        on("count", "a", then={n: n + 1}),
    ]
    system = compose("s", [Component("c", ["a", "b"], variables=[n], transitions=rows)])
    session = Session(system)
    (lacks,) = dict(session.blocked(session.root()))[session.event_numbers["go"]]
    assert str(lacks) == "(c.n >= 2 and not c.n = 7 and c.n < 9) or c.n > 5 or c.n = 4   (c.n = 0)"
    node = session.root()
    for _ in range(2):
        node = session.step(node, "count")
    assert "go" in {system.events[each.event].name for each in session.enabled(node)}


def test_who_need_not_take_part_holds_nothing_back() -> None:
    helper = Component("helper", ["idle", "busy"], transitions=[on("go", "idle", "busy")])
    part = Component("part", ["a", "b"], transitions=[on("go", "a", "b")])
    system = compose("s", [part, helper], events=[event("go", {part: "go"}, optional={helper: "go"})])
    assert why(system, "go", "go") == ["part.a   (part = b)"]


def test_what_is_chosen_does_not_help() -> None:
    n = Counter("n", 3)
    amount = chosen("amount", [1, 2])
    system = compose("s", [Component("c", ["a"], variables=[n], transitions=[on("take", "a", when=n >= amount + 1)])])
    assert why(system, "take") == ["c.n >= amount + 1 for some amount   (c.n = 0)"]


def test_time_and_priority() -> None:
    age = Age("age", cap=hours(2))
    part = Component(
        "part",
        ["a", "b"],
        variables=[age],
        transitions=[
            on("now", "a", "b", urgent=True),
            on("later", "*", priority=-1),
            on("tick", when=age < hours(2), then={age: age + 1}),
        ],
    )
    system = compose("s", [part], tick=hours(1))
    assert why(system, "tick") == ["no urgent event can happen   (now can happen)"]
    assert why(system, "later") == ["no event of a higher priority can happen   (now can happen)"]
    assert why(system, "tick", "now", "tick", "tick") == ["part.age < 2h   (part.age = 2h)"]


def test_the_way_that_is_named_is_taken() -> None:
    coin = Component(
        "coin",
        ["edge", "heads", "tails"],
        transitions=[on("throw", "edge", outcomes=[outcome("heads"), outcome("tails")])],
    )
    session = Session(compose("s", [coin]))
    ends = [session.system.decode(session.node(session.step(session.root(), "throw", way)).state) for way in (1, 2)]
    assert [end["coin"] for end in ends] == ["heads", "tails"]


def test_what_a_property_says_of_events_is_read_on_the_way() -> None:
    part = Component("part", ["a", "b"], transitions=[on("go", "a", "b"), on("stay", "*", kind="operator")])
    session = Session(compose("s", [part]))
    truth, root = Truth(session), session.root()
    gone = session.step(root, "go")
    stayed = session.step(gone, "stay")
    items = [never(happens("go"), name="x"), never(happens("operator", when=part.a), name="y")]
    said = [[truth.of(item, session.node(node)).mark for node in (root, gone, stayed)] for item in items]
    assert said == [["good", "bad", "good"], ["good", "good", "good"]]
    early = session.node(session.step(root, "stay"))
    assert truth.of(items[1], early).mark == "bad"
