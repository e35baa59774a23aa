"""Mutants of procedures: found by their shape, told by what they break, and stepped alike by all engines."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drcheck import Component, Integer, System, always, compose, event, on
from drcheck.cli.mutate import mutate_command
from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.errors import DesignError, UsageError
from drcheck.system.oracle import Oracle
from drcheck.verdicts import mutation
from drcheck.verdicts.check import check
from drcheck.verdicts.mutants import KINDS, Mutation, mutant, mutations, procedures
from drcheck.verdicts.mutation import ProcedureTable, as_data, as_markdown, mutation_tables
from drcheck.verdicts.verdict import Conclusion
from tests.support import cli_project

MAIN = "from drcheck.cli import main; main()"

MODULE = """
from drcheck import Component, compose, design, event, leads_to, never, on, weakly_fair

@design
def pair():
    valve = Component("valve", ["open", "closed"], transitions=[
        on("close", "open", "closed", passive=True), on("open_it", "closed", "open", passive=True)])
    pump = Component("pump", ["running", "stopped", "broken"], transitions=[
        on("stop", "running", "stopped", passive=True), on("start", "stopped", "running", passive=True),
        on("breaks", ["running", "stopped"], "broken", kind="environment", fault="breakage")])
    light = Component("light", ["off", "on"], transitions=[on("switch", "off", "on", passive=True)])
    book = Component("book", ["ready", "stop_pump", "close_valve", "light_on", "complete"], transitions=[
        on("begin", "ready", "stop_pump", kind="operator"),
        on("stop_pump", "stop_pump", "close_valve", kind="operator", doc="stop the pump"),
        on("close_valve", "close_valve", "light_on", kind="operator", doc="close the valve"),
        on("light_on", "light_on", "complete", kind="operator", doc="switch the light on")])
    return compose("pair", [valve, pump, light, book], events=[
        event("stop_pump", {book: "stop_pump"}, optional={pump: "stop"}),
        event("close_valve", {book: "close_valve"}, optional={valve: "close"}),
        event("light_on", {book: "light_on"}, optional={light: "switch"})],
        faults={"breakage": 0},
        properties=[
            never(valve.closed & pump.running, name="no_dry_running"),
            leads_to(book.stop_pump, valve.closed, fairness=weakly_fair("operator"), name="it_closes"),
            never(pump.broken, name="nothing_breaks")])
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "pair_for_mutants.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "pair_for_mutants:pair"


def test_the_table_says_what_each_step_carries(project: str) -> None:
    (table,) = mutation_tables(load(project), workers=1)
    rows = {row.name: row for row in table.rows}
    assert [r.name for r in table.rows] == ["stop_pump", "close_valve", "light_on"]
    broken = {name: {k: set(e.broken) for k, e in row.effects.items()} for name, row in rows.items()}
    assert broken["stop_pump"]["leave out"] == {"no_dry_running"}
    assert broken["stop_pump"]["swap"] == {"no_dry_running"}
    assert broken["stop_pump"]["delay"] == {"no_dry_running"}
    assert broken["close_valve"]["leave out"] == {"it_closes"}
    assert broken["close_valve"]["delay"] == set()
    assert broken["stop_pump"]["second disaster"] == {"nothing_breaks"}
    assert rows["light_on"].idle
    assert not rows["stop_pump"].idle


def test_the_table_is_the_same_with_several_processes(project: str) -> None:
    alone, together = mutation_tables(load(project), workers=1), mutation_tables(load(project), workers=2)
    assert as_data(alone) == as_data(together)
    json.dumps(as_data(alone))
    text = as_markdown(alone)
    assert "`light_on`" in text
    assert [table["not_steps"] for table in as_data(alone)] == [["begin"]]
    assert "Operator events that are no step of a procedure, and so were not changed: `begin`." in text
    assert all(kind in text for kind in KINDS)


def test_mutants_are_systems_on_which_the_engines_agree(project: str) -> None:
    system = load(project).build()
    (procedure,) = procedures(system)
    made = mutations(system, procedure)
    assert {m.kind for m in made} == set(KINDS) - {"do not wait"}
    for item in made:
        changed = mutant(system, procedure, item)
        results = [engine_named(name).explore(changed, Query(graph=True)) for name in ("reference", "python")]
        assert results[0].states == results[1].states
        assert results[0].graph is not None
        assert results[1].graph is not None
        assert (results[0].graph.targets == results[1].graph.targets).all()


def test_leaving_out_ticks_the_step_off_without_effect(project: str) -> None:
    system = load(project).build()
    (procedure,) = procedures(system)
    changed = mutant(system, procedure, Mutation("leave out", 1))
    done = changed.book.complete
    verdict = check(changed, [always(~done | system.valve.open)])[1]
    assert verdict.conclusion is Conclusion.HOLDS


def _single(step: str) -> System:
    one = Component(
        "one", ["a", step, "end"], transitions=[on("go", "a", step), on(step, step, "end", kind="operator")]
    )
    return compose("single", [one], events=[event(step, {one: step})])


def test_one_step_is_no_procedure() -> None:
    assert procedures(_single("only")) == []


def test_the_published_recovery_depends_on_its_steps() -> None:
    """The active-active procedure: the steps on which the promise that reports come back depends."""
    design = load("model.info_mart.active_active:active_active")
    settings = {"activity": False, "aggregation": False, "outages": 0}
    (table,) = mutation_tables(design, settings, workers=1, largest=5_000)
    carried = {
        row.name
        for row in table.rows
        if "leave out" in row.effects and "the_procedure_brings_reports_back" in row.effects["leave out"].broken
    }
    assert carried == {"step_1_remove_connections", "bring_gi2_into_service"}
    assert [row.name for row in table.rows if row.idle] == []
    assert [row.name for row in table.rows if row.idle is None] == ["step_2_check_logs"]  # nothing there to leave out


def test_a_procedure_whose_order_is_a_parameter_has_one_table() -> None:
    """The set-up of replication: Extract first or last, the server restarted early or late; one table with each step once."""
    tables = mutation_tables(load("model.info_mart_replication.setup:replication_setup"), {"changes": 1}, workers=1)
    names = [row.name for row in tables[0].rows]
    assert len(names) == len(set(names))
    assert names.index("read_scn") < names.index("export") < names.index("import_dump")


# -- steps that wait -----------------------------------------------------------------------------------------------
WAITING = """
from drcheck import Component, Counter, Integer, compose, design, event, never, on

@design
def waits(together: bool = False):
    lag = Counter("lag", cap=2, start=2)
    store = Component("store", ["behind"], variables=[lag], transitions=[
        on("copy", "behind", when=lag > 0, then={lag: lag - 1})])
    new = Component("new", ["off", "on"], transitions=[on("switch_on", "off", "on", passive=True)])
    ready = lag == 0
    book = Component("book", ["declare", "wait", "promote", "done"], transitions=[
        on("declare", "declare", "wait", kind="operator"),
        on("wait", "wait", "promote", when=True if together else ready, kind="operator"),
        on("promote", "promote", "done", when=ready if together else True, kind="operator")])
    return compose("waits", [store, new, book], events=[event("promote", {book: "promote", new: "switch_on"})],
        properties=[never(new.on & (lag > 0), name="nothing_lost"), never(book.done & new.off, name="done_is_done")])

@design
def nothing_to_do():
    return compose("nothing_to_do", [Component("one", ["a"], transitions=[on("turn", "a")])], properties=[])

@design
def unstated():
    book = Component("book", ["a", "b", "c"], transitions=[
        on("a", "a", "b", kind="operator"), on("b", "b", "c", kind="operator"), on("look", kind="operator")])
    return compose("unstated", [book])

@design
def large():
    a, b = (Integer(name, 0, 100) for name in "ab")
    count = Component("count", ["on"], variables=[a, b], transitions=[
        on("count_a", "on", when=a < 100, then={a: a + 1}), on("count_b", "on", when=b < 100, then={b: b + 1})])
    book = Component("book", ["one", "two", "end"], transitions=[
        on("one", "one", "two", when=a == 9, kind="operator"), on("two", "two", "end", kind="operator")])
    return compose("large", [count, book], properties=[never(book.two & (a < 9), name="waited")])
"""


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cli_project.write(tmp_path, {"model/waiting.py": WAITING})
    cli_project.enter(tmp_path, monkeypatch)
    return tmp_path


def broken_by(table: ProcedureTable) -> dict[tuple[str, str], set[str]]:
    return {(row.name, kind): set(e.broken) for row in table.rows for kind, e in row.effects.items()}


def test_a_step_that_only_waits_is_left_out_with_its_wait(waiting: Path) -> None:
    (table,) = mutation_tables(load("model.waiting:waits"), workers=1)
    broken = broken_by(table)
    assert broken["wait", "leave out"] == {"nothing_lost"}
    assert broken["promote", "leave out"] == {"done_is_done"}
    assert ("wait", "do not wait") not in broken  # the same mutant
    assert ("promote", "do not wait") not in broken
    text = as_markdown([table])
    assert "is left out: none.\n" in text
    assert "Without a wait and an effect of their own, and so not left out: `declare`." in text
    assert "not changed" not in text
    (rows,) = as_data([table])
    assert [row["nothing_depends_on_it"] for row in rows["steps"]] == [None, False, False]


def test_a_step_that_waits_and_has_an_effect_is_done_without_its_wait(waiting: Path) -> None:
    (table,) = mutation_tables(load("model.waiting:waits"), {"together": True}, workers=1)
    broken = broken_by(table)
    assert broken["promote", "do not wait"] == {"nothing_lost"}
    assert broken["promote", "leave out"] == {"done_is_done"}


def test_guards_that_choose_still_choose_when_the_wait_is_left_out() -> None:
    """A step that goes on in two ways, does not go on at all in a third case, and is made up for later."""
    x = Integer("x", 0, 3)
    other = Component("other", ["here"], variables=[x], transitions=[on("turn", "here", when=x < 3, then={x: x + 1})])
    book = Component(
        "book",
        ["a", "b", "low", "high"],
        transitions=[
            on("a", "a", "b", kind="operator"),
            on("b", "b", "low", when=x == 1, kind="operator"),
            on("b", ["b", "low"], "high", when=x == 2, kind="operator"),
            on("b", "high", when=x == 3, kind="operator"),
        ],
    )
    system = compose("choosing", [other, book])
    (procedure,) = procedures(system)
    assert mutations(system, procedure) == [Mutation("swap", 0), Mutation("leave out", 1)]
    changed = mutant(system, procedure, Mutation("leave out", 1))
    seen = {}
    for name in ("reference", "python", "native"):
        found = engine_named(name).explore(changed, Query(graph=True))
        steps = set()
        for number in range(found.states):
            before = changed.decode(found.state(number))
            for step in Oracle(changed).successors(found.state(number)):
                if changed.events[step.event].name == "b":
                    assert step.target is not None
                    steps.add((before["book"], before["other.x"], changed.decode(step.target)["book"]))
        seen[name] = (found.states, found.transitions, steps)
    assert seen["reference"] == seen["python"] == seen["native"]
    _, _, steps = seen["reference"]
    assert {s for s in steps if s[0] == "b"} == {("b", 0, "high"), ("b", 1, "low"), ("b", 2, "high"), ("b", 3, "high")}
    assert {s for s in steps if s[0] == "low"} == {("low", 2, "high")}
    assert {s for s in steps if s[0] == "high"} == {("high", 3, "high")}


def test_a_counterexample_on_a_mutant_without_its_wait_replays(waiting: Path) -> None:
    system = load("model.waiting:waits").build()
    (procedure,) = procedures(system)
    verdict = check(mutant(system, procedure, Mutation("leave out", 1)), [system.properties[0]])[1]
    assert verdict.conclusion is Conclusion.VIOLATED
    assert verdict.trace is not None


def run(*words: str) -> Result:
    return CliRunner().invoke(mutate_command, words, standalone_mode=False)


def test_a_design_without_a_procedure_is_an_error_where_it_is_named(waiting: Path) -> None:
    for words in (["model.waiting:nothing_to_do"], ["model.waiting:waits", "model.waiting:nothing_to_do"]):
        process = subprocess.run(
            [sys.executable, "-c", MAIN, "mutate", *words], capture_output=True, text=True, check=False, timeout=60
        )
        assert (process.returncode, process.stdout) == (2, "")
        assert process.stderr.startswith("error: [DR129] model.waiting:nothing_to_do has no procedure")
        assert process.stderr.count("\n") == 1
    with pytest.raises(DesignError) as caught:
        mutation_tables(load("model.waiting:nothing_to_do"))
    assert caught.value.code == "DR129"


def test_designs_that_are_found_may_have_no_procedure(waiting: Path) -> None:
    result = run("--threads", "1", "--largest", "3000")
    assert result.exit_code == 0
    assert "\nWithout a procedure: model.waiting:nothing_to_do\n" in result.output
    data = json.loads(run("--threads", "1", "--largest", "3000", "--json").output)
    assert data["without_procedure"] == ["model.waiting:nothing_to_do"]


def test_where_nothing_was_tried_the_table_says_why(waiting: Path) -> None:
    """It must not read as if nothing depended on the steps."""
    cases = {
        "model.waiting:unstated": ({}, "the design states no property"),
        "model.waiting:large": ({"largest": 3_000}, "the defaults: more than 3,000 states"),
    }
    for name, (limits, why) in cases.items():
        (table,) = mutation_tables(load(name), workers=1, **limits)
        assert table.not_steps == (("look",) if name.endswith("unstated") else ())
        assert (table.rows, table.left_out) == ((), (why,))
        assert why in as_markdown([table])
        assert "breaks when" not in as_markdown([table])


def test_a_terminal_gets_a_table_and_markdown_on_request(waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = run("drcheck.examples:pair", "--threads", "1").output
    assert "|" not in out
    assert max(map(len, out.splitlines())) <= 60
    assert re.search(r"^ *1\. stop_standby +leave out", out, re.MULTILINE)
    assert "| 1. `stop_standby`: " in run("drcheck.examples:pair", "--threads", "1", "--format", "markdown").output
    refused = run("drcheck.examples:pair", "--format", "html").exception
    assert isinstance(refused, UsageError)
    assert "[DR605] there is no format 'html'" in str(refused)


def test_an_interrupt_is_heard_between_two_looks_at_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A KeyboardInterrupt inside a condition that is waited for can come out as another error."""
    whole: list[bool] = []

    class Running:
        def done(self) -> bool:
            if not whole:
                signal.raise_signal(signal.SIGINT)
            whole.append(True)
            return False

    class Pool:
        def __init__(self, *_: object, **__: object) -> None:
            self.ended = False

        def __enter__(self) -> Pool:
            return self

        def __exit__(self, *_: object) -> None:
            assert self.ended

        def submit(self, *_: object) -> Running:
            return Running()

        def shutdown(self, *, wait: bool, cancel_futures: bool) -> None:
            self.ended = not wait and cancel_futures

    monkeypatch.setattr(mutation, "ProcessPoolExecutor", Pool)
    with pytest.raises(KeyboardInterrupt):
        mutation_tables(load("drcheck.examples:pair"), workers=2)
    assert len(whole) > 1, "it was heard after all of them"
