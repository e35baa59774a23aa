"""Solution Control Servers in distributed mode."""

from collections.abc import Mapping

from drcheck import Component, Expression, on
from model.configuration_database.components.configuration_proxy import named_client


def master_solution_control_server(name: str, live: bool, pair: bool, autostart: bool) -> Component:
    """The Solution Control Server of a management host: controls the master Configuration Servers and the Message Server there.

    (Framework guide, Components; Solution Control Server.) Running at the main site, dormant at the secondary one until a
    script starts it. It may be one server, or a `pair` of which one may fail without effect.
    """
    up = ["running", "alone"] if pair else ["running"]
    rests = [] if live and autostart else ["dormant"]
    there = [*rests, *up, "failed"]
    fault = "Solution Control Server failure"
    falls = list(zip(up, [*up[1:], "failed"], strict=True))
    return Component(
        name,
        states=[*there, "lost"],
        initial="running" if live else "dormant",
        transitions=[
            on("start", [*rests, "failed"], "running"),
            *([] if live else [on("stop", [*up, "failed"], "dormant")]),
            *(
                on("fails", here, then_, internal=True, kind="environment", fault=fault, doc=f"{name} fails")
                for here, then_ in falls
            ),
            on("site_fails", there, "lost"),
            on("site_returns", "lost", "running" if autostart else "dormant"),
        ],
        doc="The Solution Control Server of a management host.",
    )


def controls(server: Component) -> Expression:
    """Whether a Solution Control Server is there to act."""
    return server.in_states(*(s for s in ("running", "alone") if s in server.states))


def site_solution_control_server(
    name: str, serving: Mapping[str, Expression], record: Component, cache_expires: bool, exposed: bool
) -> Component:
    """The Solution Control Server of a site's application host.

    (Framework guide, Solution Control Server.) It connects to the master Configuration Server by name, never to a proxy.
    """
    return named_client(
        name,
        serving,
        record,
        cache_expires,
        False,
        False,
        exposed,
        "The Solution Control Server of an application host.",
    )
