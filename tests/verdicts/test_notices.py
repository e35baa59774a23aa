"""Whether faults and losses are noticed: by example, and on generated systems against what the answers mean.

The naive answers know no observers, clocks or properties: they are read off the graph of all states with the step that led to
each. `DRCHECK_EXAMPLES` sets how many generated systems there are (a part of them is taken here), `DRCHECK_SEED` which ones.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import reject
from hypothesis import strategies as st

from drcheck import Age, Component, Counter, System, compose, design, hours, if_else, notice, on, worst_case
from drcheck.language.constants import constant
from drcheck.logic.notices import Notice
from drcheck.system.oracle import Oracle
from drcheck.verdicts.notices import Answer, Noticed
from drcheck.verdicts.objectives import decide_objectives
from tests.support.generated import EXAMPLES, KINDS, SHARDS, on_generated
from tests.support.generators import Built
from tests.support.naive import Remembered, delays, holds_after, remembering


def answers(system: System) -> list[Answer]:
    """What is answered of a system as it is composed."""

    @design
    def made() -> System:
        return system

    return list(decide_objectives(made).answers)


# -- by example ----------------------------------------------------------------------------------------------------------
def monitored(*notices: Notice, repeats: bool = False) -> System:
    """A disk that fails, a probe that is red an hour or two later, and a log that is written at some time or never."""
    age = Age("age", cap=hours(2))
    disk = Component(
        "disk",
        ["works", "broken"],
        transitions=[
            on("breaks", "works", "broken", kind="environment", fault="disk failure"),
            *([on("replaced", "broken", "works", kind="operator")] if repeats else []),
        ],
    )
    probe = Component(
        "probe",
        ["green", "red"],
        variables=[age],
        transitions=[
            on("tick", "green", when=disk.works, then={age: 0}),
            on("tick", "green", when=disk.broken & (age < hours(2)), then={age: age + 1}),
            on("turns_red", "green", "red", when=disk.broken & (age >= hours(1))),
            on("tick", "red"),
            *([on("replaced", "*", "green", then={age: 0})] if repeats else []),
        ],
    )
    log = Component("log", ["quiet", "written"], transitions=[on("writes", "quiet", "written", when=disk.broken)])
    rota = Component(
        "rota",
        ["asleep", "awake"],
        transitions=[on("wakes", "asleep", "awake", kind="operator"), on("sleeps", "awake", "asleep", kind="operator")],
    )
    return compose("monitored", [disk, probe, log, rota], tick=hours(1), notices=notices)


SOURCE = "the handbook"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (notice("n", when="disk.broken", of="breaks", source=SOURCE), "at once"),
        (notice("n", when="disk.broken", of="disk failure", source=SOURCE), "at once"),
        (notice("n", when=lambda d: d.probe.red, of="breaks", source=SOURCE), "within 2h"),
        (notice("n", at="turns_red", of="breaks", source=SOURCE), "within 2h"),
        (notice("n", when="disk.broken & (probe.age >= 0)", of="breaks", source=SOURCE), "at once"),
        (notice("n", at="writes", of="breaks", source=SOURCE), "at last, in no bounded time"),
        (notice("n", when="log.written", of="breaks", source=SOURCE), "at last, in no bounded time"),
        (notice("n", when="rota.awake", of="breaks", source=SOURCE), "not always"),
        (notice("n", when="rota.awake & log.written", of="breaks", source=SOURCE), "not always"),
        (notice("n", when="disk.broken", of="loss", source=SOURCE), "not stated"),
        (notice("n", when="log.written", of="breaks", source=SOURCE, fairness=[]), "not always"),
    ],
)
def test_examples(item: Notice, expected: str) -> None:
    (answer,) = answers(monitored(item))
    assert answer.text == expected
    assert answer.question.what == "breaks"


def test_each_occurrence_of_a_fault_is_to_be_noticed() -> None:
    item = notice("n", at="turns_red", of="breaks", source=SOURCE)
    (answer,) = answers(monitored(item, repeats=True))
    assert answer.noticed is Noticed.NOT_ALWAYS  # it is replaced before the probe is red
    assert answer.verdict is not None
    assert answer.verdict.trace is not None
    assert [step.event.name for step in answer.verdict.trace.steps][:1] == ["breaks"]


def test_the_longest_delay_has_a_trace() -> None:
    (answer,) = answers(monitored(notice("n", when="probe.red", of="breaks", source=SOURCE)))
    assert (answer.noticed, answer.value) == (Noticed.WITHIN, 2)
    assert answer.verdict is not None
    assert answer.verdict.trace is not None
    assert [step.event.name for step in answer.verdict.trace.steps].count("tick") == 2


def test_a_system_without_time_has_no_delays() -> None:
    part = Component(
        "part",
        ["up", "down", "told"],
        transitions=[
            on("fails", "up", "down", fault="failure", kind="environment"),
            on("tells", "down", "told"),
        ],
    )
    item = notice("n", at="tells", of="failure", source=SOURCE)
    (answer,) = answers(compose("timeless", [part], notices=[item]))
    assert (answer.text, answer.reason) == ("at last", "assuming weak fairness of automatic, time")


def test_a_fault_that_no_notice_speaks_of_is_not_stated_and_one_that_never_happens_is_left_out() -> None:
    never = Counter("never", cap=1)
    rows = [
        on("fails", "up", "down", fault="failure"), on("burns", "down", "ashes", fault="fire"),
        on("drowns", "ashes", "up", when=never > 0, fault="flood"),
    ]  # a transition a row  # fmt: skip
    part = Component("part", ["up", "down", "ashes"], variables=[never], transitions=rows)
    item = notice("n", when=part.down, of=("failure", "flood"), source=SOURCE)
    found = answers(compose("burning", [part], notices=[item]))
    assert [(a.question.what, a.text) for a in found] == [("fails", "at once"), ("burns", "not stated")]


def losing(*notices: Notice) -> System:
    """A queue that overflows: what comes while it is full is lost. A mail comes at the first loss."""
    lost, sent = Counter("lost", cap=3, unit="calls", cap_is="all there are"), Counter("sent", cap=1, cap_is="one mail")
    queue = Component(
        "queue",
        ["free", "full"],
        variables=[lost],
        transitions=[
            on("fills", "free", "full", kind="environment", fault="burst"),
            on("drops", "full", when=lost < 3, then={lost: lost + 1}, kind="environment"),
            on("drained", "full", "free", kind="operator"),
        ],
    )
    mail = Component(
        "mail",
        ["idle"],
        variables=[sent],
        transitions=[on("sends", "idle", when=(queue.lost > 0) & (sent < 1), then={sent: 1}, urgent=True)],
    )
    measure = worst_case(lost, name="calls_lost", measures="loss")
    return compose("losing", [queue, mail], faults={"burst": 2}, properties=[measure], notices=notices)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (notice("n", when="queue.full", of="loss", source=SOURCE), "at once"),
        (notice("n", at="sends", of="loss", source=SOURCE), "not always"),  # of the first loss alone
        (notice("n", when="mail.sent > 0", of="loss", source=SOURCE), "at last"),
    ],
)
def test_a_loss_has_an_entry_of_its_own(item: Notice, expected: str) -> None:
    fault, loss = answers(losing(item))
    assert (fault.question.what, fault.text) == ("fills", "not stated")
    assert (loss.question.what, loss.text) == ("calls_lost", expected)


def test_a_notice_adds_no_state_to_the_searches_of_a_design() -> None:
    from drcheck.verdicts.check import check_design

    def states(system: System) -> list[int]:
        @design
        def made() -> System:
            return system

        return [run.exploration.states for run in check_design(made).runs]

    assert states(losing()) == states(losing(notice("n", at="sends", of=("fills", "loss"), source=SOURCE)))


# -- on generated systems ------------------------------------------------------------------------------------------------
def by_definition(
    system: System, start: Callable[[Remembered], bool], there: Callable[[Remembered], bool]
) -> tuple[Noticed, int | None] | None:
    """What is to be answered of a trigger and a notice; None if the trigger never happens."""
    world = remembering(system)
    begun = [here for here in world.steps if start(here)]
    if not begun:
        return None
    if all(there(here) for here in begun):
        return Noticed.AT_ONCE, None
    ticks = {e.name for e in system.events if e.is_tick}
    by_itself = {e.name for e in system.events if e.kind in ("automatic", "time")}
    # More ticks than there are states pass only where a state is met again: then any number of them can.
    longest = delays(world, start, there, ticks, len(world.steps)) if ticks else None  # type: ignore[arg-type]
    if longest is not None:
        return Noticed.WITHIN, longest
    if world.leads_to(start, there, by_itself, set()):  # type: ignore[arg-type]
        return Noticed.AT_LAST, None
    return Noticed.NOT_ALWAYS, None


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("kind", KINDS)
def test_answers_on_generated_systems(kind: str, shard: int) -> None:
    seen: Tally[Noticed] = Tally()

    def body(built: Built, data: st.DataObject) -> None:
        system, (p, q) = built.system, built.watches
        names = [e.name for e in system.events]
        fault = data.draw(st.sampled_from([n for n in names if not system.event(n).is_tick] or names), label="fault")
        at = data.draw(st.sampled_from(names), label="at")
        conditions: dict[str, Any] = data.draw(
            st.sampled_from([{"when": p}, {"when": q}, {"when": p | q}, {"when": p & q}, {"when": ~p}, {"at": at}]),
            label="notice",
        )
        if "when" in conditions and constant(conditions["when"]) is not None:
            reject()  # which is refused
        item = notice("n", of=(fault, "loss"), source=SOURCE, **conditions)
        measure = if_else(p, 2, if_else(q, 1, 0))
        events = tuple(replace(e, fault="fault" if e.name == fault else None) for e in system.events)
        marked = replace(
            system, events=events, notices=(item,), properties=(worst_case(measure, name="cost", measures="loss"),)
        )
        oracle = Oracle(system)

        def there(here: Remembered) -> bool:
            if "at" in conditions:
                return here[1] is not None and here[1][0] == at
            return holds_after(system, oracle, conditions["when"], here)

        def cost(state: Any) -> int:
            return next(n for n in (2, 1, 0) if oracle.holds(measure == n, state))

        def grown(here: Remembered) -> bool:
            return here[1] is not None and cost(here[0]) > cost(here[1][1])

        expected = {
            fault: by_definition(system, lambda here: here[1] is not None and here[1][0] == fault, there),
            "cost": by_definition(system, grown, there),
        }
        found = {a.question.what: (a.noticed, a.value) for a in answers(marked)}
        assert found == {what: answer for what, answer in expected.items() if answer is not None}
        seen.update(noticed for noticed, _ in found.values())

    on_generated(kind, shard, body, share=1 / 16, most=80, escapes=False)
    if EXAMPLES >= 4_000:
        assert {Noticed.AT_ONCE, Noticed.WITHIN, Noticed.AT_LAST, Noticed.NOT_ALWAYS} <= seen.keys()
