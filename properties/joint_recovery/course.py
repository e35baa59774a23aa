"""What the steps of the two procedures bring about, one after the other, wherever the one stands while the other goes on."""

from drcheck import Expression, System, all_of, any_of, case, happens
from drcheck.logic.kinds import Property
from drcheck.logic.properties import always, leads_to, never, stated, whenever
from model.joint_recovery.design import CHANGES
from properties.joint_recovery.terms import (
    ACTIVE,
    AFTER,
    ALONGSIDE,
    AT_THE_MASTER,
    BESIDE,
    FIRST,
    PROGRESS,
    STEPS,
    TWO_STEPS,
)

OVERVIEW = "Framework guide, Overview"
NAMES = "Framework guide, DNS Server Configuration and Switchover Scripts"


def between(d: System, book: str, first: str, last: str) -> Expression:
    """A procedure stands behind step `first`, and not behind step `last`."""
    states = list(d.component(book).states)
    return d.component(book).in_states(*states[states.index(first) + 1 : states.index(last) + 1])


def steps_of(d: System) -> Expression:
    """A step of Info Mart's procedure has changed an object."""
    return happens(*(step for step in CHANGES if step in d.runbook.states))


# -- configuration ---------------------------------------------------------------------------------------------------------
@stated(claims="FW-1", source=OVERVIEW, role=ALONGSIDE)
def one_master_at_a_time(d: System) -> Property:
    """At most one pair of master Configuration Servers is in service."""
    return never(all_of(list(d.master.values())))


@stated(claims="FW-3", source=NAMES, role=ALONGSIDE)
def proxies_follow_the_record(d: System) -> Property:
    """The proxies of Site 2 come to the secondary master only once the record has been changed, and leave it with the pair."""
    changed = d.switch_over.in_states("over_push_names", "complete")
    return whenever(d.secondary_proxies.at_secondary, changed & ~d.switch_back.complete)


@stated(
    claims="FW-4",
    source=OVERVIEW,
    role=ALONGSIDE,
    cases=[
        case("", "of an active-standby deployment"),
        case("at_the_masters_host", "of an active-standby deployment, at the master's host", given=AT_THE_MASTER),
        case("in_active_active", "of two active Info Marts", given=ACTIVE),
    ],
)
def limited_mode_takes_no_change(d: System) -> Property:
    """No step changes an object where its tool reaches no master, and no other client of Site 2 while the proxies are limited."""
    others = happens("other_change_at_main", "other_change_at_secondary")
    return never((steps_of(d) & ~d.accepted) | (others & ~d.connected))


@stated(claims="FW-4", source=OVERVIEW, given=AT_THE_MASTER, role=ALONGSIDE)
def proxies_in_limited_mode_are_behind(d: System) -> Property:
    """What a step changes while the proxies are in limited mode they do not know."""
    return whenever(steps_of(d) & ~d.connected, d.object_in_proxies.behind)


@stated(claims="FW-10", source=NAMES, given={"cache": "kept"}, role=ALONGSIDE)
def the_way_back_leads_the_proxies_back(d: System) -> Property:
    """Proxies that keep an address until another is pushed are connected to the main master after the way back."""
    there = d.secondary_proxies.at_main & d.master["main"]
    return leads_to(d.switch_back.complete, there, fairness=PROGRESS)


@stated(claims="FW-10", source=OVERVIEW, role=ALONGSIDE)
def the_way_back_ends_in_normal_mode(d: System) -> Property:
    """While the main database is written over it is closed; at the end the main pair is in use, and the secondary pair is dormant
    and its database closed.
    """
    back = between(d, "switch_back", "back_disable_main_access", "back_enable_main_access")
    normal = d.secondary_servers.dormant & d.secondary_database.closed & ~d.main_servers.dormant
    return always((~back | d.main_database.closed) & (~d.switch_back.complete | normal))


@stated(claims="FW-7", source="Framework guide, Components", given={"server_failures": 1}, role=ALONGSIDE)
def one_failure_leaves_a_server(d: System) -> Property:
    """Whichever Configuration Server fails, its pair has another one, and no server of a dormant pair fails.

    The second server of a pair fails only after the first one: that two failures leave none is not denied.
    """
    found = []
    for a in ("main", "secondary"):
        pair, first = d.component(f"{a}_servers"), f"{a}_servers.primary_fails"
        found += [happens(first, when=pair.dormant), happens(first) & pair.failed]
        found.append(happens(f"{a}_servers.last_server_fails", when=~pair.in_states("alone", "switching")))
    return never(any_of(found))


# -- Info Mart -----------------------------------------------------------------------------------------------------------
@stated(claims=("AS-13", "AS-15"), source=STEPS, given=FIRST, role=AFTER)
def what_is_held_stays_held(d: System) -> Property:
    """From step 4 to the end of step 8 the scheduler is held, and from step 5 to the end of step 10 aggregation is."""
    scheduler = between(d, "runbook", "step_4_hold_scheduler", "step_8_release_scheduler")
    aggregation = between(d, "runbook", "step_5_hold_aggregation", "step_10_release_aggregation")
    return always((~scheduler | ~d.application.run_scheduler) & (~aggregation | ~d.application.run_aggregates))


@stated(claims=("AS-13", "AS-15"), source=STEPS, given=FIRST, role=AFTER)
def the_job_of_step_8_runs(d: System) -> Property:
    """Step 8 creates the partitions: the server is there to run its job."""
    return whenever(happens("step_8_maintain"), d.server2.maintaining)


@stated(claims=("AS-1", "AS-13"), source=STEPS, role=BESIDE)
def the_standby_waits_for_step_6(d: System) -> Property:
    """The server at Site 2 is not started, and not in service, before step 6."""
    states = list(d.runbook.states)
    begun = d.runbook.in_states(*states[states.index("step_6_start_server") + 1 :])
    return whenever(~d.server2.unconfigured, begun)


@stated(claims="AA-6", source=TWO_STEPS, given=ACTIVE, role=BESIDE)
def at_the_end_the_survivor_ignores_the_lost_site(d: System) -> Property:
    """When the procedure with two active Info Marts is complete, the one at Site 2 has no connection to Site 1 any more."""
    return whenever(d.runbook.complete, d.connections2.own_site_only)
