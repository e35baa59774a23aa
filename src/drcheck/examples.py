"""An example for every command: a server, its standby, and the runbook by which operators return to the server.

    drcheck check drcheck.examples:pair

It is written as a design of your own would be, in one file: the system first, then what it promises. An audit of
configuration files is at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from drcheck import (
    Age,
    Component,
    Duration,
    Finding,
    ParameterRole,
    Property,
    Sweep,
    System,
    always,
    can_always,
    compose,
    design,
    disruption,
    hours,
    leads_to,
    never,
    notice,
    objective,
    on,
    stated,
    weakly_fair,
    worst_case,
)
from drcheck.audit import PROBLEM, Remark, audit
from drcheck.errors import AuditError

OBJECTIVES = [
    objective(
        disruption("the server fails", failures=1),
        back_within=hours(2),
        source="the service level agreement, section 2",
    ),
    disruption("the server fails twice", failures=2),
]
NOTICES = [
    notice(
        "the server does not answer",
        when="primary.down",
        of="failure",
        who="operations",
        source="the monitoring guide, Probes",
    ),
    notice("the standby has taken over", at="take_over", of="primary_fails", source="the monitoring guide, Mails"),
]


@design(
    title="A server and its standby",
    properties=__name__,
    sweeps=[
        Sweep(
            {"patience": "0h..6h", "failures": [1, 2]},
            "longest_wait",
            title="How long nobody serves, for each patience of the standby",
        )
    ],
)
def pair(
    patience: Annotated[
        Duration, "how long the server must be down before the standby takes over", ParameterRole.DEPLOYMENT
    ] = hours(2),
    failures: Annotated[int, "how often the server may fail", range(1, 4), ParameterRole.FAULT] = 1,
) -> System:
    """The standby takes over when the server has been down for long enough; operators return to the repaired server."""
    primary = Component(
        "primary",
        states=["up", "down", "repaired"],
        transitions=[
            on("primary_fails", "up", "down", kind="environment", fault="failure"),
            on("primary_is_repaired", "down", "repaired", kind="environment"),
            on("start_primary", "repaired", "up"),
        ],
    )
    waited = Age("waited", cap=patience)
    standby = Component(
        "standby",
        states=["idle", "in_service"],
        variables=[waited],
        transitions=[
            on("tick", "idle", unless=primary.down),
            on("tick", "idle", when=waited < patience, then={waited: waited + 1}),
            on("take_over", "idle", "in_service", when=primary.down & (waited == patience)),
            on("stop_standby", "*", "idle", then={waited: 0}),
        ],
    )
    runbook = Component(
        "runbook",
        states=["ready", "stop_standby", "start_primary"],
        transitions=[
            on("begin_return", "ready", "stop_standby", when=primary.repaired, kind="operator"),
            on(
                "stop_standby", "stop_standby", "start_primary", kind="operator", doc="Take the standby out of service."
            ),
            on("start_primary", "start_primary", "ready", kind="operator", doc="Start the repaired server."),
        ],
        doc="The return to the server, step by step.",
    )
    return compose(
        "pair",
        [primary, standby, runbook],
        tick=hours(1),
        faults={"failure": failures},
        objectives=OBJECTIVES,
        notices=NOTICES,
    )


@stated()
def one_at_a_time(d: System) -> Property:
    """Never do both serve."""
    return never(d.primary.up & d.standby.in_service)


@stated(
    finding=Finding(
        title="Nobody serves while the standby waits",
        explanation="The standby cannot tell a short silence from a failure, so it waits.",
        repair="Count the wait in the recovery time objective.",
        causes=("happens(primary_fails)",),
    ),
)
def somebody_serves(d: System) -> Property:
    """Somebody always serves."""
    return always(d.primary.up | d.standby.in_service)


@stated(measures="time_back")
def longest_wait(d: System) -> Property:
    """How long the standby waits at worst before it takes over."""
    return worst_case(d.standby.waited)


@stated()
def service_comes_back(d: System) -> Property:
    """After each failure somebody serves again."""
    return leads_to(
        d.primary.down, d.primary.up | d.standby.in_service, fairness=weakly_fair("automatic", "operator", "time")
    )


@stated()
def the_server_can_serve_again(d: System) -> Property:
    """Whatever has happened, there is a way back to the server."""
    return can_always(d.primary.up)


_PASSWORD = re.compile(r"\bPASSWORD\s*[=,\s]\s*\S", re.IGNORECASE)


@audit(title="Passwords that anyone can read")
def passwords(files: list[Path], options: Mapping[str, str]) -> list[Remark]:
    """Point at each line of a configuration file in which a password stands."""
    remarks = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise AuditError("DR702", f"{file} cannot be read: {error}") from error
        remarks += [
            Remark(PROBLEM, str(file), number, "password", "a password stands in the file", "keep it in a wallet")
            for number, line in enumerate(lines, 1)
            if _PASSWORD.search(line)
        ]
    return remarks
