"""The two Info Mart designs: pinned counts, agreement of the engines, and tests that vary what the models abstract from.

What the designs promise is decided by the property items of the pytest plugin; here is what those items cannot say.
"""

from __future__ import annotations

from typing import Any

import pytest

from drcheck import (
    System,
    all_of,
    always,
    deadlock_free,
    hours,
    maximum,
    minutes,
    reachable,
    total,
    whenever,
    worst_case,
)
from drcheck.designs.design import Design, load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.system.lowering import lower
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.verdict import Conclusion
from model.info_mart.components.goldengate import Trail
from model.info_mart.components.info_mart_database import InfoMartDatabase
from model.info_mart.runbooks import active_standby_recovery
from properties.info_mart import outages, terms

ACTIVE_STANDBY = "model.info_mart.active_standby:active_standby"
ACTIVE_ACTIVE = "model.info_mart.active_active:active_active"
COMPARISON = "model.info_mart.comparison:comparison"
PLAIN = {"activity": False, "aggregation": False}
ONE_OUTAGE = {**PLAIN, "site_failures": 0, "observe_outage": True}
TWO_OUTAGES = {**PLAIN, **outages.TWO_OUTAGES, "site_failures": 0}
SHORT = {"threshold": hours(1), "longest_outage": hours(2), "recovery_time": hours(1)}

QUICK = {**SHORT, "etl_delay": 0, "restart_time": hours(1)}


def counts(design: str, engine: str = "auto", **settings: Any) -> tuple[int, int, int]:
    """States, transitions and depth of a design with these parameters."""
    found = engine_named(engine).explore(load(design).build(settings), Query())
    assert found.complete
    assert found.escape is None
    return found.states, found.transitions, found.depth


@pytest.mark.parametrize(
    ("design", "settings", "pinned"),
    [
        (ACTIVE_STANDBY, {}, (3_085_810, 5_686_455, 80)),
        (ACTIVE_STANDBY, PLAIN, (709_610, 1_280_916, 68)),
        (ACTIVE_STANDBY, {**PLAIN, "outages": 0}, (5_945, 10_897, 30)),
        (ACTIVE_ACTIVE, {}, (514_809, 1_915_840, 82)),
        (ACTIVE_ACTIVE, PLAIN, (298_293, 915_161, 69)),
        (COMPARISON, {}, (12_574, 32_420, 29)),
        (ACTIVE_ACTIVE, terms.ONE_ICON, (20_880, 40_596, 108)),
        (ACTIVE_ACTIVE, terms.ONE_IDB, (720, 1_956, 13)),
        (ACTIVE_ACTIVE, terms.ONE_SERVER, (3_192, 6_968, 25)),
        (ACTIVE_STANDBY, terms.ONE_SERVER, (1_883, 4_753, 22)),
        (ACTIVE_STANDBY, terms.ONE_PROCESS, (5_152, 13_815, 29)),
        (ACTIVE_STANDBY, TWO_OUTAGES, (13_058, 31_150, 41)),
        (ACTIVE_ACTIVE, TWO_OUTAGES, (5_979, 10_700, 39)),
        (ACTIVE_ACTIVE, {**TWO_OUTAGES, "stuck_clock": "data"}, (24_843, 39_503, 115)),
    ],
    ids=[
        "active-standby",
        "active-standby plain",
        "active-standby no outage",
        "active-active",
        "active-active plain",
        "comparison",
        "active-active one ICON",
        "active-active one IDB",
        "active-active one server",
        "active-standby one server",
        "active-standby one GoldenGate process",
        "active-standby two outages",
        "active-active two outages",
        "active-active two outages if the age of data counts",
    ],
)
def test_pinned_counts(design: str, settings: dict[str, Any], pinned: tuple[int, int, int]) -> None:
    assert counts(design, **settings) == pinned


@pytest.mark.parametrize(
    ("design", "settings"),
    [
        (ACTIVE_STANDBY, {**PLAIN, "outages": 0}),
        (ACTIVE_STANDBY, {**PLAIN, **SHORT, "etl_delay": 0, "replication_lag": 0, "slips": 1}),
        (
            ACTIVE_STANDBY,
            {**SHORT, "outages": 0, "etl_delay": 0, "partitioned": True, "upgraded": True, "keep_icons": True},
        ),
        (ACTIVE_ACTIVE, {**PLAIN, **SHORT, "etl_delay": 0}),
        (COMPARISON, {"etl_delay": 0, "replication_lag": 0}),
        (ACTIVE_ACTIVE, {**terms.ALONE, **QUICK, "idb_failures": 1, "server_failures": 1}),
        (ACTIVE_ACTIVE, {**terms.ALONE, **QUICK, "icon_failures": 1}),
        (
            ACTIVE_STANDBY,
            {**PLAIN, **QUICK, "failing": "site1", "outages": 0, "replication_lag": 0, "goldengate_failures": 1},
        ),
    ],
)
def test_engines_agree(design: str, settings: dict[str, Any]) -> None:
    """Reference (live machines), python and native find the same states in the same order, by the same steps."""
    system = load(design).build(settings)
    query = Query(
        maxima=(lower(system, total(system.db1.lost_of(i) for i in range(len(system.layer.streams)))),), graph=True
    )
    results = [engine_named(name).explore(system, query) for name in ("reference", "python", "numpy", "native")]
    first = results[0]
    for other in results[1:]:
        assert (other.states, other.transitions, other.depth) == (first.states, first.transitions, first.depth)
        assert (other.fired, other.deadlocks, other.maxima) == (first.fired, first.deadlocks, first.maxima)
        assert first.graph is not None
        assert other.graph is not None
        assert (other.graph.targets == first.graph.targets).all()
        assert (other.graph.labels == first.graph.labels).all()
        for number in range(0, first.states, max(first.states // 50, 1)):
            assert other.state(number) == first.state(number)


@pytest.mark.parametrize("design", [ACTIVE_STANDBY, ACTIVE_ACTIVE])
@pytest.mark.parametrize("tick", [hours(1), minutes(15)], ids=["1h", "15m"])
def test_one_outage_loses_exactly_its_excess(design: str, tick: Any) -> None:
    """For every outage length n up to threshold + 6 hours, from a caught-up start: exactly max(0, n - threshold)."""
    system = load(design).build({**ONE_OUTAGE, "tick": tick})
    watcher, threshold, longest = system.observer, hours(8).ticks(tick), hours(14).ticks(tick)
    ended = watcher.over & watcher.caught_up & system.link.up
    other = [i for i, s in enumerate(system.layer.streams) if s.site == 2]
    own = [i for i, s in enumerate(system.layer.streams) if s.site == 1]
    exact = all_of(system.db1.lost_of(i) == maximum(watcher.length - threshold, 0) for i in other)
    none = all_of(system.db1.lost_of(i) == 0 for i in own)
    lengths = [reachable(ended & (watcher.length == n), name=f"n = {n}") for n in range(1, longest + 1)]
    verdicts = check(system, [whenever(ended, exact & none, name="exact"), *lengths])
    assert [v.property.name for v in verdicts if v.conclusion is not Conclusion.HOLDS] == []
    assert len(verdicts) == longest + 2


def _alone(system: System) -> set[str]:
    return {e.name for e in system.events if len(e.participants) == 1}


def test_every_event_of_one_component_is_meant() -> None:
    """A trigger that is in no synchronisation happens by itself: each such event is one that should."""
    own = {"server1.wait", "server1.resume", "server2.wait", "server2.resume", "link.retire"}
    build = load(ACTIVE_STANDBY).build
    assert _alone(build()) == own | {"step_9_check_logs"}
    options: dict[str, Any] = {"partitioned": True, "upgraded": True, "keep_icons": True, "drain_trail": True}
    assert _alone(build(options)) == own | {"step_9_check_logs"}
    assert _alone(build({"gi2_step": False, "aggregation": False})) == own | {"step_9_check_logs"}
    assert _alone(load(ACTIVE_ACTIVE).build()) == own | {"step_2_check_logs"}
    assert _alone(load(COMPARISON).build()) == (own - {"server1.wait", "server1.resume"}) | {
        "server1.wait",
        "server1.resume",
    }


@pytest.mark.parametrize("design", [ACTIVE_STANDBY, ACTIVE_ACTIVE, COMPARISON])
def test_every_repair_works(design: str) -> None:
    """A finding that names parameters which repair it: with them the same promise holds, and not vacuously."""
    found = load(design)
    for statement in found.statements():
        finding = statement.finding
        if finding is not None and finding.repaired:
            system = found.build({**statement.given, **finding.repaired})
            domains, verdict = check(system, [statement.on_any(system)])
            assert domains.conclusion is Conclusion.HOLDS, statement.name
            assert (verdict.conclusion, verdict.vacuous) == (Conclusion.HOLDS, None), statement.name


def test_verdicts_do_not_rest_on_how_far_ages_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where aggregation is very late ages reach their cap: twice the cap says the same, and none is a limit."""
    design = load(ACTIVE_STANDBY)
    name = "reaggregation_repairs_every_aggregate_when_aggregation_was_further_behind"
    statement = next(s for s in design.statements() if s.name == name)
    late = {"aggregation_behind": hours(100), "recovery_time": hours(1)}

    caps: list[int] = []

    def found(times: int) -> list[tuple[Conclusion, int | None]]:
        for name, made in (("InfoMartDatabase", InfoMartDatabase), ("Trail", Trail)):

            def greater(name: str, what: Any, most: int, cap: int, *rest: Any, made: Any = made, **named: Any) -> Any:
                return made(name, what, most, cap * times, *rest, **named)

            monkeypatch.setattr(f"model.info_mart.active_standby.{name}", greater)
        system = design.build({**statement.given, **SHORT, **late})
        assert [variable.label for variable in system.cell_of if variable.cap_is] == []
        caps.append(next(cell.domain.high for cell in system.cells if cell.name == "info_mart2.stale"))
        asked = [
            reachable(system.runbook.complete & (system.db2.unnotified > 0)),
            deadlock_free(),
            always(system.db1.conserved(0)),
            worst_case(system.db2.lost_of(0)),
        ]
        return [(v.conclusion, v.value) for v in check(system, asked)]

    once = found(1)
    assert Conclusion.INCONCLUSIVE not in {outcome for outcome, _ in once}
    assert found(2) == once
    assert caps[1] == 2 * caps[0] > 0


def _decided(name: str, **settings: Any) -> Conclusion:
    """What becomes of a property of active-standby with further parameters."""
    design = load(ACTIVE_STANDBY)
    statement = next(s for s in design.statements() if s.name == name)
    system = design.build({**statement.given, **settings})
    return check(system, [statement.on_any(system)])[1].conclusion


def test_a_mark_that_is_shipped_without_its_facts_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The target is then a state that the source never was in, although each position is no newer than the source's."""
    whole = Trail.copy_of

    def mark_alone(self: Trail, source: Any, target: Any) -> dict[Any, Any]:
        marks = len(self.source.streams)
        return whole(self, list(source)[:marks], list(target)[:marks])

    name = "what_arrives_is_a_state_of_the_source"
    assert _decided(name, outages=0) is Conclusion.HOLDS
    monkeypatch.setattr(Trail, "copy_of", mark_alone)
    assert _decided(name, outages=0) is Conclusion.VIOLATED


def test_a_mark_that_is_set_back_is_seen() -> None:
    """What the mark covers is extracted again where the mark is set back, which the repair of what was staged does."""
    name = "what_the_mark_covers_is_not_extracted_again"
    assert _decided(name) is Conclusion.HOLDS
    assert _decided(name, rewind_high_water_mark=True) is Conclusion.VIOLATED


def test_without_the_reading_of_icons_step_3_loses_what_it_loses_with_the_connections_kept() -> None:
    """That an IDB is read without its ICON and that the connection is kept come to the same."""
    settings = {**PLAIN, "failing": "site1", "outages": 0}
    kept, read = ({**settings, name: value} for name, value in (("keep_icons", True), ("icon_gates_idb", False)))
    assert counts(ACTIVE_STANDBY, **kept) == counts(ACTIVE_STANDBY, **read)
    assert worst(ACTIVE_STANDBY, kept) == worst(ACTIVE_STANDBY, read) != worst(ACTIVE_STANDBY, settings)


@pytest.mark.parametrize("observed", ["amounts", "mark"])
def test_the_observer_of_the_takeover_hinders_nothing(observed: str) -> None:
    """With it the same executions are possible: what is lost at worst is the same, and so are the events that happen."""
    settings = {**PLAIN, "failing": "site1", "outages": 0}
    assert worst(ACTIVE_STANDBY, settings) == worst(ACTIVE_STANDBY, {**settings, "observe_takeover": observed})


@pytest.mark.parametrize(("design", "settings"), [(ACTIVE_STANDBY, {"aggregation": False}), (COMPARISON, {})])
def test_where_there_are_no_aggregates_nothing_grows_stale(design: str, settings: dict[str, Any]) -> None:
    """Ages of aggregates are neither written nor read, so they have no cap that a verdict could rest on."""
    system = load(design).build(settings)
    ages = [v for v in system.cell_of if v.name in ("stale", "unnotified")]
    assert [v.label for v in system.cell_of if v.cap_is] == []
    assert {cell for event in system.events for cell in event.writes} & {system.cell_of[v] for v in ages} == set()
    assert {system.cells[system.cell_of[v]].domain.high for v in ages} == {0}


# -- what the models abstract from, varied --------------------------------------------------------------------------------
def worst(design: str, settings: dict[str, Any], stream_site: int = 1) -> dict[str, int]:
    """The worst loss of one stream of a site in the database at Site 2, by cause."""
    system = load(design).build(settings)
    stream = next(i for i, s in enumerate(system.layer.streams) if s.site == stream_site)
    causes = list(system.db2.lost)
    verdicts = check(system, [worst_case(system.db2.lost[c][stream] + 0, name=c) for c in causes])
    return {v.property.name: v.value or 0 for v in verdicts[1:]}


@pytest.mark.parametrize("design", [ACTIVE_STANDBY, ACTIVE_ACTIVE])
def test_more_sources_change_nothing_for_each(design: str) -> None:
    """The sources of a site go through the same history: one source a site stands for any number of them."""
    settings = {**PLAIN, "failing": "site1"}
    one, two = counts(design, **settings), counts(design, **settings, sources=2)
    assert one == two
    assert worst(design, settings) == worst(design, {**settings, "sources": 2})


def test_finer_ticks_scale_the_loss_of_an_outage() -> None:
    """A quarter of the tick gives four times the intervals: the loss in hours does not depend on the tick."""
    settings = {**PLAIN, "failing": "site1", "etl_delay": 0, "replication_lag": 0}
    short = {"threshold": hours(2), "longest_outage": hours(4), "recovery_time": hours(1)}
    coarse = worst(ACTIVE_STANDBY, {**settings, **short})
    fine = worst(ACTIVE_STANDBY, {**settings, **short, "tick": minutes(30)})
    assert fine["in_queue"] in range(2 * coarse["in_queue"] - 1, 2 * coarse["in_queue"] + 2)


def test_activity_is_independent() -> None:
    """Following calls in progress multiplies outcomes of a site's loss, and changes nothing else."""
    settings = {"aggregation": False, "failing": "site1", "outages": 0}
    assert worst(ACTIVE_STANDBY, {**settings, "activity": True}) == worst(
        ACTIVE_STANDBY, {**settings, "activity": False}
    )


def test_delays_bound_the_loss_and_none_means_little() -> None:
    """The loss with Site 1 grows with the delays that are assumed of ETL and replication, and with nothing hidden."""
    settings = {**PLAIN, "failing": "site1", "outages": 0}
    losses = [
        sum(worst(ACTIVE_STANDBY, {**settings, "etl_delay": d, "replication_lag": d}).values()) for d in (0, 1, 2)
    ]
    assert losses == sorted(losses)
    assert losses[0] < losses[2]


def test_both_designs_are_found_with_their_parameters() -> None:
    for name in (ACTIVE_STANDBY, ACTIVE_ACTIVE, COMPARISON):
        design = load(name)
        assert isinstance(design, Design)
        assert all(p.doc for p in design.parameters), [p.name for p in design.parameters if not p.doc]
        assert design.parameter("threshold").default == hours(8)


# -- what a step is for ---------------------------------------------------------------------------------------------------
ASKED = (
    "aggregates_are_up_to_date_after_the_procedure",
    "aggregates_are_up_to_date_after_the_procedure_after_an_upgrade",
    "aggregation_is_held_until_the_database_is_ready",
    "reaggregation_repairs_every_aggregate_without_outages",
    "no_etl_on_an_old_schema",
    "no_etl_before_the_partitions_exist",
    "the_procedure_brings_reports_back_after_an_upgrade",
    "the_survivors_own_data_can_be_lost",
    "nothing_is_lost_beyond_what_the_guide_names_with_the_connections_kept",
    "worst_loss_of_site_1",
)
"""Properties of active-standby without an outage: of the procedure, of aggregates, of what is lost."""


@pytest.mark.parametrize(
    ("step", "broken"),
    [
        ("step_9_check_logs", set()),
        ("step_5_hold_aggregation", {"aggregation_is_held_until_the_database_is_ready"}),
        (
            "step_10_release_aggregation",
            {
                "aggregates_are_up_to_date_after_the_procedure",
                "aggregates_are_up_to_date_after_the_procedure_after_an_upgrade",
            },
        ),
    ],
)
def test_what_a_procedure_without_a_step_breaks(step: str, broken: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without step 9 everything is as with it, without step 5 all but what it is for, and so without the end of step 10."""

    def answers() -> dict[str, tuple[Conclusion, int | None]]:
        found = check_design(load(ACTIVE_STANDBY), {}, ASKED).verdicts
        return {v.property.name: (v.conclusion, v.value) for v in found if v.property.name in ASKED}

    with_all_steps = answers()
    _without_step(step, monkeypatch)
    without = answers()
    assert {name for name, answer in without.items() if answer != with_all_steps[name]} == broken
    assert {without[name][0] for name in broken} <= {Conclusion.VIOLATED}


def _without_step(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Active-standby's procedure is one step shorter from now on."""
    whole = active_standby_recovery.runbook

    def shorter(name: str, steps: Any, *rest: Any, **named: Any) -> Any:
        return whole(name, [one for one in steps if one.key != step], *rest, **named)

    monkeypatch.setattr(active_standby_recovery, "runbook", shorter)


def test_step_9_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it there are as many states fewer as it is waited in, and the same events but for its own."""
    settings = {**PLAIN, "outages": 0, "aggregation": True, "partitioned": True, "upgraded": True}
    design = load(ACTIVE_STANDBY)

    def explored() -> tuple[int, int, set[str]]:
        system = design.build(settings)
        found = engine_named("python").explore(system, Query(graph=True))
        at = system.control_of["runbook"]
        waiting = (
            system.runbook.states.index("step_9_check_logs") if "step_9_check_logs" in system.runbook.states else -1
        )
        there = sum(found.state(n)[at] == waiting for n in range(found.states))
        return found.states, there, {e.name for e, times in zip(system.events, found.fired, strict=True) if times}

    states, waited_in, events = explored()
    assert waited_in > 0
    _without_step("step_9_check_logs", monkeypatch)
    assert explored() == (states - waited_in, 0, events - {"step_9_check_logs"})
