"""A master Configuration Server primary/backup pair."""

from drcheck import Component, Expression, on


def configuration_server_pair(
    name: str,
    live: bool,
    can_switch: Expression,
    autostart: bool,
    backup_failures: bool = False,
    restarts: bool = False,
    exposed: bool = True,
    stops: bool = True,
) -> Component:
    """The redundant pair of master Configuration Servers of one site, on one Configuration Database.

    (Framework guide, Components.) The main pair runs; the secondary pair is dormant, that is not running, until a script
    starts it. When the primary fails the Solution Control Server of the host makes the backup primary (`can_switch`);
    no other procedure is needed. Only the secondary pair is ever stopped by a script, if it `stops`. A pair that has lost
    both servers has failed. After the restoration of its site the pair
    is dormant, or, with `autostart`, started by the host itself. With `backup_failures` the server that is not primary may
    fail as well (a fault of kind "backup failure"), before or during a failover. With `restarts` (a reading of what it
    means that the Solution Control Server manages the pair) it starts a failed server again. `exposed`: the pair can be lost with
    its site.
    """
    up = ["running", "alone"]
    rests = [] if live and autostart else ["dormant"]
    there = [*rests, *up, "switching", "failed"]
    return Component(
        name,
        states=[*there, *(["lost"] if exposed else [])],
        initial="running" if live else "dormant",
        transitions=[
            on("start", [*rests, "failed"], "running"),
            *([] if live or not stops else [on("stop", [*up, "switching", "failed"], "dormant")]),
            on(
                "primary_fails", "running", "switching", internal=True, kind="environment", fault="server failure",
                doc="the primary Configuration Server fails",
            ),
            on(
                "last_server_fails", ["alone", "switching"], "failed", internal=True, kind="environment", fault="server failure",
                doc="the remaining server of the pair fails",
            ),
            on(
                "backup_takes_over", "switching", "alone", when=can_switch, internal=True,
                doc="the backup becomes primary",
            ),
            *(
                on(
                    "backup_fails", here, left, internal=True, kind="environment", fault="backup failure",
                    doc="the server that is not primary fails",
                )
                for here, left in (("running", "alone"), ("switching", "failed"))
                if backup_failures
            ),
            *(
                on("restarted", here, better, when=can_switch, internal=True, doc="a failed server is started again")
                for here, better in (("alone", "running"), ("failed", "alone"))
                if restarts
            ),
            on("accept", up),
            *([on("site_fails", there, "lost")] if exposed else []),
            *([on("site_returns", "lost", "running" if autostart else "dormant")] if exposed else []),
        ],
        doc="The master Configuration Server primary/backup pair of a site.",
    )  # a transition a row  # fmt: skip


def in_service(pair: Component, database: Component) -> Expression:
    """Whether a pair has a primary server that works on its database."""
    return pair.in_states("running", "alone") & database.open
