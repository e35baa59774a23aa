"""A Configuration Server Proxy pair: serves a site's applications, and passes their changes to the master."""

from collections.abc import Mapping

from drcheck import Choice, Component, Expression, Integer, if_else, on
from model.components.name_resolution import ADDRESSES


def named_client(
    name: str,
    serving: Mapping[str, Expression],
    record: Component,
    cache_expires: bool,
    keeps_data: bool,
    failures: bool,
    exposed: bool,
    doc: str,
) -> Component:
    """A client that finds the master by name: connected to one of the two, or disconnected and trying.

    `serving[a]`: there is a master in service at address a, and it can be reached from here. `address` is what the name
    resolved to last. It is looked up only to connect, so a change of the record breaks no connection. While disconnected
    the client resolves the name again if the cached answer expires (`cache_expires`); the switch-over script replaces it
    at once (`push`). A lost connection is noticed before anything else happens, which hides nothing: no change can pass
    over it, and going on unnoticed is the same as connecting again without resolving.

    With `keeps_data` a client that was connected before goes on with what it has loaded (limited mode), and one that has
    loaded nothing cannot serve. With `failures` the two processes of its pair may fail one after the other; `standing`
    counts them. When both have failed they are started again, and have loaded nothing. `exposed`: it can be lost with its
    site.
    """
    address = Choice("address", ADDRESSES)
    standing = Integer("standing", 1, 2, start=2)
    resolved = {address: if_else(record.to_main, "main", "secondary")}
    connected = [f"at_{a}" for a in ADDRESSES]
    restarts = exposed or failures
    apart = ["limited", *(["unloaded"] if restarts else [])] if keeps_data else ["disconnected"]
    there = [*connected, *apart]
    transitions = [on("push", there, then=resolved)]
    for a in ADDRESSES:
        transitions += [
            on(
                f"loses_{a}", f"at_{a}", apart[0], when=~serving[a], internal=True, priority=1,
                doc=f"the connection to the master at the {a} site is lost",
            ),
            on(
                f"connects_to_{a}", apart, f"at_{a}", when=(address == a) & serving[a], internal=True,
                doc=f"connects to the master at the {a} site",
            ),
        ]  # fmt: skip
        if keeps_data:
            transitions.append(on(f"change_at_{a}", f"at_{a}", when=serving[a]))
    if cache_expires:
        stale = if_else(record.to_main, "main", "secondary") != address
        transitions.append(
            on(
                "resolves",
                apart,
                when=stale,
                then=resolved,
                internal=True,
                doc="the cached address expires and is resolved",
            )
        )
    if failures:
        transitions += [
            on(
                "one_fails", there, when=standing == 2, then={standing: 1}, internal=True, kind="environment",
                fault="proxy failure", doc="one process of the proxy pair fails; the other goes on",
            ),
            on(
                "both_failed", [*connected, "limited"], "unloaded", when=standing == 1,
                then={standing: 2, **resolved}, internal=True, kind="environment", fault="proxy failure",
                doc="the other process fails as well; both are started again",
            ),
        ]  # fmt: skip
    if exposed:
        whole = {standing: 2} if failures else {}
        transitions += [
            on("site_fails", there, "lost"),
            on("site_returns", "lost", apart[-1], then={**resolved, **whole}),
        ]
    return Component(
        name, states=[*there, *(["lost"] if exposed else [])], variables=[address, *([standing] if failures else [])],
        transitions=transitions, doc=doc,
    )  # fmt: skip


def configuration_proxy_pair(
    name: str, serving: Mapping[str, Expression], record: Component, cache_expires: bool, failures: bool, exposed: bool
) -> Component:
    """The Configuration Server Proxy pair of a site (Framework guide, Overview).

    Connected to a master it passes changes on; in limited mode it serves the configuration that it has in memory and
    takes no change; unloaded (just started, no master reached yet) it serves nothing.
    """
    return named_client(
        name, serving, record, cache_expires, True, failures, exposed, "The Configuration Server Proxy pair of a site."
    )


def serves(proxy: Component) -> Expression:
    """Whether a proxy pair serves configuration to the applications of its site."""
    return proxy.in_states("at_main", "at_secondary", "limited")
