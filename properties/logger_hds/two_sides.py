"""What the Logger page promises of the two sides: each Logger fed by its own CallRouter, one of them primary."""

from drcheck import (
    Property,
    System,
    all_of,
    always,
    any_of,
    can_always,
    happens,
    never,
    reachable,
    stated,
    stress,
    structure,
    whenever,
    witness,
)
from properties.logger_hds.findings import OPPOSITE_SIDES
from properties.logger_hds.terms import (
    DUPLEX,
    FLOW,
    KEYS,
    ONCE,
    ONE_TABLE,
    cells_of,
    everyone,
    logged,
    machine,
    may_be_purged,
    other_side,
    read_for,
)


# -- the account ------------------------------------------------------------------------------------------------------
@stated(source="the account of the model itself")
def every_record_is_accounted_for(d: System) -> Property:
    """Each record that was made is in a Logger, or old enough to be purged; no store holds a record that was not made."""
    stores = [s.hds.holds for s in d.sides.values()] + [s.hds.backup for s in d.sides.values()]
    unmade = any_of((i >= d.data.made) & any_of([logged(d, i), *(x[i] for x in stores)]) for i in everyone(d))
    gone = any_of((i < d.data.made) & ~logged(d, i) & ~may_be_purged(d, i) for i in everyone(d))
    return never(gone | unmade)


@stated(source="the account of the model itself", given=ONE_TABLE)
def the_design_can_always_come_to_rest(d: System) -> Property:
    """From every state one can be reached where all is made, all is online, in step, and no temporary table holds anything."""
    parts = [machine(d, name, s) for name in ("logger", "hds", "call_router") for s in d.sides]
    online = all_of(p.state(p.states[0]) for p in parts) & all_of(
        machine(d, "recovery_process", s).in_step for s in d.sides
    )
    idle = all_of(~side.logger.temporary[i] for side in d.sides.values() for i in everyone(d))
    return can_always(online & idle & (d.data.made == d.data.size))


# -- CI-1: two sides --------------------------------------------------------------------------------------------------
@stated(claims="CI-1", source=FLOW, given=DUPLEX, by_construction=True)
def each_logger_is_fed_by_its_own_call_router(d: System) -> Property:
    """What a Logger takes depends on the CallRouter of its side and not on the other."""
    found = []
    for event in d.events:
        if event.name.startswith("new_record"):
            for side, other in (("a", "b"), ("b", "a")):
                read = read_for(event, cells_of(d, f"logger_{side}"))
                routers = [d.control_of[f"call_router_{s}"] in read for s in (side, other)]
                found.append(routers == [True, False])
    return structure(
        all(found), f"{len(found)} pairs of an event and a Logger read the CallRouter of their own side only"
    )


@stated(claims="CI-1", source=FLOW, given=DUPLEX)
def both_loggers_work_in_parallel(d: System) -> Property:
    """As long as nothing has failed, both Loggers take every record."""
    untouched = d.faults.Logger_failure_left == d.parameters["logger_failures"]
    return whenever(
        untouched & (d.data.made > 0),
        all_of((i < d.data.made).implies(s.logger.holds(i)) for s in d.sides.values() for i in everyone(d)),
    )


@stated(claims="CI-1", source=KEYS, given={**ONE_TABLE, "cold_start": True})
def the_first_to_initialise_is_primary(d: System) -> Property:
    """A Logger that is online alone is the primary; with none online there is none, and there are never two."""
    a, b, key = d.logger_a.online, d.logger_b.online, d.recovery_key
    return always((a & ~b).implies(key.primary_a) & (b & ~a).implies(key.primary_b) & ((~a & ~b) == key.no_primary))


@stated(claims="CI-1", source=KEYS, given={**ONE_TABLE, "hds_failures": 0, "cold_start": True}, by_construction=True)
def the_first_to_initialise_stays_primary(d: System) -> Property:
    """A Logger that finishes initialising while the other one is primary leaves the role where it is."""
    moved = (
        happens(f"logger_{other_side(d, s)}_returns", when=d.recovery_key.state(f"primary_{s}"))
        & ~d.recovery_key.state(f"primary_{s}")
        for s in d.sides
    )
    return never(any_of(moved))


@stated(claims="CI-1", source=KEYS, given={**ONE_TABLE, "cold_start": True}, role=witness)
def either_logger_can_be_primary(d: System) -> Property:
    """Logger B can be primary while both are online: the role goes by who is first, not by name."""
    return reachable(d.logger_a.online & d.logger_b.online & d.recovery_key.primary_b)


@stated(
    claims="CI-1",
    source=FLOW,
    given={**ONCE, "hds_failures": 0, "router_failures": 1},
    role=stress("the CallRouter of one side and the Logger of the other are down at once"),
    finding=OPPOSITE_SIDES,
)
def one_call_router_and_one_logger_are_enough(d: System) -> Property:
    """While some CallRouter is running and some Logger is online, every record is taken by a Logger."""
    routers, loggers = ([machine(d, n, s) for s in d.sides] for n in ("call_router", "logger"))
    return whenever(any_of(r.running for r in routers) & any_of(x.online for x in loggers), d.taken)
