"""Logger to HDS: pinned counts, agreement of the engines, repairs, and tests that vary what the models abstract from.

Each promise of the two designs is decided here as stated; the tests further down say what a statement cannot.
"""

from __future__ import annotations

from typing import Any

import pytest

from drcheck import Finding, Property, System, minutes, reachable, worst_case
from drcheck.designs.design import Statement, load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.verdicts.causes import Standing
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.claims import decisions_of, matrix
from drcheck.verdicts.verdict import Conclusion, DesignReport, Verdict
from model.logger_hds.components.replication_round import Lag
from properties.logger_hds.claims import HISTORICAL_DATA
from properties.logger_hds.terms import brings_more

RECORDS = "model.logger_hds.design:logger_hds"
LATENCY = "model.logger_hds.latency:logger_latency"
SMALL = {"tables": 1, "logger_failures": 1}
GAP = {**SMALL, "recovered_when": "gap_closed"}
CAREFUL = {"tables": 1, "recovered_when": "gap_closed", "without_peer": "waits"}
STATEMENTS = [(target, s) for target in (RECORDS, LATENCY) for s in load(target).statements()]


def statement(target: str, name: str) -> Statement:
    """The statement of a design by name."""
    return next(s for t, s in STATEMENTS if t == target and s.name == name)


def decide(target: str, name: str, settings: dict[str, Any], engine: str = "auto") -> Verdict:
    """The verdict on one statement with the parameters it is stated for and these on top."""
    stated = statement(target, name)
    system = load(target).build({**stated.given, **settings})
    domains, verdict = check(system, [stated.on_any(system)], engine=engine)
    assert domains.conclusion is Conclusion.HOLDS, domains.reason
    return verdict


def holds(target: str, name: str, **settings: Any) -> bool:
    """Whether a statement holds with these parameters on top of its own."""
    return decide(target, name, settings).conclusion is Conclusion.HOLDS


@pytest.fixture(scope="module")
def reports() -> dict[str, DesignReport]:
    """What comes out of each design as it is stated."""
    return {target: check_design(load(target), {}) for target in (RECORDS, LATENCY)}


# -- what is stated ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("target", [RECORDS, LATENCY])
def test_every_statement_comes_out_as_its_author_expects(target: str, reports: dict[str, DesignReport]) -> None:
    report = reports[target]
    assert [v.property.name for v in report.verdicts if not v.is_expected] == []
    assert [v.property.name for v in report.verdicts if v.vacuous] == []
    assert len(report.verdicts) == len(load(target).statements()) + 1
    assert not report.skipped


def test_the_verdicts_on_the_claims_of_the_page(reports: dict[str, DesignReport]) -> None:
    decisions = [decision for report in reports.values() for decision in decisions_of(report)]
    rows = {row.claim.key: row for row in matrix(HISTORICAL_DATA, decisions)}
    assert {key: row.verdict for key, row in rows.items()} == {
        "CI-1": "holds as stated",
        "CI-2": "holds only if records_per_unit=1",
        "CI-3": "holds as stated",
        "CI-4": "holds as stated",
        "CI-5": "holds as stated",
        "CI-6": "holds as stated",
        "CI-7": "holds as stated",
        "CI-8": "holds only if recovered_when=gap_closed",
        "CI-9": "holds as stated",
        "CI-10": "holds as stated",
        "CI-11": "confirmed",
        "CI-12": "holds only if tables=4; and batch=4",
    }
    assert all(row.claim.reason for row in rows.values())
    assert rows["CI-4"].withstands == (
        "both Loggers fail",
        "a CallRouter fails",
        "actual tables accept a key that they hold",
    )
    assert rows["CI-7"].fails_in_readings == (
        "all of the data includes what still waits in the temporary tables of the other Logger",
    )
    assert len(rows["CI-8"].breaks_with) == 7


def test_verdicts_on_latency_do_not_rest_on_where_counting_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """With twice the cap, which is the number that no lag is to reach, every verdict and every value is the same.

    Under overload a lag reaches twice the number as well. No cap is declared as a limit.
    """
    system = load(LATENCY).build()
    assert [variable.label for variable in system.cell_of if variable.cap_is] == []

    def found() -> list[tuple[str, Conclusion, int | None]]:
        return [(v.property.name, v.conclusion, v.value) for v in check_design(load(LATENCY), {}).verdicts]

    once = found()
    assert Conclusion.INCONCLUSIVE not in {conclusion for _, conclusion, _ in once}
    monkeypatch.setattr("model.logger_hds.latency.Lag", lambda tables, most: Lag(tables, 2 * most))
    assert found() == once
    monkeypatch.setattr("model.logger_hds.latency.Lag", lambda tables, most: Lag(tables, most // 4))
    assert found() != once  # a cap that lags do reach


@pytest.mark.parametrize(
    ("target", "name", "finding"),
    [(t, s.name, f) for t, s in STATEMENTS for f in s.findings if f.repaired],
    ids=lambda value: value.id if isinstance(value, Finding) else value.rpartition(":")[2],
)
def test_every_repair_repairs(target: str, name: str, finding: Finding) -> None:
    verdict = decide(target, name, dict(finding.repaired))
    assert verdict.conclusion is Conclusion.HOLDS, verdict.reason
    assert verdict.vacuous is None


def test_a_finding_without_a_repair_says_the_condition_or_what_to_do() -> None:
    findings = {f.id: f for _, s in STATEMENTS for f in s.findings}
    bare = {key for key, f in findings.items() if not f.repaired}
    assert bare == {"key-falls-back", "temporary-tables-lost", "opposite-logger-and-hds", "both-hds-down"}
    assert all(findings[key].repair for key in bare)
    assert all(f.causes and f.who for f in findings.values())


def test_the_causes_of_every_finding_are_proved(reports: dict[str, DesignReport]) -> None:
    """Without its causes the promise holds, and not vacuously; each is needed, and no other fault is excluded with it."""
    broken = [v for report in reports.values() for v in report.verdicts if v.conclusion is Conclusion.VIOLATED]
    assert {v.property.name for v in broken} == {s.name for _, s in STATEMENTS if s.findings}
    standings = {v.property.name: v.explanation and v.explanation.standing for v in broken}
    assert {name for name, standing in standings.items() if standing is not Standing.PROVED} == set()


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("an_hds_takes_only_what_is_above_its_highest_key", {"request": "all_missing", "first_recover": False}),
        ("without_fault_tolerance_reports_stop_with_the_hds", {"fault_tolerant": True}),
        ("a_logger_that_has_recovered_has_what_the_other_committed", {"recovery_by": "above_highest"}),
        ("recovery_brings_the_loggers_in_step", {"recovery_by": "above_highest"}),
        ("only_committed_records_are_replicated", {"tables": 1, "logger_failures": 0, "purge": "when_replicated"}),
        ("the_other_hds_receives_everything_while_a_logger_is_away", {"logger_failures": 2}),
    ],
)
def test_what_holds_would_fail_in_another_design(name: str, settings: dict[str, Any]) -> None:
    assert holds(RECORDS, name)
    assert not holds(RECORDS, name, **settings)


@pytest.mark.parametrize(("steps", "store"), [("hds_a_replicates", "hds"), ("logger_a_inserts", "logger")])
def test_one_step_brings_a_full_batch_and_no_more(steps: str, store: str) -> None:
    system = load(RECORDS).build({**SMALL, "hds_failures": 0, "batch": 2})
    side = system.sides["a"]
    there = side.hds.holds if store == "hds" else side.logger.actual
    asked = [reachable(brings_more(system, steps, there, limit), name=f"more than {limit}") for limit in (1, 2)]
    assert [v.conclusion for v in check(system, asked)[1:]] == [Conclusion.HOLDS, Conclusion.VIOLATED]


def test_every_claim_of_the_page_is_decided() -> None:
    claims = {claim for _, s in STATEMENTS for claim in s.details["claims"]}
    assert claims == {f"CI-{n}" for n in range(1, 13)}


@pytest.mark.parametrize(
    "settings",
    [
        {"fault_tolerant": False},
        {"hds_failures": 0, "tables": 1},
        {"logger_failures": 0, "tables": 1},
        {"logger_failures": 1, "purge": "by_age", "tables": 1},
        {"logger_failures": 1, "first_recover": False, "recover_after_router": True, "tables": 1},
    ],
)
def test_every_statement_is_decided_or_skipped_with_other_parameters(settings: dict[str, Any]) -> None:
    report = check_design(load(RECORDS), {"records": 1, **settings})
    assert len(report.verdicts) + len(report.skipped) > len(load(RECORDS).statements())
    assert [v.reason for v in report.verdicts if v.conclusion is Conclusion.INCONCLUSIVE] == []


# -- counts and engines --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("target", "settings", "pinned"),
    [
        (RECORDS, {}, (5_333_220, 30_135_362, 27)),
        (RECORDS, {"tables": 1}, (368_301, 1_921_935, 27)),
        (RECORDS, SMALL, (40_380, 201_077, 23)),
        (RECORDS, {"fault_tolerant": False, "tables": 1}, (1_170, 4_495, 18)),
        (LATENCY, {}, (1_653_639, 3_783_988, 179)),
        (LATENCY, {"logger_failures": 0, "hds_failures": 0}, (374, 776, 30)),
    ],
    ids=["default", "one table", "one table, one failure", "simplex", "latency", "latency without failures"],
)
def test_pinned_counts(target: str, settings: dict[str, Any], pinned: tuple[int, int, int]) -> None:
    found = engine_named("auto").explore(load(target).build(settings), Query())
    assert found.complete
    assert found.escape is None
    assert (found.states, found.transitions, found.depth) == pinned


@pytest.mark.parametrize(
    ("target", "settings"),
    [
        (RECORDS, {**SMALL, "records": 2, "hds_failures": 0}),
        (RECORDS, {**GAP, "records": 2, "tables": 2, "hds_failures": 0, "without_peer": "waits", "batch": 2}),
        (RECORDS, {**SMALL, "records": 2, "hds_failures": 0, "clock_set_backs": 1, "unique_keys": False}),
        (RECORDS, {"fault_tolerant": False, "purge": "when_backed_up", "records": 2, "tables": 1}),
        (LATENCY, {"tables": 2, "longest_outage": minutes(3), "hds_failures": 0}),
        (LATENCY, {"tables": 2, "longest_outage": minutes(3), "logger_failures": 0, "batch": 2}),
    ],
)
def test_engines_agree(target: str, settings: dict[str, Any]) -> None:
    """Reference (live machines), python and native find the same states in the same order, by the same steps."""
    system = load(target).build(settings)
    results = [
        engine_named(name).explore(system, Query(graph=True)) for name in ("reference", "python", "numpy", "native")
    ]
    first = results[0]
    assert first.graph is not None
    for other in results[1:]:
        assert (other.states, other.transitions, other.depth) == (first.states, first.transitions, first.depth)
        assert (other.fired, other.deadlocks) == (first.fired, first.deadlocks)
        assert other.graph is not None
        assert (other.graph.targets == first.graph.targets).all()
        assert (other.graph.labels == first.graph.labels).all()
        for number in range(0, first.states, max(first.states // 50, 1)):
            assert other.state(number) == first.state(number)


@pytest.mark.parametrize(
    ("target", "name", "settings"),
    [
        (RECORDS, "no_record_is_skipped_after_one_failure", {"tables": 1, "records": 2, "hds_failures": 0}),
        (RECORDS, "every_hds_ends_up_with_every_record_if_recovery_is_strict", {"records": 1, "logger_failures": 1}),
        (RECORDS, "clients_switch_when_the_hds_in_use_is_behind", {"records": 1}),
        (LATENCY, "latency_is_at_most_five_minutes_under_high_load", {}),
    ],
)
def test_engines_give_the_same_verdicts(target: str, name: str, settings: dict[str, Any]) -> None:
    verdicts = [decide(target, name, settings, engine) for engine in ("reference", "native")]
    told = [(v.conclusion, v.value, v.trace and len(v.trace)) for v in verdicts]
    assert told[0] == told[1]


def _alone(system: System) -> set[str]:
    return {e.name for e in system.events if len(e.participants) == 1}


def test_every_event_of_one_component_is_meant() -> None:
    """A trigger that is in no synchronisation happens by itself: each such event is one that should."""
    records, latency = load(RECORDS).build, load(LATENCY).build
    returns = {"call_router_a_returns", "call_router_b_returns"}
    backups = {"hds_a_backup", "hds_b_backup"}
    own = {*returns, "unlogged_record", "time_passes", "switches"}
    assert _alone(records()) == own | backups
    assert _alone(records({"hds_failures": 0})) == own
    assert _alone(records({"recover_after_router": True, "cross_feed": True})) == own | backups
    assert _alone(records({"first_recover": False})) == own | backups | {"logger_a_recovered", "logger_b_recovered"}
    varied = records({"purge": "by_age", "clock_set_backs": 1, "oldest_first": False, "cold_start": True})
    assert _alone(varied) == own | backups | {"logger_a_purges", "logger_b_purges"}
    simplex = {"call_router_a_returns", "unlogged_record", "time_passes", "hds_a_backup"}
    assert _alone(records({"fault_tolerant": False})) == simplex
    inserts = {f"bulk_insert_{n}" for n in (1, 2, 3)}
    assert _alone(latency()) == inserts | {"logger_returns", "logger_recovered", "hds_returns"}


def test_every_event_can_happen() -> None:
    settings = {
        "tables": 1,
        "records": 2,
        "router_failures": 1,
        "logger_failures": 1,
        "clock_set_backs": 1,
        "oldest_first": False,
        "purge": "by_age",
    }
    for target, chosen in ((RECORDS, settings), (LATENCY, {})):
        system = load(target).build(chosen)
        found = engine_named("auto").explore(system, Query())
        assert [e.name for e, n in zip(system.events, found.fired, strict=True) if n == 0] == []


# -- what the models abstract from, varied -------------------------------------------------------------------------------
FAILING = "no_record_is_skipped_after_one_failure"
SAFE = "no_record_is_skipped_after_one_failure_if_the_gap_is_closed_first"


@pytest.mark.parametrize("records", [2, 3, 4])
def test_two_records_show_what_more_records_show(records: int) -> None:
    """One record that is skipped and one that overtakes it: more of them add no verdict and no shorter way."""
    base = {"tables": 1, "hds_failures": 0, "records": records}
    verdict = decide(RECORDS, FAILING, base)
    assert verdict.conclusion is Conclusion.VIOLATED
    assert verdict.trace is not None
    assert len(verdict.trace) == 9
    assert holds(RECORDS, SAFE, **base)
    both = decide(RECORDS, "no_record_is_skipped_when_both_loggers_fail", {**base, "logger_failures": 2})
    assert both.conclusion is Conclusion.VIOLATED
    assert both.trace is not None
    assert len(both.trace) == 11
    assert holds(RECORDS, "no_record_is_skipped_when_both_loggers_fail", **base, without_peer="waits")


def test_one_record_cannot_be_skipped() -> None:
    """A record is skipped for one that overtakes it: with a single record there is nothing to see."""
    assert holds(RECORDS, FAILING, tables=1, records=1)


@pytest.mark.parametrize("tables", [1, 2, 3])
def test_tables_do_not_disturb_each_other(tables: int) -> None:
    """Keys are compared within a table: more tables change neither verdict nor the length of the shortest trace."""
    base = {"tables": tables, "hds_failures": 0, "records": 2}
    verdict = decide(RECORDS, FAILING, base)
    assert verdict.trace is not None
    assert len(verdict.trace) == 9
    assert holds(RECORDS, SAFE, **base)


@pytest.mark.parametrize("batch", [1, 2, 3, 2000])
def test_verdicts_do_not_depend_on_the_batch(batch: int) -> None:
    base = {"tables": 1, "hds_failures": 0, "batch": batch}
    assert not holds(RECORDS, FAILING, **base)
    assert holds(RECORDS, SAFE, **base)
    assert not holds(RECORDS, "no_record_is_skipped_when_a_call_router_fails", batch=batch)
    assert holds(RECORDS, "no_record_is_skipped_when_a_call_router_fails", batch=batch, recover_after_router=True)
    assert holds(RECORDS, "every_hds_ends_up_with_every_record_if_recovery_is_strict", batch=batch)


@pytest.mark.parametrize("settings", [{}, {"recovered_when": "gap_closed"}, {"oldest_first": False}])
def test_batches_of_one_show_every_state_of_larger_batches(settings: dict[str, Any]) -> None:
    """A larger batch is its records one after the other: what it reaches is reached with batches of one."""

    def reached(batch: int) -> set[tuple[int, ...]]:
        system = load(RECORDS).build({**SMALL, "hds_failures": 0, **settings, "batch": batch})
        found = engine_named("auto").explore(system, Query())
        return {found.state(number) for number in range(found.states)}

    one, two, published = reached(1), reached(2), reached(2000)
    assert two <= one
    assert published <= one


@pytest.mark.parametrize("start", [False, True])
def test_where_the_run_begins_does_not_matter(start: bool) -> None:
    """From both Loggers in service, or both still to initialise: the same repairs are needed, and suffice."""
    base = {**CAREFUL, "cold_start": start, "hds_failures": 0}
    assert holds(RECORDS, "no_record_is_skipped_when_both_loggers_fail", **base)
    assert not holds(RECORDS, "no_record_is_skipped_when_both_loggers_fail", **{**base, "without_peer": "goes_on"})


@pytest.mark.parametrize(
    ("tables", "tables_per_tick", "delay", "expected"),
    [(1, 1, 0, 2), (2, 1, 0, 3), (3, 1, 0, 4), (4, 1, 0, 5), (4, 2, 0, 3), (1, 1, 1, 3), (2, 1, 1, 4), (3, 1, 1, 5)],
)
def test_normal_latency_is_one_round_and_the_delays(
    tables: int, tables_per_tick: int, delay: int, expected: int
) -> None:
    """Exactly 1 + the ticks of a round + the wait in temporary tables."""
    rounds = -(-tables // tables_per_tick)
    assert expected == 1 + rounds + delay
    settings = {"tables": tables, "tables_per_tick": tables_per_tick, "commit_delay": delay}
    assert decide(LATENCY, "latency_is_at_most_five_minutes", settings).value == expected


@pytest.mark.parametrize("length", [5, 10, 15, 25])
def test_the_worst_lag_grows_with_the_outage_and_closes(length: int) -> None:
    settings = {"longest_outage": minutes(length), "hds_failures": 0}
    assert holds(LATENCY, "a_lag_closes_after_a_logger_failure", **settings)
    verdict = decide(LATENCY, "worst_lag", settings)
    # The outage, a fifth of it for the Logger's own recovery, and at most the usual latency on top.
    assert verdict.value is not None
    assert length + length // 5 <= verdict.value <= length + length // 5 + 5


@pytest.mark.parametrize("tick", [1, 5])
def test_five_minute_ticks_tell_the_same(tick: int) -> None:
    """With ticks of five minutes five tables are visited each tick; lags close just so."""
    settings = {"tick": minutes(tick), "tables_per_tick": tick, "catch_up": 2 * tick}
    assert holds(LATENCY, "a_lag_closes_after_a_logger_failure", **settings)
    assert holds(LATENCY, "a_lag_is_bounded", **settings)


def test_the_account_of_the_latency_would_notice_a_record_too_early() -> None:
    """The HDS never has what waits in a temporary table: the difference is 0 at least, and 0 is attained."""
    system = load(LATENCY).build({"hds_failures": 0})
    behind, waiting = system.lag.behind[0], system.backlog.waiting[0]
    item: Property = worst_case(waiting + system.backlog.missing - behind, name="too early")
    assert check(system, [item])[1].value == 0
