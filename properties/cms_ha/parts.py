"""What the parts of the CMS design do, whatever fails: failures, repairs, power, backups and restores, step by step."""

from drcheck import Property, System, all_of, always, any_of, happens, never, reachable, stated
from model.cms_ha.components.data_collection import IN_RESTORE, TO_RESTORE
from model.cms_ha.components.followed_interval import OPEN
from model.cms_ha.components.historical_database import ABSENT, NOT_YET
from properties.cms_ha.terms import (
    HARDWARE,
    LINKS,
    MAINTENANCE,
    ONE,
    ONE_OF_ONE_SERVER,
    POWER,
    UPGRADE,
    UPGRADES,
    record,
)
from properties.common.steps import MODEL, leads_at_once_to, only_where

BOTH = (1, 2)
NO_DISK_FAILS = {"hardware_failures": False, "software_failures": False}
APART = {"separate_power": True, "separate_paths": True}
"""Each server has a link, a UPS and a circuit of its own, as by default."""


@stated(source=MODEL, given=APART)
def only_what_works_fails(d: System) -> Property:
    """A link that is down, a circuit without power, a server or software that is not up does not fail once more."""
    found = {}
    for n in BOTH:
        found[f"acd_link{n}_fails"] = ~d.link[n].down
        found[f"circuit{n}_fails"] = d.circuit[n].powered
        found[f"server{n}_hardware_fails"] = found[f"server{n}_disks_fail"] = d.server[n].running
        found[f"software{n}_fails"] = d.server[n].running & d.software[n].collecting
        found[f"server{n}_crashes"] = d.server[n].running & d.circuit[n].failed
    return only_where(d, found)


@stated(source=f"{MODEL}; {HARDWARE}; {POWER}", given=APART)
def only_what_has_failed_is_repaired(d: System) -> Property:
    """Repairs and restarts are of what has failed: with power where they need it, and from a CMSADM backup that is there."""
    found = {}
    for n in BOTH:
        mains, power = d.circuit[n].powered, d.circuit[n].powered | (d.ups[n].charge > 0)
        found[f"acd_link{n}_restored"] = d.link[n].down
        found[f"circuit{n}_restored"] = d.circuit[n].failed
        found[f"server{n}_shut_down"] = d.server[n].running & ~mains
        found[f"server{n}_starts"] = d.server[n].in_states("off", "crashed") & mains
        found[f"server{n}_repaired"] = d.server[n].failed & power
        found[f"server{n}_rebuilt"] = d.server[n].disks_lost & power & d.cmsadm[n].good
        found[f"software{n}_restarted"] = d.software[n].failed & d.server[n].running
    return only_where(d, found)


@stated(source=f"{MODEL}; {LINKS}", given={**APART, **ONE})
def what_is_repaired_works(d: System) -> Property:
    """A repaired server runs, a rebuilt one collects, and a link that is back is pumped up from the beginning."""
    found = {}
    for n in BOTH:
        found[f"acd_link{n}_fails"] = d.link[n].down & (d.link[n].left == 0)
        found[f"acd_link{n}_restored"] = d.link[n].pumping_up & (d.link[n].left > 0)
        found[f"acd_link{n}.pumped_up"] = d.link[n].up
        found[f"circuit{n}_restored"] = d.circuit[n].powered
        found[f"server{n}_starts"] = found[f"server{n}_repaired"] = d.server[n].running
        found[f"server{n}_rebuilt"] = d.server[n].running & d.software[n].collecting
        found[f"software{n}_restarted"] = d.software[n].collecting
        found[f"server{n}_disks_fail"] = d.server[n].disks_lost & record(d, n).is_in(NOT_YET, ABSENT)
    return leads_at_once_to(d, found)


@stated(source=f"{MODEL}; {LINKS}")
def data_flows_only_after_the_pump_up(d: System) -> Property:
    """A link that is up has been pumped up: nothing of the pump-up is left, and of one that is down nothing is done."""
    return always(all_of((d.link[n].left > 0).implies(d.link[n].pumping_up) for n in BOTH))


@stated(
    source=f"{MODEL}; {POWER}",
    given={**APART, **ONE, **NO_DISK_FAILS, "link_failures": False, "shut_down_in_time": False},
)
def a_ups_gives_its_charge_to_a_running_server_alone(d: System) -> Property:
    """A UPS is exhausted when its charge is gone, and loses one interval of it in each in which it carries its server."""
    found = []
    for n in BOTH:
        ups, charge = d.ups[n], d.ups[n].charge
        drawing = d.circuit[n].failed & d.server[n].running
        full = d.cells[d.cell_of[charge]].domain.high
        found.append(ups.exhausted.implies(charge == 0))
        found.append(~(happens("tick", when=~drawing & ups.charged) & ups.exhausted))
        found += [~(happens("tick", when=~drawing & (charge == k)) & (charge < k)) for k in range(1, full + 1)]
        found += [~(happens("tick", when=drawing & (charge == k)) & (charge != k - 1)) for k in range(1, full + 1)]
    return always(all_of(found))


@stated(source=f"{MODEL}; {POWER}", given={**APART, **ONE, **NO_DISK_FAILS, "shut_down_in_time": False})
def a_ups_can_be_used_up(d: System) -> Property:
    """Time goes on while a UPS carries its server: in an outage of the area that lasts, both are used up to the end."""
    return reachable(all_of(d.ups[n].exhausted for n in BOTH))


@stated(source=f"{MODEL}; {MAINTENANCE}", given={**ONE, "scheduled_backups": True, "power_failures": False})
def one_backup_of_a_server_runs_at_a_time(d: System) -> Property:
    """While a CMSADM backup of a server runs no maintenance backup of it does."""
    return never(any_of(d.backup[n].running & d.cmsadm[n].running for n in BOTH))


@stated(source=f"{MODEL}; {LINKS}")
def restores_begin_where_something_is_missing(d: System) -> Property:
    """A restore begins where a gap waits and both servers are up, reads a complete backup, and is complete only if all lasts."""
    found = {}
    for n in BOTH:
        other = 3 - n
        found[f"restore{n}_begins"] = (d.collection[n].gap == TO_RESTORE) & d.collecting[n] & d.ready[other]
        found[f"backup{n}_done"] = d.backup[n].running & d.ready[n]
        found[f"restore{n}_starts"] = d.restore[n].begin_restore & d.ready[n] & d.backup[other].kept
        found[f"restore{n}_done"] = d.restore[n].finish_restore & d.ready[n]
        found[f"restore{n}_aborted"] = d.restore[n].finish_restore & ~d.ready[n]
        found[f"backup{n}_fails"] = d.backup[n].running & ~d.ready[n]
    return only_where(d, found)


@stated(source=f"{MODEL}; {LINKS}", given=ONE_OF_ONE_SERVER)
def operators_know_what_is_missing(d: System) -> Property:
    """A gap is to be restored from its beginning on, in restore while one is under way, and closed after one without another."""
    found = {}
    for n in BOTH:
        gap = d.collection[n].gap
        found[f"collection{n}.interrupted"] = (gap == TO_RESTORE) & ~d.collection[n].whole
        found[f"restore{n}_begins"] = (gap == IN_RESTORE) & d.backup[3 - n].running & d.restore[n].backing_up
        found[f"restore{n}_aborted"] = gap == TO_RESTORE
        found[f"restore{n}_done"] = gap != IN_RESTORE
        found[f"server{n}_disks_fail"] = gap == TO_RESTORE
    return leads_at_once_to(d, found)


@stated(source=MODEL)
def an_interval_is_closed_when_it_is_over(d: System) -> Property:
    """How the followed interval ended is known when it is over, and its records are filed then and not before."""
    (interval, *_) = d.intervals
    filed = all_of((record(d, n) == NOT_YET) == ~interval.past for n in BOTH)
    return always(((interval.close == OPEN) == ~interval.past) & filed)


@stated(source=f"{MODEL}; {UPGRADES}", given={**UPGRADE, "slips": 1, "check_other": False})
def only_what_is_being_upgraded_collects_again(d: System) -> Property:
    """A server is brought back to collecting only while its software is down for the upgrade, whatever step was left out."""
    brought = {n: f"step_{2 * n}_{('first', 'second')[n - 1]}_collects" for n in BOTH}
    took_part = [
        happens(step, when=~d.software[n].upgrading) & d.software[n].new_release for n, step in brought.items()
    ]
    return never(any_of(took_part))


@stated(source=f"{MODEL}; {UPGRADES}", given=UPGRADE)
def a_server_is_down_from_its_step_to_the_next(d: System) -> Property:
    """During the upgrade a server's software is down from its own step on until it collects again, with the new release."""
    book = d.upgrade
    steps = {
        1: ("step_1_upgrade_first", "step_2_first_collects"),
        2: ("step_3_upgrade_second", "step_4_second_collects"),
    }
    order = list(book.states)
    return always(
        all_of(
            (d.software[n].upgrading == getattr(book, down))
            & (d.software[n].new_release == book.in_states(*order[order.index(down) + 1 :]))
            for n, (_, down) in steps.items()
        )
    )
