"""Mutants of procedures: found by their shape, told by what they break, and stepped alike by all engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drcheck import Component, System, always, compose, event, on
from drcheck.analysis.mutation import as_data, as_markdown, mutation_tables
from drcheck.analysis.procedures import KINDS, Mutation, mutant, mutations, procedures
from drcheck.check import Outcome, check
from drcheck.design import load
from drcheck.explore.choose import engine_named
from drcheck.explore.protocol import Query

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
    assert all(kind in text for kind in KINDS)


def test_mutants_are_systems_on_which_the_engines_agree(project: str) -> None:
    system = load(project).build()
    (procedure,) = procedures(system)
    made = mutations(system, procedure)
    assert {m.kind for m in made} == set(KINDS)
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
    assert verdict.outcome is Outcome.HOLDS


def _single(step: str) -> System:
    one = Component(
        "one", ["a", step, "end"], transitions=[on("go", "a", step), on(step, step, "end", kind="operator")]
    )
    return compose("single", [one], events=[event(step, {one: step})])


def test_one_step_is_no_procedure() -> None:
    assert procedures(_single("only")) == []


def test_the_published_recovery_depends_on_its_steps() -> None:
    """The active-active procedure: the steps on which the promise that reports come back depends."""
    design = load("model.infomart:active_active")
    settings = {"activity": False, "aggregation": False, "outages": 0}
    (table,) = mutation_tables(design, settings, workers=1, largest=5_000)
    carried = {
        row.name
        for row in table.rows
        if "leave out" in row.effects and "the_procedure_brings_reports_back" in row.effects["leave out"].broken
    }
    assert carried == {"step_1_remove_connections", "bring_gi2_into_service"}
    assert [row.name for row in table.rows if row.idle] == ["step_2_check_logs"]


def test_a_procedure_whose_order_is_a_parameter_has_one_table() -> None:
    """The set-up of replication: Extract first or last, the server restarted early or late; one table with each step once."""
    tables = mutation_tables(load("model.replication_setup:replication_setup"), {"changes": 1}, workers=1)
    names = [row.name for row in tables[0].rows]
    assert len(names) == len(set(names))
    assert names.index("read_scn") < names.index("export") < names.index("import_dump")
