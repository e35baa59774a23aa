"""The recovery clock, and the times that it gives: of a small system by hand, and of the designs against another way to count."""

from __future__ import annotations

from typing import Any

import pytest

from drcheck import (
    Component,
    Counter,
    Literal,
    System,
    any_of,
    compose,
    deadlock_free,
    happens,
    hours,
    if_else,
    leads_to,
    minutes,
    never,
    on,
    reachable,
    weakly_fair,
    within,
    worst_case,
)
from drcheck.designs.design import load
from drcheck.engines.choose import engine_named
from drcheck.engines.protocol import Query
from drcheck.verdicts.check import check
from drcheck.verdicts.verdict import Conclusion, Verdict
from model.common.recovery_clock import recovery_clock
from properties.configuration_database.terms import CACHED

ACTIVE_STANDBY = "model.info_mart.active_standby:active_standby"
ACTIVE_ACTIVE = "model.info_mart.active_active:active_active"
CMS = "model.cms_ha.design:cms_ha"
CONFIGURATION = "model.configuration_database.design:dns_failover"
LATENCY = "model.logger_hds.latency:logger_latency"
BOTH = pytest.mark.parametrize("design", [ACTIVE_STANDBY, ACTIVE_ACTIVE])
QUICK = {"activity": False, "aggregation": False, "observe_recovery": True, "replication_lag": 0}
SITE_1 = {**QUICK, "failing": "site1", "outages": 0}
SITE_2 = {**QUICK, "failing": "site2", "outages": 0}
OUTAGE = {**QUICK, "site_failures": 0}
SYNCED = {"server_during_transfer": "running", "second_sync": True}


# -- the clock alone -------------------------------------------------------------------------------------------------------
def service(within_ticks: int) -> Component:
    """Something that fails again and again, and is repaired within some ticks."""
    down = Counter("down", cap=within_ticks, at_limit="refuse")
    return Component("service", ["up", "failed"], variables=[down], transitions=[
        on("fails", "up", "failed", kind="environment", fault="failure"),
        on("tick", "failed", then={down: down + 1}),
        on("tick", "up"),
        on("repaired", "failed", "up", then={down: 0}),
    ])  # a transition a row  # fmt: skip


def repaired(within_ticks: int, cap: int, since_ever: bool = False) -> System:
    """The service is there again at the moment of its repair."""
    server = service(within_ticks)
    since = Literal(True) if since_ever else server.failed
    clock = recovery_clock("the service", cap, since, back={"repaired": Literal(True)})
    return compose("repaired", [server, clock], tick=hours(1))


def opened(within_ticks: int, cap: int, failures: int) -> System:
    """The service is seen again when its users are let in, up to a tick after its repair."""
    server, waited = service(within_ticks), Counter("waited", cap=1, at_limit="refuse")
    users = Component("users", ["in", "out"], variables=[waited], transitions=[
        on("fails", "*", "out", then={waited: 0}),
        on("let_in", "out", "in", when=server.up, then={waited: 0}),
        on("tick", "in"),
        on("tick", "out", when=server.failed),
        on("tick", "out", then={waited: waited + 1}),
    ])  # a transition a row  # fmt: skip
    here = users.in_states("in")
    clock = recovery_clock(
        "the service", cap, server.failed, back={"repaired": here}, kept={"repaired": ~here}, opens="let_in"
    )
    return compose("opened", [server, users, clock], tick=hours(1), faults={"failure": failures})


def two(first: int, second: int) -> System:
    """Two services that fail once each, for so many ticks at most; the clock tells the first one's failure apart."""
    made = []
    for name, most in (("a", first), ("b", second)):
        down = Counter("down", cap=most, at_limit="refuse")
        ways = [
            on(f"{name}_fails", "up", "failed", kind="environment", fault=f"{name} failure"),
            on("tick", "failed", then={down: down + 1}),
            on("tick", "up"),
            on(f"{name}_repaired", "failed", "up", then={down: 0}),
        ]
        made.append(Component(name, ["up", "failed"], variables=[down], transitions=ways))
    a, b = made
    clock = recovery_clock("either service", 9, a.failed | b.failed, others=b.failed)
    return compose("two", [a, b, clock], tick=hours(1), faults={"a failure": 1, "b failure": 1})


def longest(system: System, **bound: int) -> Verdict:
    return check(system, [worst_case(system.recovery_clock.without, **bound)])[1]


def test_it_counts_from_the_disruption_until_it_is_back() -> None:
    found = longest(repaired(3, 9))
    assert (found.conclusion, found.value) == (Conclusion.HOLDS, 3)
    assert found.reason == "exactly 3 ticks (3h), over 5 states"


def test_it_goes_on_counting_until_what_is_kept_is_seen() -> None:
    """Repaired after three ticks, seen after four; where it fails again before anybody has seen it, that time counts, too."""
    once, twice = longest(opened(3, 9, failures=1)), longest(opened(3, 9, failures=2))
    assert [(v.conclusion, v.value) for v in (once, twice)] == [(Conclusion.HOLDS, 4), (Conclusion.HOLDS, 8)]


def test_what_reaches_the_cap_is_at_least_that_and_never_exact() -> None:
    found = longest(repaired(5, 4))
    assert (found.conclusion, found.value, found.at_least) == (Conclusion.INCONCLUSIVE, 4, True)
    assert longest(repaired(5, 4), at_most=3).conclusion is Conclusion.VIOLATED
    assert longest(repaired(5, 4), at_most=4).conclusion is Conclusion.INCONCLUSIVE
    assert longest(repaired(5, 5)).value == 5  # the cap that is just enough


def test_without_a_disruption_it_can_tell_how_long_ago_something_was() -> None:
    """Nothing brings it back while the service is up, so that is unbounded: the cap is reached."""
    assert longest(repaired(3, 9, since_ever=True)).conclusion is Conclusion.INCONCLUSIVE


def test_what_one_failure_takes_is_told_apart_from_what_others_take_beside_it() -> None:
    system = two(3, 4)
    clock, b = system.recovery_clock, system.b
    asked = [
        worst_case(clock.without),
        worst_case(if_else(clock.alone, clock.without, 0)),
        never(clock.alone & (clock.without == 0), name="nothing_is_told_before_it_counts"),
        never(happens("time", when=b.failed) & clock.alone, name="the_other_one_is_seen"),
        leads_to(happens("b_fails", when=clock.alone), ~clock.alone, fairness=weakly_fair("time"), name="it_ends"),
        reachable(clock.alone & (clock.without == 3), name="it_may_be_all"),
        never(~clock.alone & happens("time", when=(clock.without == 0) & b.up & system.a.failed), name="it_is_seen"),
    ]
    found = check(system, asked)[1:]
    assert [v.conclusion for v in found] == [Conclusion.HOLDS] * len(asked)
    assert [v.value for v in found[:2]] == [7, 3]


@BOTH
def test_a_failed_server_takes_as_long_whether_there_may_be_an_outage_or_not(design: str) -> None:
    """What is told of it alone is what it takes where nothing else can fail; with an outage it may take longer."""
    settings = {**QUICK, "site_failures": 0, "server_failures": 1, "threshold": hours(3), "longest_outage": hours(5)}

    def takes(outages: int) -> tuple[int | None, int | None]:
        system = built(design, {**settings, "outages": outages, "restart_time": hours(2)})
        without, alone = system.recovery_clock.without, system.recovery_clock.alone
        both = check(system, [worst_case(without), worst_case(if_else(alone, without, 0))])[1:]
        return both[0].value, both[1].value

    (most, by_the_server), (more, still) = takes(0), takes(1)
    assert most == by_the_server == still == 3
    assert more is not None
    assert more > 3


@BOTH
@pytest.mark.parametrize("settings", [SITE_1, SITE_2, {**OUTAGE, "longest_outage": hours(3), "threshold": hours(2)}])
def test_it_hinders_nothing(design: str, settings: dict[str, Any]) -> None:
    """Without the clock's own variables the states are those of the design without it, and every event can still happen."""

    def seen(observed: bool) -> tuple[set[tuple[int, ...]], set[str]]:
        system = load(design).build({k: v for k, v in {**settings, "observe_recovery": observed}.items() if k in names})
        found = engine_named("python").explore(system, Query(graph=True))
        kept = [i for i, cell in enumerate(system.cells) if not cell.name.startswith("recovery_clock")]
        states = {tuple(found.state(n)[i] for i in kept) for n in range(found.states)}
        return states, {e.name for e, fired in zip(system.events, found.fired, strict=True) if fired}

    names = {p.name for p in load(design).parameters}
    assert seen(False) == seen(True)


# -- the designs -----------------------------------------------------------------------------------------------------------
def built(design: str, settings: dict[str, Any]) -> System:
    names = {p.name for p in load(design).parameters}
    return load(design).build({k: v for k, v in settings.items() if k in names})


@pytest.mark.parametrize("delay", [0, 1, 2])
@pytest.mark.parametrize("recovery", [1, 3, 10])
def test_after_the_loss_of_site_1_it_is_what_operators_take_and_a_cycle(delay: int, recovery: int) -> None:
    """No document states what they take; what is assumed comes through, hour for hour, until the Info Mart goes on by itself."""
    settings = {**SITE_1, "etl_delay": delay, "recovery_time": hours(recovery)}
    standby = longest(built(ACTIVE_STANDBY, settings))
    assert (standby.conclusion, standby.value) == (Conclusion.HOLDS, max(recovery, 1 + delay) + delay)
    active = longest(built(ACTIVE_ACTIVE, settings))
    assert (active.conclusion, active.value) == (Conclusion.HOLDS, max(recovery, min(recovery, 9) + delay))


@BOTH
@pytest.mark.parametrize("delay", [0, 1, 2])
@pytest.mark.parametrize("threshold", [2, 4])
def test_without_a_procedure_it_is_the_threshold_and_a_cycle(design: str, delay: int, threshold: int) -> None:
    settings = {"etl_delay": delay, "threshold": hours(threshold)}
    assert longest(built(design, {**SITE_2, **settings})).value == threshold + 1 + delay
    outage = {**OUTAGE, **settings, "longest_outage": hours(3)}
    assert longest(built(design, outage)).value == min(3, threshold + 1) + delay


@BOTH
@pytest.mark.parametrize("delay", [0, 1])
def test_a_bound_in_time_says_the_same(design: str, delay: int) -> None:
    """`within` has a clock of its own, started by the event and stopped by what shows new data: the same number is its bound."""
    for settings, began in ((SITE_2, "site2_fails"), (OUTAGE, "link_fails")):
        system = built(design, {**settings, "etl_delay": delay, "threshold": hours(2), "longest_outage": hours(4)})
        most = longest(system).value
        assert most is not None
        new = any_of(n > 0 for n in system.db1.staged)
        back = happens("server1_transforms", when=new & system.gi2_1.in_service)
        asked = [within(most, back, after=happens(began)), within(most - 1, back, after=happens(began))]
        holds, broken = check(system, asked)[1:]
        assert (holds.conclusion, holds.value) == (Conclusion.HOLDS, most)
        assert broken.conclusion is Conclusion.VIOLATED


def test_a_bound_in_time_says_the_same_of_the_procedure() -> None:
    """At Site 2 new data shows when it is transformed while the GI2 there is in service, or when that opens after it was."""
    system = built(ACTIVE_STANDBY, SITE_1)
    most = longest(system).value
    assert most is not None
    new = any_of(n > 0 for n in system.db2.staged)
    opens = happens("bring_gi2_into_service", when=system.recovery_clock.unseen)
    back = happens("server2_transforms", when=new & system.gi2_2.in_service) | opens
    holds, broken = check(system, [within(n, back, after=happens("site1_fails")) for n in (most, most - 1)])[1:]
    assert (holds.conclusion, broken.conclusion) == (Conclusion.HOLDS, Conclusion.VIOLATED)


@pytest.mark.parametrize("design", [ACTIVE_STANDBY, ACTIVE_ACTIVE])
def test_where_reports_never_come_back_no_number_is_made_up(design: str) -> None:
    """Without the step for the GI2 the cap is reached, and a cap that is no bound of the world leaves a worst case open."""
    system = built(design, {**SITE_1, "gi2_step": False})
    found = longest(system)
    assert (found.conclusion, found.at_least) == (Conclusion.INCONCLUSIVE, True)
    assert "the cap of recovery_clock.without" in found.reason
    assert check(system, [deadlock_free()])[1].conclusion is Conclusion.HOLDS


def test_both_checks_bound_the_time_after_a_slip() -> None:
    """With the checks before step 6 and at the end, one step passed over leaves the time that it is without a slip."""
    settings = {**SITE_1, "etl_delay": 0, "slips": 1, "check_reports": True, "check_replicat": True}
    found = longest(built(ACTIVE_STANDBY, settings))
    assert (found.conclusion, found.value) == (Conclusion.HOLDS, 2)
    alone = longest(built(ACTIVE_STANDBY, {**settings, "check_replicat": False}))
    assert (alone.conclusion, alone.at_least) == (Conclusion.INCONCLUSIVE, True)


# -- CMS -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("attended", [1, 2, 4])
@pytest.mark.parametrize("pump_up", [1, 2])
def test_a_restore_takes_what_people_take_a_pump_up_and_an_interval(attended: int, pump_up: int) -> None:
    """Whatever is assumed of people comes through; nothing else is hidden in the time until missing data is back."""
    settings = {
        "observe_recovery": "missing_data",
        "area_outages": False,
        "attended_within": minutes(30 * attended),
        "pump_up": minutes(30 * pump_up),
    }
    one, two = (longest(load(CMS).build({**settings, "failures": n})) for n in (1, 2))
    assert (one.conclusion, one.value) == (Conclusion.HOLDS, 2 * attended + pump_up + 1)
    assert (two.conclusion, two.value) == (Conclusion.HOLDS, 3 * attended + 2 * (pump_up + 1))


@pytest.mark.parametrize(
    "more", [{}, {"area_outages": True}, {"failures": 0, "procedure": "cms_upgrade", "overlap": True}]
)
def test_a_bound_in_time_says_the_same_of_a_restore(more: dict[str, Any]) -> None:
    settings = {"observe_recovery": "missing_data", "area_outages": False, "failures": 1, "attended_within": hours(1)}
    system = load(CMS).build({**settings, **more})
    most = longest(system).value
    assert most is not None
    complete = (system.collection[1].gap == "closed") & (system.collection[2].gap == "closed")
    asked = [within(n, complete, after=~complete) for n in (most, most - 1)]
    holds, broken, alive = check(system, [*asked, deadlock_free()])[1:]
    assert (holds.conclusion, holds.value) == (Conclusion.HOLDS, most)
    assert (broken.conclusion, alive.conclusion) == (Conclusion.VIOLATED, Conclusion.HOLDS)


def test_nobody_is_in_time_by_default() -> None:
    """Without the assumption the clock comes to its cap: no number is made up."""
    found = longest(load(CMS).build({"observe_recovery": "missing_data", "failures": 1, "area_outages": False}))
    assert (found.conclusion, found.at_least, found.value) == (Conclusion.INCONCLUSIVE, True, 96)


# -- Logger and HDS --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("settings", "most"),
    [
        ({"hds_failures": 0}, 9),
        ({"hds_failures": 0, "recovery_speed": 1}, 14),
        ({"hds_failures": 0, "catch_up": 1}, 13),
        ({"hds_failures": 0, "longest_outage": minutes(9)}, 13),
        ({"logger_failures": 0}, 9),
        ({"logger_failures": 0, "backup_age": 20}, 11),
        ({"logger_failures": 0, "longest_outage": minutes(9)}, 13),
    ],
)
def test_an_hds_is_up_to_date_after_the_outage_and_what_follows_it(settings: dict[str, Any], most: int) -> None:
    """The outage comes through in full; what follows it depends on the speeds and the backup's age that are assumed."""
    system = load(LATENCY).build({"observe_recovery": True, "longest_outage": minutes(6), **settings})
    found = longest(system)
    assert (found.conclusion, found.value) == (Conclusion.HOLDS, most)
    late = ~system.serving | (system.lag.worst > system.bound)
    holds, broken = check(system, [within(n, ~late, after=late) for n in (most, most - 1)])[1:]
    assert (holds.conclusion, broken.conclusion) == (Conclusion.HOLDS, Conclusion.VIOLATED)


# -- Configuration Database ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ttl", [1, 3])
@pytest.mark.parametrize("attended", [1, 2])
@pytest.mark.parametrize("more", [{}, {"outages": 1}, {"main_returns": True}], ids=["loss", "outage", "and back"])
def test_changes_are_taken_again_after_what_people_take(ttl: int, attended: int, more: dict[str, Any]) -> None:
    """With the push nothing comes on top; a slip costs what is left of the time to live of the last answer before it."""
    settings = {**CACHED, "observe_recovery": True, "ttl": hours(ttl), "attended_within": hours(attended), **more}
    system = load(CONFIGURATION).build(settings)
    found = longest(system)
    assert (found.conclusion, found.value) == (Conclusion.HOLDS, 4 * attended)
    proxies = [system.component(f"{here}_proxies") for here in ("main", "secondary")]
    apart = any_of(p.in_states("limited", "unloaded") for p in proxies)
    asked = [within(n, ~apart, after=apart) for n in (4 * attended, 4 * attended - 1)]
    holds, broken, alive = check(system, [*asked, deadlock_free()])[1:]
    assert [v.conclusion for v in (holds, broken, alive)] == [Conclusion.HOLDS, Conclusion.VIOLATED, Conclusion.HOLDS]
    if not more:
        slip = longest(load(CONFIGURATION).build({**settings, "slips": 1, "checked_scripts": True}))
        assert (slip.conclusion, slip.value) == (Conclusion.HOLDS, 4 * (attended // ttl + 1) * ttl)


# -- procedures of the replication -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("hours_a_step", [1, 2])
@pytest.mark.parametrize(
    ("target", "settings", "steps"),
    [
        ("setup:replication_setup", {}, 4),
        ("setup:replication_setup", {"order": "server_last"}, 10),
        ("setup:replication_setup", {"two_people": True}, 4),
        ("return_to_normal:return_to_normal", {}, 18),
        ("return_to_normal:return_to_normal", {**SYNCED, "sync_begins": "export_scn"}, 9),
        ("return_option_2:return_option_2", {}, 10),
        ("return_option_2:return_option_2", {"server_starts": "after_import"}, 6),
    ],
)
def test_no_server_runs_for_as_long_as_the_steps_between_take(
    target: str, settings: dict[str, Any], steps: int, hours_a_step: int
) -> None:
    """Whatever is assumed of a step comes through for each of those between the stop of the server and its start."""
    chosen = {"observe_recovery": True, "changes": 1, "step_time": hours(hours_a_step), **settings}
    system = load(f"model.info_mart_replication.{target}").build(chosen)
    found = longest(system)
    assert (found.conclusion, found.value) == (Conclusion.HOLDS, steps * hours_a_step)
    servers = [c for c in system.components if c.name.startswith("server") and "stopped" in c.states]
    none = ~any_of(c.state("running") for c in servers)
    asked = [within(n, ~none, after=none) for n in (steps * hours_a_step, steps * hours_a_step - 1)]
    holds, broken, alive = check(system, [*asked, deadlock_free()])[1:]
    assert [v.conclusion for v in (holds, broken, alive)] == [Conclusion.HOLDS, Conclusion.VIOLATED, Conclusion.HOLDS]


@pytest.mark.parametrize("catch_up", [2, 4])
@pytest.mark.parametrize("transfer", [12, 24])
def test_a_second_info_mart_is_in_step_after_the_transfer_and_its_backlog(catch_up: int, transfer: int) -> None:
    """Each tick of catching up takes in what is new and `catch_up` less one of what was made in the transfer."""
    settings = {"purging": False, "catch_up": catch_up, "longest_transfer": hours(transfer), "observe_recovery": True}
    found = longest(load("model.info_mart_replication.second_instance:second_instance").build(settings))
    assert (found.conclusion, found.value) == (Conclusion.HOLDS, transfer - (-transfer // (catch_up - 1)))
