"""What the parts of the Configuration Database design do, whatever fails: the network, failures, connections, scripts."""

from drcheck import Expression, Property, System, all_of, always, any_of, happens, never, stated
from properties.common.steps import MODEL, leads_at_once_to, only_where
from properties.configuration_database.terms import (
    ADDRESSES,
    CACHED,
    CONTROL,
    LOGGING,
    MAIN,
    MANAGED,
    NAMES,
    ONE_PROCESS,
    ONE_SITE,
    ORDER,
    OVERVIEW,
    REPLICATION,
    SECONDARY,
    TALKING,
)

OTHER = {MAIN: SECONDARY, SECONDARY: MAIN}


# -- the network -------------------------------------------------------------------------------------------------------
@stated(source=f"{MODEL}; {REPLICATION}")
def nothing_is_replicated_over_a_dead_network(d: System) -> Property:
    """DataPump ships what its Extract captured, while the network is up and the other database is there; so does a copy."""
    found: dict[str, Expression] = {}
    for a in ADDRESSES:
        extract = d.component(f"extract_to_{a}")
        found[f"ship_to_{a}"] = d.link.up & extract.running & ~d.component(f"{a}_database").lost
        found[f"apply_to_{a}"] = d.component(f"replicat_to_{a}").running & ~d.component(f"{a}_database").lost
    found["back_copy"] = d.link.up & ~d.secondary_database.lost & ~d.main_database.lost
    return only_where(d, found)


@stated(source=f"{MODEL}; {CONTROL}", given=LOGGING)
def no_log_record_crosses_a_dead_network(d: System) -> Property:
    """Log records are replicated while the network is up, and written while their Message Server and database are there."""
    found: dict[str, Expression] = {}
    for a in ADDRESSES:
        base, other = d.component(f"{a}_log_database"), d.logs[OTHER[a]]
        found[f"{a}_log_replicated"] = d.link.up & base.available & (d.logs[a].copied < other.own)
        found[f"{a}_logs"] = base.available & d.component(f"{a}_log_message_server").running
    return only_where(d, found)


@stated(source=f"{MODEL}; {CONTROL}", given=TALKING)
def solution_control_servers_talk_through_a_message_server_that_is_there(d: System) -> Property:
    """A Solution Control Server takes an instance that runs and can be reached, and leaves it only when that ends."""
    found: dict[str, Expression] = {}
    for here in ADDRESSES:
        for a in ADDRESSES:
            running = d.component(f"{a}_message_server").running
            found[f"{here}_talk.takes_{a}"] = running if a == here else running & d.link.up
    lost = all_of(~(happens(f"{here}_talk.loses") & _through(d, here)) for here in ADDRESSES)
    return never(~lost | ~all_of(~happens(event, when=~where) for event, where in found.items()))


def _through(d: System, here: str) -> Expression:
    return d.component(f"{here}_talk").in_states(*(f"through_{a}" for a in ADDRESSES))


# -- clients -----------------------------------------------------------------------------------------------------------
@stated(source=f"{MODEL}; {OVERVIEW}")
def changes_are_made_at_a_master_that_can_be_reached(d: System) -> Property:
    """A change goes through a client that is connected, to a master in service, over a network that is up if it is remote."""
    found: dict[str, Expression] = {}
    for here in ADDRESSES:
        for a in ADDRESSES:
            reached = d.reachable_master[here][a]
            found[f"change_through_{here}_proxies_at_{a}"] = reached & getattr(
                d.component(f"{here}_proxies"), f"at_{a}"
            )
        found[f"change_on_{here}_host_at_{here}"] = d.master[here] & ~d.component(f"{here}_database").lost
    return only_where(d, found)


def _connections(d: System, clients: str) -> Property:
    """Clients connect where the name leads them, to a master that can be reached, and lose it only when it cannot be."""
    found: dict[str, Expression] = {}
    for here in ADDRESSES:
        client = d.component(f"{here}_{clients}")
        for a in ADDRESSES:
            reached = d.reachable_master[here][a]
            found[f"{client.name}.connects_to_{a}"] = reached & (client.address == a)
            found[f"{client.name}.loses_{a}"] = getattr(client, f"at_{a}") & ~reached
    return only_where(d, found)


@stated(source=f"{MODEL}; {NAMES}")
def proxies_connect_where_the_name_leads(d: System) -> Property:
    """Proxies connect where the name leads them, to a master that can be reached, and lose it only when it cannot be."""
    return _connections(d, "proxies")


@stated(source=f"{MODEL}; {NAMES}; {CONTROL}", given=MANAGED)
def site_solution_control_servers_connect_where_the_name_leads(d: System) -> Property:
    """The same of the Solution Control Servers of the sites."""
    return _connections(d, "site_scs")


@stated(source=f"{MODEL}; {NAMES}", given=MANAGED)
def the_pushed_address_is_that_of_the_record(d: System) -> Property:
    """After the push every client that is there has the address of the DNS record."""
    wanted = []
    for here in ADDRESSES:
        for client in (d.component(f"{here}_proxies"), d.component(f"{here}_site_scs")):
            right = ((client.address == MAIN) & d.dns_record.to_main) | (
                (client.address == SECONDARY) & d.dns_record.to_secondary
            )
            wanted.append(client.lost | right)
    return leads_at_once_to(d, dict.fromkeys(("over_push_names", "back_push_names"), all_of(wanted)))


# -- failures and returns ------------------------------------------------------------------------------------------------
@stated(source=MODEL)
def only_what_is_there_fails(d: System) -> Property:
    """A site or a network that is lost is not lost once more; servers fail one after the other."""
    found: dict[str, Expression] = {"link_fails": d.link.up, "link_restored": d.link.down}
    for a in ADDRESSES:
        servers, site = d.component(f"{a}_servers"), d.component(f"{a}_site")
        found[f"{a}_site_fails"] = site.up
        found[f"{a}_servers.primary_fails"] = servers.running
        found[f"{a}_servers.last_server_fails"] = servers.in_states("alone", "switching")
        found[f"{a}_servers.backup_takes_over"] = servers.switching
    return only_where(d, found)


def _lost(d: System, a: str) -> Expression:
    """Everything at a site is lost."""
    there = [f"{a}_database", f"extract_to_{OTHER[a]}", f"replicat_to_{a}", f"{a}_servers", f"{a}_proxies"]
    more = [f"{a}_{part}" for part in ("scs", "message_server", "site_scs", "log_database", "log_message_server")]
    known = {c.name for c in d.components}
    return d.component(f"{a}_site").failed & all_of(d.component(name).lost for name in (*there, *more) if name in known)


@stated(source=f"{MODEL}; {OVERVIEW}", given=MANAGED)
def a_site_is_lost_with_everything_there(d: System) -> Property:
    """While a site is lost, its databases, its servers and the processes of replication on its hosts are."""
    return always(all_of(_lost(d, a) == d.component(f"{a}_site").failed for a in ADDRESSES))


@stated(source=f"{MODEL}; {CONTROL}", given={**LOGGING, "main_storage": "survives"})
def logging_is_lost_and_returns_with_its_site(d: System) -> Property:
    """The Message Server for network logging is there while its site is; it runs again when the site has returned."""
    return always(
        all_of(d.component(f"{a}_log_message_server").running == d.component(f"{a}_site").up for a in ADDRESSES)
    )


@stated(source=f"{MODEL}; {OVERVIEW}", given=MANAGED)
def a_restored_main_site_is_quiet(d: System) -> Property:
    """Nothing runs at the main site when it has just been restored, and its clients have no connection."""
    quiet = [
        d.main_site.up, d.main_servers.dormant, d.main_scs.dormant, d.main_message_server.dormant,
        d.extract_to_secondary.stopped, d.replicat_to_main.stopped, d.main_proxies.unloaded, d.main_site_scs.disconnected,
    ]  # a part each  # fmt: skip
    return leads_at_once_to(d, {"main_site_returns": all_of(quiet)})


@stated(source=f"{MODEL}; {REPLICATION}", given=ONE_PROCESS)
def only_a_process_that_runs_abends(d: System) -> Property:
    """A process of the replication abends while it runs, and has then abended."""
    found, after = [], []
    for a in ADDRESSES:
        for process in (d.component(f"extract_to_{a}"), d.component(f"replicat_to_{a}")):
            found.append(happens(f"{process.name}.abends", when=~process.running))
            after.append(happens(f"{process.name}.abends") & ~process.abended)
    return never(any_of([*found, *after]))


@stated(source=f"{MODEL}; {NAMES}", given=CACHED)
def a_cached_address_grows_old_tick_by_tick(d: System) -> Property:
    """The time for which an address has been cached is counted in ticks while a client is connected, none left out."""
    wrong = []
    for here in ADDRESSES:
        client = d.component(f"{here}_proxies")
        connected = client.in_states(*(f"at_{a}" for a in ADDRESSES))
        most = d.cells[d.cell_of[client.cached]].domain.high
        wrong += [
            happens("tick", when=connected & (client.cached == k)) & (client.cached != k + 1) for k in range(most - 1)
        ]
    return never(any_of(wrong))


@stated(source=f"{MODEL}; {NAMES}", given=CACHED)
def an_address_that_was_just_resolved_is_new(d: System) -> Property:
    """What a client has resolved is kept for the whole time to live: its age begins at 0."""
    clients = {here: d.component(f"{here}_proxies") for here in ADDRESSES}
    return leads_at_once_to(d, {f"{client.name}.resolves": client.cached == 0 for client in clients.values()})


# -- scripts -------------------------------------------------------------------------------------------------------------
@stated(source=f"{MODEL}; {ORDER}", given=MANAGED)
def scripts_do_what_they_are_for(d: System) -> Property:
    """After each script of the switch-over, and of the switch-back, what it starts runs and what it stops does not."""
    here = ~d.secondary_site.failed
    after = {
        "over_stop_replicat": ~d.replicat_to_secondary.running,
        "over_enable_access": d.secondary_database.open,
        "over_start_servers": d.secondary_servers.running,
        "over_start_solution_control": d.secondary_scs.running,
        "over_start_message_server": d.secondary_message_server.running,
        "over_start_capture": d.extract_to_main.capturing,
        "over_change_dns": d.dns_record.to_secondary,
        "back_stop_servers": d.secondary_servers.dormant,
        "back_disable_access": d.secondary_database.closed,
        "back_stop_reverse": d.extract_to_main.stopped & d.replicat_to_main.stopped,
        "back_stop_solution_control": d.secondary_scs.dormant,
        "back_stop_message_server": d.secondary_message_server.dormant,
    }
    back = {
        "back_disable_main_access": d.main_database.closed,
        "back_start_reverse": d.replicat_to_main.running,
        "back_enable_main_access": d.main_database.open,
        "back_start_forward": d.extract_to_secondary.running,
        "back_start_servers": d.main_servers.running,
        "back_start_solution_control": d.main_scs.running,
        "back_start_message_server": d.main_message_server.running,
        "back_change_dns": d.dns_record.to_main,
    }
    return leads_at_once_to(d, {**{event: then | ~here for event, then in after.items()}, **back})


@stated(source=f"{MODEL}; {ORDER}", given=ONE_SITE)
def operators_begin_when_there_is_a_reason(d: System) -> Property:
    """A disaster is declared when the main site is lost, and the way back begins when it is restored."""
    return only_where(
        d, {"declare_disaster": d.main_site.failed, "begin_switch_back": d.main_site.up & d.switch_over.complete}
    )
