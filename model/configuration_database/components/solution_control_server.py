"""Solution Control Servers in distributed mode."""

from collections.abc import Mapping

from drcheck import Component, Expression, on
from model.configuration_database.components.configuration_proxy import named_client
from model.configuration_database.components.name_resolution import Names

FAULT = "Solution Control Server failure"


def master_solution_control_server(name: str, live: bool, pair: bool, autostart: bool) -> Component:
    """The Solution Control Server of a management host: controls the master Configuration Servers and the Message Server there.

    (Framework guide, Components; Solution Control Server.) Running at the main site, dormant at the secondary one until a
    script starts it. It may be one server, or a `pair` of which one may fail without effect.
    """
    up = ["running", "alone"] if pair else ["running"]
    rests = [] if live and autostart else ["dormant"]
    there = [*rests, *up, "failed"]
    falls = list(zip(up, [*up[1:], "failed"], strict=True))
    return Component(
        name,
        states=[*there, "lost"],
        initial="running" if live else "dormant",
        transitions=[
            on("start", [*rests, "failed"], "running"),
            *([] if live else [on("stop", [*up, "failed"], "dormant")]),
            *(
                on("fails", here, then_, internal=True, kind="environment", fault=FAULT, doc=f"{name} fails")
                for here, then_ in falls
            ),
            on("site_fails", there, "lost"),
            on("site_returns", "lost", "running" if autostart else "dormant"),
        ],
        doc="The Solution Control Server of a management host.",
    )


def controls(server: Component) -> Expression:
    """Whether a Solution Control Server is there to act: that of a management host, or that of a site."""
    return server.in_states(
        *(s for s in ("running", "alone", "at_main", "at_secondary", "disconnected") if s in server.states)
    )


def site_solution_control_server(
    name: str,
    serving: Mapping[str, Expression],
    names: Names,
    exposed: bool,
    failures: bool = False,
    pair: bool = False,
) -> Component:
    """The Solution Control Server of a site's application host: one server, or a `pair` of which one may fail.

    (Framework guide, Solution Control Server.) It connects to the master Configuration Server by name, never to a proxy.
    """
    doc = "The Solution Control Server of an application host."
    return named_client(
        name, serving, names, False, False, exposed, doc, ends_with=FAULT if failures else "", pair=pair and failures
    )


def solution_control_talk(name: str, running: Mapping[str, Expression], exposed: bool) -> Component:
    """Through which Message Server the Solution Control Servers of a site talk to those of the other one.

    (Framework guide, Solution Control Server; Message Server.) `running[a]`: the instance at site a runs and can be reached
    from here. They stay with the one that they are connected to until the connection is lost, and then take any that they
    can reach: the guide does not say which. `exposed`: they can be lost with their site.
    """
    through = {a: f"through_{a}" for a in running}
    transitions = []
    for a, there in running.items():
        transitions += [
            on("loses", through[a], "apart", when=~there, internal=True, priority=1, doc="the connection is lost"),
            on(f"takes_{a}", "apart", through[a], when=there, internal=True, doc=f"connects to the instance at {a}"),
        ]
    fate = [on("site_fails", [*through.values(), "apart"], "lost"), on("site_returns", "lost", "apart")]
    return Component(
        name,
        states=[*through.values(), "apart", *(["lost"] if exposed else [])],
        initial=through["main"],
        transitions=[*transitions, *(fate if exposed else [])],
        doc="The Message Server that the Solution Control Servers of a site are connected to.",
    )
