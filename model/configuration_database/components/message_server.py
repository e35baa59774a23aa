"""Message Servers: one kind between the distributed Solution Control Servers, one for network logging."""

from drcheck import Component, Expression, on
from drcheck.language.transition import On

FAULT = "Message Server failure"


def _up(pair: bool) -> list[str]:
    return ["running", "alone"] if pair else ["running"]


def _fails(name: str, up: list[str], again: Expression | None) -> list[On]:
    """One server after the other fails; the last one leaves nothing. `again`: it can be started again while this holds."""
    ends = list(zip(up, [*up[1:], "failed"], strict=True))
    rows = [
        on("fails", here, left, internal=True, kind="environment", fault=FAULT, doc=f"{name} fails")
        for here, left in ends
    ]
    if again is not None:
        doc = f"{name} is started again"
        rows += [on("restarted", left, here, when=again, internal=True, doc=doc) for here, left in ends]
    return rows


def distributed_message_server(
    name: str,
    live: bool,
    autostart: bool,
    failures: bool = False,
    pair: bool = False,
    again: Expression | None = None,
    mistakes: bool = False,
) -> Component:
    """The Message Server of a management host that the distributed Solution Control Servers talk through.

    (Framework guide, Message Server.) One instance at each site, or one `pair` at each, of which one is dormant. With
    `failures` servers may fail; what manages them starts one again while `again` holds (None: nothing does). With
    `mistakes` the dormant one may be started when no script asks for it (a fault of kind "mistaken start").
    """
    up = _up(pair and failures)
    there = [*up, *([] if live and autostart else ["dormant"]), *(["failed"] if failures else [])]
    mistake = []
    if mistakes and "dormant" in there:
        doc = "the dormant Message Server is started when no script asks for it"
        mistake = [
            on(
                "started_by_mistake", "dormant", "running", internal=True, kind="operator", fault="mistaken start", doc=doc
            )
        ]  # an event a row  # fmt: skip
    return Component(
        name,
        states=[*there, "lost"],
        initial="running" if live else "dormant",
        transitions=[
            on("start", there, "running"),
            *([] if live else [on("stop", [s for s in there if s != "dormant"], "dormant")]),
            *(_fails(name, up, again) if failures else []),
            *mistake,
            on("site_fails", there, "lost"),
            on("site_returns", "lost", "running" if autostart else "dormant"),
        ],
        doc="The Message Server between the distributed Solution Control Servers.",
    )


def log_message_server(
    name: str,
    database_there: Expression,
    exposed: bool,
    failures: bool = False,
    pair: bool = False,
    again: Expression | None = None,
) -> Component:
    """The Message Server for network logging of one site: writes its site's log records to the site's Log Database.

    One server, or a `pair`. `exposed`: it can be lost with its site. With `failures` servers may fail; what manages them
    starts one again while `again` holds (None: nothing does).
    """
    up = _up(pair and failures)
    there = [*up, *(["failed"] if failures else [])]
    fate = [on("site_fails", there, "lost"), on("site_returns", "lost", "running")] if exposed else []
    return Component(
        name,
        states=[*there, *(["lost"] if exposed else [])],
        transitions=[
            on("log", up, when=database_there),
            *(_fails(name, up, again) if failures else []),
            *fate,
        ],
        doc="The Message Server for the network logging of a site.",
    )


def passes_on(server: Component) -> Expression:
    """Whether there is a server at work."""
    return server.in_states(*(s for s in ("running", "alone") if s in server.states))
