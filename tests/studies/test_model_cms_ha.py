"""The Call Management System with High Availability: its size, its verdicts, and what it abstracts from, varied."""

import itertools
from typing import Any

import numpy as np
import pytest

from drcheck import always, hours, minutes, never, reachable, total, whenever, worst_case
from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.language.functions import if_else
from drcheck.system.lowering import lower
from drcheck.verdicts.check import check, check_design
from drcheck.verdicts.claims import decisions_of, matrix
from drcheck.verdicts.verdict import Conclusion, DesignReport, Standing, Verdict
from model.cms_ha.components.followed_interval import HELD_BY_1, HELD_BY_2, HELD_BY_BOTH
from properties.cms_ha.claims import CALL_MANAGEMENT_SYSTEM
from properties.cms_ha.terms import NOTHING_DESTROYED, ONLY, copies, held, lost_for_good

DESIGN = load("model.cms_ha.design:cms_ha")
CMS_UPGRADE = {"procedure": "cms_upgrade", "failures": 1}
SWITCH_UPGRADE = {"procedure": "communication_manager_upgrade", "failures": 1}
EACH_INTERVAL = {"backup_each_interval": True, "own_first": True, "alternating_media": True}
CLASSES = tuple(ONLY)


@pytest.mark.parametrize(
    ("settings", "pinned"),
    [
        ({"failures": 0}, (3, 4, 2)),
        ({"failures": 1}, (2_325, 4_852, 22)),
        ({}, (156_625, 371_067, 38)),
        ({"failures": 1, "scheduled_backups": True}, (37_067, 123_477, 28)),
        (CMS_UPGRADE, (119_430, 270_024, 38)),
        (SWITCH_UPGRADE, (81_358, 190_574, 44)),
    ],
    ids=["no failure", "one failure", "two failures", "scheduled backups", "version upgrade", "switch upgrade"],
)
def test_pinned_counts(settings: dict[str, Any], pinned: tuple[int, int, int]) -> None:
    found = engine_named("auto").explore(DESIGN.build(settings), Query())
    assert found.complete
    assert found.escape is None
    assert (found.states, found.transitions, found.depth) == pinned


@pytest.mark.parametrize(
    "settings",
    [
        {"failures": 1},
        {"failures": 1, "separate_paths": False, "separate_power": False, "shut_down_in_time": False},
        {"failures": 1, "restore_range": "everything", "local_administration": True, "area_outages": False},
        {"failures": 0, "scheduled_backups": True},
        {"failures": 1, "own_first": True, "alternating_media": True, "observe": "backups", **ONLY["hardware"]},
        {"failures": 1, "procedure": "communication_manager_upgrade", **ONLY["link"]},
        {"failures": 1, "procedure": "cms_upgrade", "upgrade_again": True, "one_at_a_time": True, **ONLY["hardware"]},
    ],
)
def test_engines_agree(settings: dict[str, Any]) -> None:
    """Reference (live machines), python and native find the same states in the same order, by the same steps."""
    system = DESIGN.build(settings)
    watch = lower(system, lost_for_good(system))
    results = [
        engine_named(n).explore(system, Query((watch,), graph=True)) for n in ("reference", "python", "numpy", "native")
    ]
    first = results[0]
    assert first.graph is not None
    for other in results[1:]:
        assert (other.states, other.transitions, other.depth) == (first.states, first.transitions, first.depth)
        assert (other.fired, other.deadlocks, other.hits) == (first.fired, first.deadlocks, first.hits)
        assert other.graph is not None
        assert (other.graph.targets == first.graph.targets).all()
        assert (other.graph.labels == first.graph.labels).all()


@pytest.fixture(scope="module")
def report() -> DesignReport:
    return check_design(DESIGN, {})


@pytest.fixture(scope="module")
def verdicts(report: DesignReport) -> list[Verdict]:
    return list(report.verdicts)


def test_every_verdict_is_as_stated(verdicts: list[Verdict]) -> None:
    assert [v.property.name for v in verdicts if not v.is_expected or v.vacuous] == []


def test_every_claim_is_decided(report: DesignReport) -> None:
    rows = {row.claim.key: row for row in matrix(CALL_MANAGEMENT_SYSTEM, decisions_of(report))}
    assert {key: row.verdict for key, row in rows.items()} == {
        "AV-1": "holds as stated",
        "AV-2": "holds only if backup_after=interval_ends",
        "AV-3": "holds as stated",
        "AV-4": "holds as stated",
        "AV-5": "holds as stated",
        "AV-6": "holds only if overlap=yes",
        "AV-7": "confirmed",
        "AV-8": "holds only if backup_after=interval_ends",
    }
    assert rows["AV-7"].amounts == ("3 ticks (1h30m)",)


def test_every_finding_has_a_trace_and_its_causes_are_proved(verdicts: list[Verdict]) -> None:
    found = [v for v in verdicts if v.property.findings]
    assert all(v.trace is not None for v in found)
    assert {v.property.name: v.explanation.standing if v.explanation is not None else None for v in found} == {
        v.property.name: Standing.PROVED for v in found
    }
    assert len({finding.id for v in found for finding in v.property.findings}) == 22


def test_every_repair_repairs() -> None:
    repaired = {}
    for statement in DESIGN.statements():
        finding = statement.finding
        if finding is None or not finding.repaired:
            continue
        system = DESIGN.build({**statement.given, **finding.repaired})
        verdict = check(system, [statement.on_any(system)])[1]
        repaired[statement.name] = (verdict.conclusion, verdict.vacuous)
    assert len(repaired) == 6
    assert set(repaired.values()) == {(Conclusion.HOLDS, None)}


def test_every_event_of_one_component_is_meant() -> None:
    """A trigger that is in no synchronisation happens by itself: each such event is one that should."""

    def alone(**settings: Any) -> set[str]:
        return {e.name for e in DESIGN.build(settings).events if len(e.participants) == 1}

    each = (
        "acd_link{}_restored",
        "acd_link{}.pumped_up",
        "circuit{}_restored",
        "server{}_shut_down",
        "server{}_starts",
        "server{}_repaired",
        "software{}_restarted",
        "collection{}.interrupted",
        "collection{}.resumed",
        "restore{}_starts",
    )
    usual = {name.format(n) for name in each for n in (1, 2)} | {"coverage.lapses"}
    assert alone() == usual
    assert alone(procedure="communication_manager_upgrade") == usual | {"begin_upgrade"}
    assert alone(procedure="cms_upgrade", upgrade_again=True, one_at_a_time=True) == usual | {
        "begin_upgrade",
        "step_5_data_restored",
    }
    backups = {f"cmsadm{n}_{what}" for n in (1, 2) for what in ("starts", "done", "fails")}
    assert alone(scheduled_backups=True) == usual | backups
    local = {f"software{n}_turned_on_again" for n in (1, 2)}
    assert alone(local_administration=True) == usual - {"restore1_starts", "restore2_starts"} | local
    own = {"own_first": True, "alternating_media": True, "observe": "backups"}
    assert alone(**own) == usual | {"backup_observer.noted"}
    assert alone(separate_power=False) == usual - {"circuit2_restored"}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        CMS_UPGRADE,
        SWITCH_UPGRADE,
        {**EACH_INTERVAL, "failures": 1},
        {**EACH_INTERVAL, **ONLY["hardware"], **CMS_UPGRADE, "upgrade_again": True},
        {"shut_down_in_time": False},
        {"local_administration": True, "failures": 1},
    ],
    ids=str,
)
def test_time_can_always_pass_again(settings: dict[str, Any]) -> None:
    """No state is a time-lock: from every state some path leads to a tick."""
    system = DESIGN.build(settings)
    found = engine_named("auto").explore(system, Query(graph=True))
    graph = found.graph
    assert graph is not None
    tick = next(i for i, e in enumerate(system.events) if e.is_tick)
    sources = np.repeat(np.arange(found.states), np.diff(graph.offsets))
    good = np.zeros(found.states, dtype=bool)
    good[sources[graph.labels == tick]] = True
    while True:
        reach = good.copy()
        reach[sources[good[graph.targets]]] = True
        if (reach == good).all():
            break
        good = reach
    assert good.all()


# -- the followed interval: any one stands for all -----------------------------------------------------------------------
def fates(settings: dict[str, Any], k: int) -> set[tuple[int, ...]]:
    """What can become of followed interval k: how it ended, and every copy of its record, in all reachable states."""
    system = DESIGN.build(settings)
    found = engine_named("auto").explore(system, Query())
    assert found.complete
    leaves = [system.intervals[k].close, *copies(system, k)]
    columns = np.stack([found.column(system.cell_of[leaf]) for leaf in leaves], axis=1)
    return {tuple(row) for row in np.unique(columns, axis=0).tolist()}


@pytest.mark.parametrize(
    "settings",
    [
        {"failures": 1},
        {"failures": 1, "shut_down_in_time": False, "restore_range": "everything"},
        {"failures": 2, **ONLY["link"]},
        {"failures": 1, "procedure": "cms_upgrade", **ONLY["hardware"]},
    ],
    ids=str,
)
def test_one_followed_interval_stands_for_all(settings: dict[str, Any]) -> None:
    """Several at once, and the very first ones followed all together, have the fates of the one that is freely chosen."""
    any_one = fates(settings, 0)
    two = {**settings, "followed": 2}
    assert fates(two, 0) == any_one
    assert fates(two, 1) == any_one
    first = {**settings, "followed": 3, "following": "first"}
    each = [fates(first, k) for k in range(3)]
    assert all(some <= any_one for some in each)
    assert set.union(*each) == any_one


def test_two_ways_of_counting_agree() -> None:
    """The counter of lost intervals, fed by the collections, equals the number of followed intervals that nobody held."""
    system = DESIGN.build({**SWITCH_UPGRADE, "count_losses": True, "followed": 3, "following": "first"})
    lost = [if_else(i.close.is_in(HELD_BY_1, HELD_BY_2, HELD_BY_BOTH), 0, 1) for i in system.intervals]
    third = system.intervals[2]
    agree = whenever(third.present, system.coverage.lost_intervals == total(lost[:2]), name="agree")
    seen = [reachable(third.present & (system.coverage.lost_intervals == n), name=f"{n} lost") for n in range(3)]
    assert {v.conclusion for v in check(system, [agree, *seen])} == {Conclusion.HOLDS}


# -- every class of failure, alone and in pairs --------------------------------------------------------------------------
def loses(**settings: Any) -> bool:
    """Whether an interval that some server collected completely can be lost for good."""
    system = DESIGN.build(settings)
    return (
        check(system, [never(held(system) & lost_for_good(system), name="lost")])[1].conclusion is Conclusion.VIOLATED
    )


@pytest.mark.parametrize("kind", CLASSES)
def test_no_single_failure_loses_collected_data(kind: str) -> None:
    assert not loses(failures=1, **ONLY[kind])


@pytest.mark.parametrize(
    "name",
    ["both_servers_collect_the_same_data", "backups_stop_no_collection"],
)
def test_promises_stated_without_failures_say_what_is_left_after_one(name: str) -> None:
    """What a failure took is a gap, also where a backup that nobody waits for is cut short."""
    (stated,) = [one for one in DESIGN.statements() if one.name == name]
    system = DESIGN.build({"failures": 1, "scheduled_backups": True})
    assert check(system, [stated.on_any(system)])[1].conclusion is Conclusion.HOLDS


@pytest.mark.parametrize("pair", list(itertools.combinations_with_replacement(CLASSES, 2)), ids="+".join)
def test_only_pairs_with_hardware_lose_collected_data(pair: tuple[str, str]) -> None:
    """Two failures of these classes lose collected data only if one of them can destroy disks."""
    chosen = {f"{kind}_failures": kind in pair for kind in CLASSES}
    assert loses(failures=2, **chosen) == ("hardware" in pair)


@pytest.mark.parametrize("pair", list(itertools.combinations_with_replacement(CLASSES, 2)), ids="+".join)
def test_pairs_with_crashes(pair: tuple[str, str]) -> None:
    """Where nobody shuts servers down in time, power failures destroy data like hardware failures do."""
    chosen = {f"{kind}_failures": kind in pair for kind in CLASSES}
    assert loses(failures=2, shut_down_in_time=False, **chosen) == bool({"hardware", "power"} & set(pair))


def test_three_failures_without_lost_disks_lose_nothing() -> None:
    assert not loses(failures=3, **NOTHING_DESTROYED)


@pytest.mark.parametrize("half", ["own_first", "alternating_media"])
def test_a_backup_is_kept_only_by_both_halves_of_the_repair(half: str) -> None:
    """Neither restoring a server from its own backup first nor alternating media is enough by itself."""
    system = DESIGN.build({"scheduled_backups": True, "observe": "backups", half: True})
    kept = never(system.backup_observer.backed_up & lost_for_good(system), name="kept")
    assert check(system, [kept])[1].conclusion is Conclusion.VIOLATED


@pytest.mark.parametrize("part", EACH_INTERVAL)
def test_the_loss_is_limited_only_by_all_parts_of_the_repair(part: str) -> None:
    """Leave out any of the three, and more than the newest interval can be lost."""
    system = DESIGN.build({**EACH_INTERVAL, part: False, "observe": "age", "area_outages": False})
    limited = never(system.age_observer.settled & lost_for_good(system), name="limited")
    assert check(system, [limited])[1].conclusion is Conclusion.VIOLATED


# -- durations ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("administration", "pump_up"), [(0, 0), (0, 1), (1, 0), (2, 1), (3, 4)])
@pytest.mark.parametrize("interval", [minutes(30), minutes(15)], ids=["30m", "15m"])
def test_loss_of_the_switch_upgrade(administration: int, pump_up: int, interval: Any) -> None:
    """For all durations: the time without collection is exactly their sum, and one interval more is lost."""
    settings = {
        "failures": 0,
        "procedure": "communication_manager_upgrade",
        "count_losses": True,
        "interval": interval,
        "administration": administration * minutes(30),
        "pump_up": pump_up * minutes(30),
    }
    system = DESIGN.build(settings)
    expected = (administration + pump_up) * minutes(30).ticks(interval)
    measures = [worst_case(system.coverage.uncovered_ticks + 0), worst_case(system.coverage.lost_intervals + 0)]
    assert [v.value for v in check(system, measures)[1:]] == [expected, expected + 1]


@pytest.mark.parametrize("runtime", [minutes(30), hours(1), hours(3)], ids=str)
@pytest.mark.parametrize("recharge", [1, 4])
def test_no_ups_is_exhausted_under_load_in_time(runtime: Any, recharge: int) -> None:
    """Whatever the UPS and however soon the next outage comes: shut down in time, no server crashes; else one can."""
    settings = {"ups_runtime": runtime, "recharge": recharge, **ONLY["power"]}
    system = DESIGN.build(settings)
    careful = check(system, [always(~system.server[1].crashed & ~system.ups[1].exhausted, name="careful")])[1]
    assert careful.conclusion is Conclusion.HOLDS
    careless = DESIGN.build({**settings, "shut_down_in_time": False})
    assert check(careless, [reachable(careless.server[1].crashed, name="crash")])[1].conclusion is Conclusion.HOLDS
