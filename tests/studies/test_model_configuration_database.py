"""The Configuration Database designs: pinned counts, verdicts and repairs, engines compared, abstractions varied."""

from __future__ import annotations

from typing import Any

import pytest

from drcheck import System, happens, hours, minutes, within
from drcheck.designs.design import Design, load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.logic.roles import Role
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.claims import decisions_of, matrix
from drcheck.verdicts.verdict import Conclusion, DesignReport, Standing, Verdict
from properties.configuration_database import terms
from properties.configuration_database.claims import CONFIGURATION_DATABASE

FAILOVER = "model.configuration_database.design:dns_failover"
BACKUP = "model.configuration_database.design:backup_and_restore"
DESIGNS = (FAILOVER, BACKUP)
FINDINGS = 28
"""How many causes there are for what fails."""
CACHED: dict[str, Any] = {"changes": 1, "outages": 0, "server_failures": 0, "failing": "main", "cache": "ttl"}
DNS_LOST: dict[str, Any] = {"changes": 1, "server_failures": 0, "failing": "main", "dns_server": "main_site"}
TALKING: dict[str, Any] = {"changes": 1, "server_failures": 0, "failing": "main", "talk": True, "mistaken_starts": 1}
SINGLE: dict[str, Any] = {
    "changes": 1,
    "outages": 0,
    "server_failures": 2,
    "backup_failures": 1,
    "replication_failures": 1,
    "restart_replication": True,
    "failing": "main",
}
MESSAGES: dict[str, Any] = {
    "changes": 1,
    "outages": 0,
    "server_failures": 0,
    "failing": "main",
    "management": True,
    "log_records": 1,
    "message_failures": 1,
    "control_failures": 1,
    "restarts": True,
}
SMALL: dict[str, Any] = {"changes": 1, "outages": 0, "server_failures": 0, "failing": "main"}


def counts(design: str, settings: dict[str, Any], engine: str = "auto") -> tuple[int, int, int]:
    """States, transitions and depth of a design with these parameters."""
    found = engine_named(engine).explore(load(design).build(settings), Query())
    assert found.complete
    assert found.escape is None
    return found.states, found.transitions, found.depth


def decide(design: Design, name: str, settings: dict[str, Any], engine: str = "auto") -> Verdict:
    """The verdict on one statement of a design, with what it is stated for and these parameters."""
    statement = next(s for s in design.statements() if s.name == name)
    system = design.build({**statement.given, **settings})
    return check(system, [statement.on_any(system)], engine=engine)[1]


@pytest.mark.parametrize(
    ("design", "settings", "pinned"),
    [
        (FAILOVER, {}, (33_630, 104_911, 41)),
        (FAILOVER, SMALL, (401, 890, 31)),
        (FAILOVER, {"order": "any"}, (207_862, 896_921, 41)),
        (FAILOVER, {"slips": 1}, (620_278, 2_273_575, 42)),
        (FAILOVER, {"management": True, "log_records": 1, "changes": 1}, (94_492, 367_493, 49)),
        (FAILOVER, CACHED, (4_393, 10_449, 43)),
        (FAILOVER, DNS_LOST, (1_253, 3_182, 33)),
        (FAILOVER, TALKING, (99_667, 436_128, 48)),
        (FAILOVER, SINGLE, (19_134, 60_629, 35)),
        (FAILOVER, MESSAGES, (173_040, 918_520, 47)),
        (BACKUP, {}, (5_627, 8_941, 67)),
        (BACKUP, {"outages": 1}, (134_895, 281_421, 97)),
    ],
    ids=[
        "default",
        "small",
        "any order",
        "slips",
        "management and logging",
        "cached addresses",
        "DNS server lost",
        "talk of Solution Control",
        "single failures",
        "failing Message Servers",
        "backup",
        "backup around an outage",
    ],
)
def test_pinned_counts(design: str, settings: dict[str, Any], pinned: tuple[int, int, int]) -> None:
    assert counts(design, settings) == pinned


@pytest.mark.parametrize(
    ("design", "settings"),
    [
        (FAILOVER, SMALL),
        (FAILOVER, {**SMALL, "autostart": True, "mistaken_operator": True, "outages": 1}),
        (FAILOVER, {**SMALL, "main_returns": False, "order": "any", "cache": "kept"}),
        (FAILOVER, {**SMALL, "main_returns": False, "management": True, "server_failures": 1, "control_failures": 1}),
        (FAILOVER, {**CACHED, "main_returns": False, "ttl": minutes(30)}),
        (FAILOVER, {**DNS_LOST, "main_returns": False, "dns_mistakes": 1}),
        (FAILOVER, {**TALKING, "main_returns": False}),
        (FAILOVER, {**SINGLE, "site_failures": 0, "restarts": True}),
        (
            FAILOVER,
            {**MESSAGES, "site_failures": 0, "control_pair": True, "control_failures": 2, "message_failures": 2},
        ),
        (BACKUP, {"backup_period": hours(4), "longest_outage": hours(3), "outages": 1}),
    ],
)
def test_engines_agree(design: str, settings: dict[str, Any]) -> None:
    """Reference (live machines), python and native find the same states in the same order, by the same steps."""
    system = load(design).build(settings)
    first, *others = [
        engine_named(name).explore(system, Query(graph=True)) for name in ("reference", "python", "numpy", "native")
    ]
    for other in others:
        assert (other.states, other.transitions, other.depth) == (first.states, first.transitions, first.depth)
        assert (other.fired, other.deadlocks) == (first.fired, first.deadlocks)
        assert all(other.state(n) == first.state(n) for n in range(0, first.states, 7))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("one_primary_master", SMALL),
        ("one_primary_master_when_the_main_site_returns", SMALL),
        ("only_undelivered_changes_are_lost", SMALL),
        ("proxies_reconnect_to_the_secondary_master", SMALL),
        ("undelivered_changes_can_be_lost", SMALL),
    ],
)
def test_engines_decide_alike(name: str, settings: dict[str, Any]) -> None:
    design = load(FAILOVER)
    plain, fast = (decide(design, name, settings, engine) for engine in ("reference", "native"))
    assert plain.conclusion is fast.conclusion
    assert len(plain.trace or ()) == len(fast.trace or ())


@pytest.fixture(scope="module")
def reports() -> dict[str, DesignReport]:
    """Every property of both designs, decided."""
    return {target: check_design(load(target)) for target in DESIGNS}


@pytest.mark.parametrize("target", DESIGNS)
def test_every_statement_is_decided_as_expected(target: str, reports: dict[str, DesignReport]) -> None:
    verdicts = reports[target].verdicts
    assert [v.property.name for v in verdicts if not v.is_expected] == []
    assert [v.property.name for v in verdicts if v.vacuous] == []
    assert all(v.conclusion is not Conclusion.INCONCLUSIVE for v in verdicts)


def test_verdicts_on_claims(reports: dict[str, DesignReport]) -> None:
    rows = matrix(CONFIGURATION_DATABASE, [entry for report in reports.values() for entry in decisions_of(report)])
    assert {row.claim.key: row.verdict for row in rows if row.verdict != "holds as stated"} == {
        "FW-2": "confirmed",
        "FW-4": "holds only if disaster=management_host",
    }
    assert [row.amounts for row in rows if row.claim.key == "FW-2"] == [("26 changes", "2 changes")]
    assert all(row.claim.reason for row in rows)


def test_causes_of_all_findings_are_proved(reports: dict[str, DesignReport]) -> None:
    """Without its causes each violated promise holds, and each cause is needed."""
    found = [v for report in reports.values() for v in report.verdicts if v.conclusion is Conclusion.VIOLATED]
    assert {v.property.name: v.explanation and v.explanation.standing for v in found} == {
        v.property.name: Standing.PROVED for v in found
    }
    findings = {f.id: f for v in found for f in v.property.findings}
    assert len(findings) == len({id(f) for f in findings.values()}) == FINDINGS


FEW: dict[str, Any] = {"changes": 2, "outages": 0, "server_failures": 0}
LEANING: list[tuple[dict[str, Any], str]] = [
    ({"drain": False}, terms.DRAINED),
    ({"initial_copy": False}, terms.COPIED),
    ({"capture_first": False}, terms.CAPTURED_FIRST),
    ({**FEW, "order": "any"}, terms.OVER_IN_ORDER),
    ({**FEW, "order": "any_back"}, terms.BACK_IN_ORDER),
    ({"autostart": True}, terms.RETURNS_QUIET),
    ({"dns_server": "main_site"}, terms.DNS_APART),
    ({"changes": 2, "mistaken_operator": True}, terms.NOT_MISTAKEN),
]
"""What is assumed beyond the guide, and the design without it."""


@pytest.mark.parametrize(("without", "assumed"), LEANING, ids=[assumed[:30] for _, assumed in LEANING])
def test_each_verdict_says_what_it_leans_on(without: dict[str, Any], assumed: str) -> None:
    """Without an assumption, what is stated fails if it names the assumption, and only then."""
    design = load(FAILOVER)
    stated = [
        s
        for s in design.statements()
        if any(role.role is Role.AS_STATED for role in s.details["roles"])
        and all(s.given.get(name, value) == value for name, value in without.items())
        and not s.findings  # fails with the assumption too
        and "the_push" not in s.name  # the guide itself says that the push comes after the DNS change
    ]
    leaning = {s.name for s in stated if assumed in s.details["assumptions"]}
    assert leaning
    report = check_design(design, without, [s.name for s in stated])
    assert {v.property.name for v in report.verdicts if v.conclusion is not Conclusion.HOLDS} == leaning


def test_every_claim_has_a_statement() -> None:
    claims = {claim for t in DESIGNS for s in load(t).statements() for claim in s.details["claims"]}
    assert claims == {f"FW-{n}" for n in range(1, 11)}


def _repairs() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (target, s.name, dict(s.finding.repaired))
        for target in DESIGNS
        for s in load(target).statements()
        if s.finding is not None and s.finding.repaired
    ]


@pytest.mark.parametrize(("target", "name", "repaired"), _repairs(), ids=[name for _, name, _ in _repairs()])
def test_repairs_repair(target: str, name: str, repaired: dict[str, Any]) -> None:
    verdict = decide(load(target), name, repaired)
    assert verdict.conclusion is Conclusion.HOLDS
    assert verdict.vacuous is None


def test_how_many_changes_does_not_matter() -> None:
    """The abstraction of the design: with two changes, or four, every promise is decided as it is with three."""
    design = load(FAILOVER)
    names = [s.name for s in design.statements() if "changes" not in s.given]
    # Four changes with slips or with scripts in any order make the larger searches; two are enough for those.
    few = [s.name for s in design.statements() if s.name in names and not {"slips", "order"} & set(s.given)]
    assert len(few) > 35
    for number, chosen in ((2, names), (4, few)):
        report = check_design(design, {"changes": number}, chosen)
        assert [v.property.name for v in report.verdicts if not v.is_expected] == []


def test_the_most_that_is_lost_grows_with_the_changes() -> None:
    """Nothing in the design bounds the loss: as many changes as are made can be undelivered."""
    for number in (1, 2, 3, 4):
        assert decide(load(FAILOVER), "most_changes_lost", {"changes": number, "failing": "main"}).value == number


@pytest.mark.parametrize("tick", [hours(1), hours(2)])
def test_worst_losses_follow_the_clock(tick: Any) -> None:
    """Backup: period + window + the change being made; replication: lag + that change; with an outage its length on top."""
    design, ticks = load(BACKUP), tick.ticks(hours(1))
    settings: dict[str, Any] = {
        "tick": tick,
        "backup_period": hours(8),
        "backup_window": hours(2),
        "longest_outage": hours(6),
        "replication_lag": 2,
    }
    backup = decide(design, "most_that_replication_saves", {**settings, "replication_lag": 0})
    alone = decide(design, "worst_disadvantage_of_replication", {**settings, "replication_lag": 1})
    assert backup.value == (8 + 2) // ticks + 1
    assert alone.value == 2


@pytest.mark.parametrize(("ttl", "tick"), [(hours(1), minutes(15)), (hours(2), minutes(30)), (minutes(20), minutes(5))])
def test_cached_addresses_delay_by_their_time_to_live(ttl: Any, tick: Any) -> None:
    """The longest wait after the change of the record is the time to live, whatever that is: not less, and nothing on top."""
    settings = {**CACHED, "main_returns": False, "ttl": ttl, "tick": tick}
    system = load(FAILOVER).build(settings)
    there = terms.connected(system, terms.SECONDARY)
    waits = [within(bound, there, after=happens("over_change_dns")) for bound in (ttl, ttl.ticks(tick) - 1)]
    just, short = check(system, waits)[1:]
    assert just.conclusion is Conclusion.HOLDS
    assert just.value == ttl.ticks(tick)
    assert short.conclusion is Conclusion.VIOLATED


def test_the_clock_of_caches_decides_no_more_than_their_expiry_at_any_time() -> None:
    """What holds of addresses that expire at any moment holds of those with a time to live: these are some of them."""
    design = load(FAILOVER)
    names = [s.name for s in design.statements() if not s.given or s.given == terms.NO_RETURN]
    assert len(names) > 15
    few = {"changes": 1, "outages": 0}
    plain, timed = (check_design(design, {**few, "cache": cache}, names) for cache in ("expires", "ttl"))
    words = [{v.property.name: v.conclusion for v in report.verdicts} for report in (plain, timed)]
    assert words[0] == words[1]


def test_a_pair_survives_one_failure_and_no_more() -> None:
    """As many servers as fail with a budget of one leave a master, with a budget of two they may leave none."""
    for budgets, left in (
        ({"server_failures": 1}, Conclusion.HOLDS),
        ({"server_failures": 0, "backup_failures": 1}, Conclusion.HOLDS),
        ({"server_failures": 2}, Conclusion.VIOLATED),
        ({"server_failures": 1, "backup_failures": 1}, Conclusion.VIOLATED),
    ):
        verdict = decide(load(FAILOVER), "limited_mode_ends", {"site_failures": 0, "changes": 1, **budgets})
        assert verdict.conclusion is left


def test_no_change_without_a_master() -> None:
    """FW-4 on the states themselves: each accepted change leaves a state with a master in service and a connected client."""
    system = load(FAILOVER).build(
        {"changes": 1, "server_failures": 1, "failing": "main", "disaster": "management_host"}
    )
    found = engine_named("python").explore(system, Query(graph=True))
    assert found.graph is not None
    accepted = 0
    for number in range(found.states):
        for edge in range(found.graph.offsets[number], found.graph.offsets[number + 1]):
            name = system.events[found.graph.labels[edge]].name
            if not name.startswith("change_"):
                continue
            accepted += 1
            before = system.decode(found.state(number))
            way, _, address = name.removeprefix("change_").rpartition("_at_")
            assert before[f"{address}_servers"] in ("running", "alone")
            assert before[f"{address}_database"] == "open"
            if way.startswith("through_"):
                client = way.removeprefix("through_")
                assert before[client] == f"at_{address}"
                assert before["link"] == "up" or client.startswith(address)
            else:
                assert way == f"on_{address}_host"
    assert accepted > 100


def single_participants(system: System) -> list[str]:
    """The events that one component has for itself, the fault budget aside."""
    return sorted(
        e.name for e in system.events if len([p for p in e.participants if p.component.name != "faults"]) == 1
    )


def test_events_of_one_component_are_meant() -> None:
    """A trigger that a vector forgets would happen by itself; these are the events that should."""
    everything: dict[str, Any] = {
        "management": True,
        "talk": True,
        "cache": "ttl",
        "dns_server": "main_site",
        "backup_failures": 1,
        "replication_failures": 1,
        "restart_replication": True,
        "message_failures": 1,
        "mistaken_starts": 1,
        "restarts": True,
        "log_records": 1,
        "proxy_failures": 1,
        "control_failures": 1,
        "slips": 1,
        "mistaken_operator": True,
        "dns_mistakes": 1,
        "autostart": True,
        "repeatable": True,
        "site_failures": 2,
        "pins": False,
        "proxy_memory": "resumed",
    }
    names = single_participants(load(FAILOVER).build(everything))
    own = [name for name in names if "." in name]
    books = [name for name in names if name.startswith(("leave_out_", "over_wait", "back_wait", "again_over_wait"))]
    assert sorted(set(names) - set(own) - set(books)) == [
        "link_fails",
        "link_restored",
        "main_log_replicated",
        "secondary_log_replicated",
    ]
    assert sorted({name.split(".")[1] for name in own}) == [
        "abends",
        "backup_fails",
        "backup_takes_over",
        "both_failed",
        "changed_by_mistake",
        "connects_to_main",
        "connects_to_secondary",
        "fails",
        "last_server_fails",
        "loses",
        "loses_main",
        "loses_secondary",
        "one_fails",
        "primary_fails",
        "resolves",
        "restarted",
        "started_by_mistake",
        "takes_main",
        "takes_secondary",
    ]
    assert single_participants(load(FAILOVER).build({"disaster": "management_host"})) == single_participants(
        load(FAILOVER).build({})
    )
    assert single_participants(load(BACKUP).build({"outages": 1})) == [
        "backup_arrives",
        "link.retire",
        "link_fails",
        "link_restored",
        "main_site_fails",
        "main_site_returns",
        "replication_delivers",
    ]
