"""Reductions keep the answers: on generated systems, and on every design; refusals, and what is said.

Small systems with known factors are in test_dead_variables.py, test_symmetry.py and test_partial_order.py.

`DRCHECK_EXAMPLES` sets how many systems each kind of generator gives (1,000 if it is not set; a part of them is taken
here), `DRCHECK_SEED` varies which ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections import Counter as Tally
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st

from drcheck import Component, Counter, compose, on
from drcheck.designs.design import load
from drcheck.engines.protocol import Query
from drcheck.errors import EngineError
from drcheck.logic.fairness import strongly_fair, weakly_fair
from drcheck.logic.formulas import finally_, globally, next_, until
from drcheck.logic.kinds import Property
from drcheck.logic.properties import (
    always,
    can_always,
    deadlock_free,
    eventually,
    leads_to,
    ltl,
    never,
    reachable,
    whenever,
    worst_case,
)
from drcheck.reductions.form import DEAD_VARIABLES, PARTIAL_ORDER, REDUCTIONS, SYMMETRY, Question
from drcheck.reductions.reduce import reduce
from drcheck.verdicts.check import check, check_design
from tests.engines.test_agreement import native
from tests.support.generated import KINDS, on_generated, sharded
from tests.support.generators import Built
from tests.support.reducing import assert_representatives, assert_same_verdicts, compared, counter, sources, states_of

ROOT = Path(__file__).resolve().parents[2]
EACH = [*(frozenset([name]) for name in REDUCTIONS), frozenset(REDUCTIONS)]
STATE_KINDS = ("always", "reachable", "deadlock_free", "worst_case", "structure")


# -- generated systems -------------------------------------------------------------------------------------------------
def properties_of(built: Built) -> list[Property]:
    p, q = built.watches
    return [
        always(p, name="always"),
        never(q, name="never"),
        whenever(p, q, name="whenever"),
        reachable(q, name="reachable"),
        deadlock_free(name="deadlock_free"),
        worst_case(built.maxima[0], name="worst"),
        worst_case(built.maxima[1], name="worst_2"),
    ]


def executions_of(built: Built, data: st.DataObject) -> list[Property]:
    p, q = built.watches
    names = [e.name for e in built.system.events]
    weak = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="weakly fair")
    strong = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True), label="strongly fair")
    fairness = [fair(*chosen) for fair, chosen in ((weakly_fair, weak), (strongly_fair, strong)) if chosen]
    return [
        can_always(q, name="can_always"),
        deadlock_free(except_where=p, name="deadlock_free_except"),
        leads_to(p, q, name="leads_to"),
        leads_to(p, q, fairness, name="leads_to_fairly"),
        eventually(q, fairness, name="eventually"),
        ltl(globally(p.implies(next_(finally_(q)))), fairness, name="ltl"),
        ltl(globally(finally_(q)).implies(until(p, q)), name="ltl_until"),
    ]


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_verdicts_on_states_are_the_same_on_generated_systems(kind: str, shard: int) -> None:
    engines = ["python", "native"] if native() is not None else ["python"]
    count = iter(range(10**9))

    def body(built: Built, data: st.DataObject) -> None:
        number = next(count) % 16
        engine = engines[-1] if number == 0 else "numpy" if number == 8 else "python"  # machine code takes long to make
        plain = check(built.system, properties_of(built), engine=engine)
        for wanted in EACH:
            compared(plain, wanted, engine)

    on_generated(kind, shard, body, share=0.1)


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_verdicts_on_executions_are_the_same_on_generated_systems(kind: str, shard: int) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        plain = check(built.system, executions_of(built, data), engine="python")
        for wanted in ([DEAD_VARIABLES], [SYMMETRY], [DEAD_VARIABLES, SYMMETRY]):
            compared(plain, frozenset(wanted), "python")

    on_generated(kind, shard, body, share=0.1, most=250)


@sharded
@pytest.mark.parametrize("kind", KINDS)
def test_representatives_step_as_what_they_stand_for(kind: str, shard: int) -> None:
    def body(built: Built, data: st.DataObject) -> None:
        for question in (Question(Query(built.lowered_watches[:1], built.lowered_maxima[:1])), Question(Query())):
            for wanted in EACH:
                assert_representatives(reduce(built.system, question, wanted))

    on_generated(kind, shard, body, share=0.1)


def test_each_reduction_is_at_work_on_generated_systems() -> None:
    """Were a reduction never applicable, or never worth anything, the agreement above would say nothing of it."""
    fewer: Tally[tuple[str, str]] = Tally()

    for kind in KINDS:

        def body(built: Built, data: st.DataObject, kind: str = kind) -> None:
            question = Question(Query(built.lowered_watches, built.lowered_maxima))
            before = states_of(built.system)
            for name in REDUCTIONS:
                done = reduce(built.system, question, frozenset([name]))
                fewer[kind, name] += states_of(done.system) < before

        on_generated(kind, 0, body, examples=60)
    assert fewer["any", DEAD_VARIABLES] > 3
    assert fewer["twins", SYMMETRY] > 20
    assert fewer["neighbours", PARTIAL_ORDER] > 20


# -- designs -----------------------------------------------------------------------------------------------------------
DESIGNS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"][
    "drcheck_designs"
]
EVERY_SEARCH = bool(os.environ.get("DRCHECK_EVERY_SEARCH"))
"""Whether the designs are searched for every set of parameters that a property is stated for: some ten minutes."""


@pytest.mark.parametrize("name", DESIGNS)
def test_verdicts_are_the_same_on_every_design(name: str) -> None:
    """What is allowed for all properties on all of them; each reduction, and all, on those about states."""
    design = load(name)
    chosen = [s.name for s in design.statements() if EVERY_SEARCH or not s.given]
    plain = check_design(design, {}, chosen)
    about_states = [v.property.name for v in plain.verdicts[1:] if v.property.kind in STATE_KINDS]
    rounds = [(about_states, frozenset([reduction])) for reduction in REDUCTIONS]
    rounds += [(chosen, frozenset([DEAD_VARIABLES, SYMMETRY])), (about_states, frozenset(REDUCTIONS))]
    expected = {v.property.name: (v.conclusion, v.value, v.vacuous) for v in plain.verdicts}
    for names, wanted in rounds:
        if not names:
            continue
        report = check_design(design, {}, names, reductions=wanted)
        for verdict in report.verdicts:
            found = (verdict.conclusion, verdict.value, verdict.vacuous)
            assert found == expected[verdict.property.name], f"{verdict.property.name} with {', '.join(sorted(wanted))}"
        for run in report.runs:
            # Several of the same parameters differ in their observers: there are as many as all properties need in one of them.
            assert run.exploration.states <= max(
                other.exploration.states for other in plain.runs if other.given == run.given
            )


# -- refusals, and what is said ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (lambda x: leads_to(x == 1, x == 2, name="goes_on"), "goes_on"),
        (lambda x: eventually(x == 2), "eventually (c0.n = 2)"),
        (lambda x: can_always(x == 2, name="comes_back"), "comes_back"),
        (lambda x: ltl(globally(finally_(x == 2))), "on every execution G F (c0.n = 2)"),
    ],
)
def test_partial_order_is_refused_for_properties_on_executions(item: Callable[..., Property], shown: str) -> None:
    system = compose("counters", [counter(0), counter(1)])
    with pytest.raises(EngineError) as caught:
        check(system, [item(system.c0.n)], reductions=frozenset([PARTIAL_ORDER]))
    assert caught.value.code == "DR505"
    assert caught.value.message == (
        f"partial-order reduction does not preserve the answer to {shown}, which is about executions"
    )
    assert caught.value.remedy == "name the properties about states alone, or leave out partial-order"
    assert caught.value.place is not None


def test_the_reference_engine_cannot_be_given_reductions() -> None:
    with pytest.raises(EngineError) as caught:
        check(compose("counters", [counter(0)]), [], engine="reference", reductions=frozenset([SYMMETRY]))
    assert str(caught.value) == (
        "[DR504] the reference engine steps live machines, which cannot be reduced; available: auto, python, numpy, native; "
        "leave out the reductions, or take another engine"
    )


def test_a_reduction_that_does_not_exist() -> None:
    with pytest.raises(EngineError) as caught:
        check(compose("counters", [counter(0)]), [], reductions=frozenset(["symetry"]))
    assert str(caught.value) == (
        "[DR504] there is no reduction 'symetry'; available: dead-variables, symmetry, partial-order; "
        "did you mean 'symmetry'?"
    )


def test_verdicts_say_which_reductions_were_used() -> None:
    system = sources(3)
    up = system.source0.up & system.source1.up & system.source2.up
    wanted = frozenset([SYMMETRY, DEAD_VARIABLES])
    verdicts = check(
        system,
        [reachable(~up), never(~up & up), deadlock_free(), worst_case(system.source0.repairs)],
        reductions=wanted,
    )
    assert [v.reason for v in verdicts] == [
        "every value stays in its domain, with dead-variables and symmetry",
        "shown by a trace of 1 step, with dead-variables and symmetry",
        "in all 405 representatives, with dead-variables and symmetry",
        "a state without any step, after 24 steps, with dead-variables and symmetry",
        "exactly 3, over 405 representatives, with dead-variables and symmetry",
    ]
    assert "with" not in check(system, [], reductions=frozenset())[0].reason


def test_json_and_the_table_say_what_was_done(tmp_path: Path) -> None:
    (tmp_path / "many.py").write_text(MANY, encoding="utf-8")
    data = json.loads(cli("check many --reduce all --json", tmp_path))
    assert (
        data["reductions"]
        == data["runs"][0]["reductions"]
        == [
            {
                "name": "dead-variables",
                "used": False,
                "what": "no variable is ever certain to be written before it is read",
            },
            {"name": "symmetry", "used": True, "what": "interchangeable: link1 = link2"},
            {
                "name": "partial-order",
                "used": False,
                "what": "no events are independent of all others in any control state",
            },
        ]
    )
    assert json.loads(cli("check many --json", tmp_path))["reductions"] == []
    text = " ".join(cli("check many --reduce symmetry,partial-order", tmp_path).split())
    assert "With symmetry: interchangeable: link1 = link2" in text
    assert "Without partial-order: no events are independent of all others" in text
    assert "2 representatives" not in text or "with symmetry" in text


MANY = """
from drcheck import Component, compose, design, never, on, stated


@stated()
def not_both(d):
    return never(d.link1.down & d.link2.down)


@design(title="Many", properties="many")
def many():
    links = [
        Component(f"link{i}", ["up", "down"], transitions=[on(f"fails{i}", "up", "down"), on(f"back{i}", "down", "up")])
        for i in (1, 2)
    ]
    return compose("many", links)
"""


def cli(arguments: str, folder: Path) -> str:
    """What a command prints on standard output."""
    command = [sys.executable, "-c", "from drcheck.cli import main; main()", *arguments.split()]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.stdout, done.stderr
    return done.stdout


def test_an_event_fires_if_one_of_its_orbit_does() -> None:
    """Only one is ever down, and in order that is the second; `back0` never fires in what is searched."""
    busy = Counter("busy", 1, at_limit="refuse")
    lock = Component(
        "lock",
        ["s"],
        variables=[busy],
        transitions=[
            on("fails0", "s", then={busy: busy + 1}),
            on("fails1", "s", then={busy: busy + 1}),
            on("back0", "s", then={busy: 0}),
            on("back1", "s", then={busy: 0}),
        ],
    )
    parts = [
        Component(f"c{i}", ["up", "down"], transitions=[on(f"fails{i}", "up", "down"), on(f"back{i}", "down", "up")])
        for i in range(2)
    ]
    verdict = assert_same_verdicts(compose("sample", [lock, *parts]), [], frozenset([SYMMETRY]))
    assert verdict.run.exploration.states == 2
    assert 0 in verdict.run.exploration.fired
    assert verdict.run.idle_events == []
