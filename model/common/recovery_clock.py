"""A clock of the time in which reports, or whatever a design gives its users, are not there."""

from collections.abc import Mapping

from drcheck import Age, Boolean, Component, Duration, Expression, on

ARGUMENT = "the clock takes part in events and hinders none, and nothing of the design reads it"
"""Why composing the clock in loses nothing: the argument of the scope parameters that do so."""


def recovery_clock(
    what: str,
    cap: Duration | int,
    since: Expression,
    back: Mapping[str, Expression],
    kept: Mapping[str, Expression] | None = None,
    opens: str | None = None,
) -> Component:
    """An observer: `without` is for how long `what` has not been there, in ticks, since a disruption began.

    It counts from the first tick in which `since` holds, a condition on what is disrupted, until one of the events `back`
    happens, each on its condition, which is read before the event; also when `since` no longer holds by then. Where `since` still
    holds after that, it counts anew from there. With `since` true it is the time since `what` was last there.

    Some of what is there may be seen by nobody until a service opens: `kept` are the events with which that comes about, and
    with `opens` it is there at once. Each trigger is passive and always possible, so the clock hinders nothing.

    `cap`, a duration or a number of ticks, is how far it counts: a worst case that reaches it is said to be at least that, and
    never to be exact. So no bound on what operators take, or on an execution that never recovers, is hidden in it.
    """
    without = Age("without", cap=cap, doc=f"For how long {what} has not been there since a disruption began.")
    unseen = Boolean("unseen", doc=f"Whether there is something to be seen once the service for {what} opens.")
    kept = kept or {}
    triggers = dict.fromkeys([*back, *kept])
    if opens is not None:
        triggers[opens] = None
    transitions = []
    for trigger in triggers:
        if trigger in back:
            then: dict = {without: 0, **({unseen: False} if kept else {})}
            transitions.append(on(trigger, when=back[trigger], then=then, passive=True))
        if trigger in kept:
            transitions.append(on(trigger, when=kept[trigger], then={unseen: True}, passive=True))
        if trigger == opens:
            transitions.append(on(trigger, when=unseen, then={without: 0, unseen: False}, passive=True))
        transitions.append(on(trigger, passive=True))
    return Component(
        "recovery_clock",
        states=["watching"],
        variables=[without, *([unseen] if kept else [])],
        transitions=[
            *transitions,
            on("tick", when=since | (without > 0), then={without: without + 1}),
            on("tick"),
        ],
        doc=f"Observes for how long {what} are not there.",
    )
