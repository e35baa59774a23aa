"""Switch-over of the Configuration Database to the secondary site, and switch-back, as machines.

The scripts are those of the Framework guide (Components; DNS Server Configuration and Switchover Scripts; DBMS Solution
Replication Processes Configuration): start and stop of the servers, database access, replication, the DNS record, and
the push of the new address to the proxies' hosts. The guide's overview gives no order for them, but that the push comes
after the DNS change. The order here is, for the way over, that of the configuration page it refers to, up to the start of
the servers (wait for Replicat, stop it, enable access, start), then Extract and the names; for the way back, that of
Oracle's procedures for moving users back (the copy from the unplanned one, the rest from the planned one), with one
difference by default: Extract at the main site is started first, not last (`capture_first`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from drcheck import Array, Boolean, Component, Expression, all_of, any_of, on
from model.common.runbook import StepOf, mistaken_declaration, runbook, step_due


def switch_over(
    at_end_of_trail: Expression,
    replicat_stopped: Expression,
    access_enabled: Expression,
    in_service: Expression,
    record_changed: Expression,
    management: bool,
    drain: bool,
    checked: bool,
    dns_there: Expression | None = None,
) -> list[StepOf]:
    """The steps of the switch-over. With `drain` the first waits until Replicat has applied the remote trail.

    With `checked` (a repair) each script first checks that what it relies on has been done. `dns_there`: the DNS server is
    there, on whose host the script that changes the record is (None: it always is).
    """

    def after(condition: Expression) -> Expression | None:
        return condition if checked else None

    conditions = [c for c in (dns_there, after(in_service)) if c is not None]
    can_change = all_of(conditions) if conditions else None
    steps = []
    if drain:
        steps.append(
            StepOf("over_wait_for_replicat", "wait until Replicat is at the end of its trail", at_end_of_trail)
        )
    steps += [
        StepOf("over_stop_replicat", "stop Replicat at the secondary site", after(at_end_of_trail)),
        StepOf("over_enable_access", "enable access to the secondary database", after(replicat_stopped)),
        StepOf("over_start_servers", "start the secondary Configuration Server pair", after(access_enabled)),
    ]
    if management:
        steps += [
            StepOf("over_start_solution_control", "start the secondary Solution Control Server"),
            StepOf("over_start_message_server", "start the secondary Message Server of the Solution Control Servers"),
        ]
    return [
        *steps,
        StepOf("over_start_capture", "start Extract from the secondary to the main database"),
        StepOf("over_change_dns", "point the DNS record to the secondary host", can_change),
        StepOf("over_push_names", "push the new address to the proxies' hosts", after(record_changed)),
    ]


@dataclass(frozen=True)
class BackChecks:
    """What the scripts of the switch-back can check.

    `main_there`: the main site is up, and this is still the disaster that is being undone. `main_closed`,
    `secondary_closed`: access to that database is disabled. `same`: the main database holds all that the secondary one
    holds, but for what is still on its way, and nothing else. `reversing`: replication to the main database runs;
    `reverse_stopped`: it has been stopped again, its Extract too. `trails_empty`: nothing is on its way there.
    `capturing`: Extract at the main site runs. `in_service`: the main pair is. `record_changed`: the record points to the
    main host.
    """

    main_there: Expression
    main_closed: Expression
    secondary_closed: Expression
    same: Expression
    reversing: Expression
    reverse_stopped: Expression
    trails_empty: Expression
    capturing: Expression
    in_service: Expression
    record_changed: Expression


def switch_back(
    can_copy: Expression,
    checks: BackChecks,
    management: bool,
    initial_copy: bool,
    capture_first: bool,
    leave_servers: bool,
    checked: bool,
) -> list[StepOf]:
    """The steps of the switch-back, from the restored main site to normal operation.

    `initial_copy`: the secondary database is copied as a whole before the changes made since are replicated.
    `capture_first`: Extract at the main site is started before clients can change its database, rather than after its
    Configuration Servers. `leave_servers` (a mistake that can be asked for): the secondary pair is not stopped. With
    `checked` (a repair) each script first checks that what it relies on has been done.
    """
    there = checks.main_there

    def after(*conditions: Expression) -> Expression:
        return all_of([there, *conditions]) if checked else there

    ready = (checks.secondary_closed, checks.trails_empty, checks.same)
    disable = StepOf("back_disable_main_access", "disable access to the main database", after(~checks.capturing))
    copy = StepOf(
        "back_copy",
        "copy the secondary database to the main one",
        after(checks.main_closed, ~checks.capturing) & can_copy,
    )
    capture = StepOf(
        "back_start_forward",
        "start replication from the main to the secondary database, from now on",
        after(checks.main_closed, *ready, checks.reverse_stopped) if capture_first else there,
    )
    enable = StepOf(
        "back_enable_main_access",
        "enable access to the main database",
        after(*ready, *([checks.capturing] if capture_first else [])),
    )
    start = StepOf(
        "back_start_servers",
        "start the main Configuration Server pair",
        after(checks.secondary_closed, checks.capturing) if capture_first else there,
    )
    steps = [
        disable,
        *([copy] if initial_copy else []),
        StepOf(
            "back_start_reverse", "start replication from the secondary to the main database",
            after(checks.same, ~checks.capturing),
        ),
        *([] if leave_servers else [StepOf("back_stop_servers", "stop the secondary Configuration Server pair", there)]),
        StepOf("back_disable_access", "disable access to the secondary database", there),
        StepOf(
            "back_wait_for_reverse", "wait until all changes have been applied to the main database",
            there & checks.trails_empty,
        ),
        StepOf(
            "back_stop_reverse", "stop replication from the secondary to the main database",
            after(checks.secondary_closed, checks.trails_empty, checks.reversing),
        ),
        *([capture, enable, start] if capture_first else [enable, start, capture]),
    ]  # a step a row  # fmt: skip
    if management:
        steps += [
            StepOf("back_stop_solution_control", "stop the secondary Solution Control Server", there),
            StepOf(
                "back_stop_message_server", "stop the secondary Message Server of the Solution Control Servers", there
            ),
            StepOf("back_start_solution_control", "start the main Solution Control Server", there),
            StepOf("back_start_message_server", "start the main Message Server of the Solution Control Servers", there),
        ]
    return [
        *steps,
        StepOf("back_change_dns", "point the DNS record to the main host", after(checks.in_service)),
        StepOf("back_push_names", "push the new address to the proxies' hosts", after(checks.record_changed)),
    ]


def once_more(steps: Sequence[StepOf]) -> list[StepOf]:
    """The same steps for a second switch-over, each with a key of its own."""
    return [replace(step, key=f"again_{step.key}") for step in steps]


def in_any_order(name: str, steps: Sequence[StepOf]) -> Component:
    """A procedure whose steps can be carried out in every order, each once."""
    done = Array("done", Boolean("step", doc="The step has been carried out."), len(steps))
    return Component(
        name,
        states=["standing_by", "working", "complete"],
        variables=[done],
        transitions=[
            on("declare_disaster", "standing_by", "working"),
            *(
                on(
                    step.key,
                    "working",
                    when=~done[i] if step.when is None else ~done[i] & step.when,
                    then={done[i]: True},
                    kind="operator",
                    doc=step.doc,
                )
                for i, step in enumerate(steps)
            ),
            on("finish", "working", "complete", when=all_of(list(done)), internal=True, kind="operator"),
        ],
        doc="The published scripts, in any order.",
    )


def procedure(name: str, steps: Sequence[StepOf], any_order: bool, slips: bool) -> Component:
    """A procedure in its published order (with `slips`: steps left out, or done late), or in any order."""
    return in_any_order(name, steps) if any_order else runbook(name, steps, slips)


def due(book: Component, steps: Sequence[StepOf]) -> Expression:
    """Whether the operators can do something for a procedure now."""
    if "working" not in book.states:
        return step_due(book, steps)
    left = [~done if s.when is None else ~done & s.when for s, done in zip(steps, book.array("done"), strict=True)]
    return book.working & any_of(left)


def operators(
    lost: Expression, restored: Expression, over: Expression, outage: Expression, mistakes: bool, repeat: bool
) -> Component:
    """Those who carry out both procedures: they declare the loss of the main site, and begin the switch-back.

    With `mistakes` they may take an outage of the network for the loss of the site (a fault of kind "mistaken
    declaration"); the guide has no way back from that, and so have they. With `repeat` (a repair) they begin the
    switch-over anew if the main site is lost again during the switch-back or after it. A site is restored only after its
    loss has been declared.
    """
    transitions = [
        on(
            "declare_disaster", "watching", "switching_over", when=lost, kind="operator",
            doc="the loss of the main site is declared",
        ),
        on(
            "begin_switch_back", "switching_over", "switching_back", when=over & restored, kind="operator",
            doc="the main site is back",
        ),
    ]  # a transition a row  # fmt: skip
    if mistakes:
        transitions.append(mistaken_declaration("mistaken", outage & ~lost, "the main site"))
    if repeat:
        transitions.append(
            on(
                "declare_again",
                "switching_back",
                "switching_over_again",
                when=lost,
                kind="operator",
                doc="the second loss of the main site is declared",
            )
        )
    states = ["watching", "switching_over", "switching_back"]
    return Component(
        "operators",
        states=[*states, *(["mistaken"] if mistakes else []), *(["switching_over_again"] if repeat else [])],
        transitions=[
            *transitions,
            on("site_returns", ["switching_over", *(["switching_over_again"] if repeat else [])]),
        ],
        doc="The operators who carry out switch-over and switch-back.",
    )
