"""What the parts of the Logger design do, whatever fails: failures and returns, inserting, recovery, replication."""

from drcheck import Expression, Property, System, all_of, any_of, happens, leads_to, never, stated
from properties.common.steps import MODEL, leads_at_once_to, only_where
from properties.logger_hds.terms import (
    CAREFUL,
    DUPLEX,
    FLOW,
    KEYS,
    ONCE,
    ONE_HDS,
    ONE_LOGGER,
    ONE_TABLE,
    RECOVERY,
    REPLICATION,
    complete,
    everyone,
    machine,
    other_side,
    progress,
    replications,
)

STARTS_OVER = {**CAREFUL, "router_failures": 1, "logger_failures": 0, "hds_failures": 0, "recover_after_router": True}
ROUTERS = {**ONE_TABLE, "router_failures": 2, "hds_failures": 0, "logger_failures": 0}


def _inserts(d: System, side: str, what: str = "inserts") -> list[str]:
    """The events by which the Logger of a side fills its actual tables from its temporary ones, or from the other Logger."""
    return [e.name for e in d.events if e.name.startswith(f"logger_{side}_{what}")]


# -- failures and returns ------------------------------------------------------------------------------------------------
@stated(source=MODEL, given=ONE_TABLE)
def what_is_online_fails_and_what_is_offline_returns(d: System) -> Property:
    """A Logger, HDS or CallRouter fails while it is online, and comes back from being offline."""
    found: dict[str, Expression] = {}
    for side in d.sides:
        for part, up, down in (("logger", "online", "offline"), ("hds", "online", "offline")):
            found[f"{part}_{side}_fails"] = getattr(machine(d, part, side), up)
            found[f"{part}_{side}_returns"] = getattr(machine(d, part, side), down)
    return only_where(d, found)


@stated(source=MODEL, given=ROUTERS)
def a_call_router_fails_once_and_returns(d: System) -> Property:
    """A CallRouter fails while it is running, and runs again when it is back."""
    routers = {side: machine(d, "call_router", side) for side in d.sides}
    early = [happens(f"call_router_{side}_fails", when=router.failed) for side, router in routers.items()]
    early += [happens(f"call_router_{side}_returns", when=router.running) for side, router in routers.items()]
    early += [happens(f"call_router_{side}_returns") & router.failed for side, router in routers.items()]
    return never(any_of([*early, *(happens(f"call_router_{side}_fails") & r.running for side, r in routers.items())]))


@stated(source=f"{MODEL}; {RECOVERY}; {REPLICATION}", given=ONCE)
def processes_stop_and_start_with_their_machine(d: System) -> Property:
    """Recovery and replication of a side stop with its Logger, its client with its HDS; with a start, recovery comes first."""
    found: dict[str, Expression] = {}
    for side in d.sides:
        recovery, server = machine(d, "recovery_process", side), machine(d, "replication_server", side)
        client = machine(d, "replication_client", side)
        found[f"logger_{side}_fails"] = recovery.stopped & server.stopped & machine(d, "logger", side).offline
        found[f"logger_{side}_returns"] = recovery.recovering & server.holding_back & machine(d, "logger", side).online
        found[f"logger_{side}_recovered"] = recovery.in_step & server.serving
        found[f"hds_{side}_fails"] = client.stopped & machine(d, "hds", side).offline
        found[f"hds_{side}_returns"] = client.running & machine(d, "hds", side).online
    return leads_at_once_to(d, found)


# -- the flow of records -------------------------------------------------------------------------------------------------
@stated(source=f"{MODEL}; {FLOW}", given=ONCE)
def nothing_is_written_by_what_is_offline(d: System) -> Property:
    """A Logger inserts while it is online, recovers while the other one is as well, and its recovery ends while it recovers."""
    found: dict[str, Expression] = {}
    for side in d.sides:
        own, other = machine(d, "logger", side), machine(d, "logger", other_side(d, side))
        recovery = machine(d, "recovery_process", side)
        found.update(dict.fromkeys(_inserts(d, side), own.online & ~recovery.stopped))
        found.update(dict.fromkeys(_inserts(d, side, "recovers"), own.online & other.online & ~recovery.stopped))
        found[f"logger_{side}_recovered"] = own.online & recovery.recovering
    return only_where(d, found)


@stated(source=f"{MODEL}; {REPLICATION}", given=ONE_TABLE)
def replication_needs_both_ends(d: System) -> Property:
    """An HDS takes records while it is online, its client runs and its Logger serves, and there are some that it asks for."""
    found: dict[str, Expression] = {}
    for side, x in d.sides.items():
        ends = machine(d, "hds", side).online & machine(d, "replication_client", side).running
        serving = machine(d, "replication_server", side).serving & machine(d, "logger", side).online
        some = any_of(x.logger.actual[i] & ~x.hds.holds[i] for i in everyone(d))
        found.update(dict.fromkeys(replications(d, side), ends & serving & some))
    return only_where(d, found)


@stated(source=f"{MODEL}; {FLOW}", given=ONE_HDS)
def nothing_that_has_arrived_is_taken_away(d: System) -> Property:
    """An insert takes nothing out of the actual table of a Logger, and replication nothing out of an HDS."""
    found = []
    for side, x in d.sides.items():
        for i in everyone(d):
            found.append(happens(*replications(d, side), when=x.hds.holds[i]) & ~x.hds.holds[i])
            found.append(happens(*_inserts(d, side), when=x.logger.actual[i]) & ~x.logger.actual[i])
    return never(any_of(found))


@stated(source=f"{MODEL}; {KEYS}", given=ONCE)
def there_is_one_primary_while_a_logger_is_online(d: System) -> Property:
    """The recovery key has a primary that is online while any Logger is, and none while none is."""
    online = {side: machine(d, "logger", side).online for side in d.sides}
    named = all_of(getattr(d.recovery_key, f"primary_{side}").implies(up) for side, up in online.items())
    return never(~named | (d.recovery_key.no_primary == any_of(online.values())))


@stated(source=f"{MODEL}; {FLOW}", given={**ONE_LOGGER, "router_failures": 1})
def a_new_record_is_in_every_logger_that_is_sent_it(d: System) -> Property:
    """A record is in the Logger of each side whose CallRouter runs, at once; no other Logger gets it from anywhere."""
    newest = [d.data.made == i + 1 for i in everyone(d)]
    made = [e.name for e in d.events if e.name.startswith("new_record")]
    wrong = []
    for side, x in d.sides.items():
        taken = machine(d, "logger", side).online & machine(d, "call_router", side).running
        wrong += [newest[i] & (x.logger.holds(i) != taken) for i in everyone(d)]
    return never(happens(*made) & any_of(wrong))


@stated(source=f"{MODEL}; {REPLICATION}; {FLOW}", given={**DUPLEX, "logger_failures": 1, "hds_failures": 0})
def each_step_is_of_one_table(d: System) -> Property:
    """A Logger inserts into, and an HDS takes from, a historical table for which something waits."""
    found: dict[str, Expression] = {}
    for side, x in d.sides.items():
        for table in (0, 1):
            of_table = [d.data.in_table(i, table) for i in everyone(d)]
            waits = any_of(x.logger.temporary[i] & of_table[i] for i in everyone(d))
            new = any_of(x.logger.actual[i] & ~x.hds.holds[i] & of_table[i] for i in everyone(d))
            found[f"logger_{side}_inserts_table_{table + 1}"] = waits
            found[f"hds_{side}_replicates_table_{table + 1}"] = new
    return only_where(d, found)


@stated(source=FLOW, given={**ONE_TABLE, "hds_failures": 2, "logger_failures": 0})
def clients_switch_only_to_an_hds_that_is_up(d: System) -> Property:
    """An Administration Client switches to the HDS that it does not use while that one is online."""
    client = d.administration_client
    switched = happens("switches")
    return never(switched & any_of(client.in_states(f"uses_{s}") & ~d.component(f"hds_{s}").online for s in d.sides))


@stated(
    source=f"{MODEL}; {REPLICATION}; {FLOW}",
    given={**DUPLEX, "tables": 2, "logger_failures": 0, "hds_failures": 0},
)
def each_table_comes_to_every_hds(d: System) -> Property:
    """Without failures every record comes to every HDS, also one that is alone in its table."""
    return leads_to(~complete(d), complete(d), fairness=progress(d))


@stated(source=f"{MODEL}; {KEYS}", given={**ONE_TABLE, "clock_set_backs": 1, "hds_failures": 0})
def the_clock_goes_on_and_is_set_back_where_it_has_gone(d: System) -> Property:
    """The clock is set back only when time has passed; an HDS asks for keys above the highest that it holds."""
    early = happens("set_back", when=d.clock.gmt == 0)
    asked = []
    for side, x in d.sides.items():
        above = any_of(
            x.logger.actual[i] & ~x.hds.holds[i] & d.data.above_highest(x.hds.holds.elements, i) for i in everyone(d)
        )
        asked.append(happens(*replications(d, side), when=~above))
    return never(early | any_of(asked))


@stated(source=MODEL, given={**ONE_TABLE, "hds_failures": 1})
def a_backup_is_taken_where_something_is_new(d: System) -> Property:
    """An HDS is backed up when its last backup is out of date, and then it is not."""
    wrong = []
    for side, x in d.sides.items():
        same = all_of(x.hds.holds[i] == x.hds.backup[i] for i in everyone(d))
        wrong += [happens(f"hds_{side}_backup", when=same), happens(f"hds_{side}_backup") & ~same]
    return never(any_of(wrong))


@stated(
    source=f"{MODEL}; {RECOVERY}",
    given={**CAREFUL, "router_failures": 1, "logger_failures": 0, "hds_failures": 0, "recover_after_router": True},
)
def recovery_starts_over_when_a_call_router_fails(d: System) -> Property:
    """Where it is made to, recovery of a side starts over when its CallRouter fails, and replication waits for it.

    A Logger that is offline by then has no recovery process to start over; it begins with recovery when it returns.
    """
    found: dict[str, Expression] = {}
    for side in d.sides:
        process, server = machine(d, "recovery_process", side), machine(d, "replication_server", side)
        over = (process.recovering & server.holding_back) | (process.stopped & machine(d, "logger", side).offline)
        found[f"call_router_{side}_fails"] = over & machine(d, "call_router", side).failed
    return leads_at_once_to(d, found)
