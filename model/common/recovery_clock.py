"""A clock of the time in which reports, or whatever a design gives its users, are not there."""

from collections.abc import Mapping

from drcheck import Age, Boolean, Component, Duration, Expression, Literal, if_else, on

ARGUMENT = "the clock takes part in events and hinders none, and nothing of the design reads it"
"""Why composing the clock in loses nothing: the argument of the scope parameters that do so."""


def recovery_clock(
    what: str,
    cap: Duration | int,
    since: Expression,
    back: Mapping[str, Expression] | None = None,
    kept: Mapping[str, Expression] | None = None,
    opens: str | None = None,
    others: Expression | None = None,
) -> Component:
    """An observer: `without` is for how long `what` has not been there, in ticks, since a disruption began.

    It counts the ticks in which `since` holds, a condition on what is disrupted. Without `back`, `what` is there again when
    `since` no longer holds. With it, the clock goes on until one of the events `back` happens, each on its condition, which is
    read before the event, whether `since` holds by then or not; where it still holds after that, it counts anew from there.

    Some of what is there may be seen by nobody until a service opens: `kept` are the events with which that comes about, and
    with `opens` it is there at once. `others` are the disruptions in `since` but for one: with them the clock remembers in
    `alone` whether that one has been all that was disrupted ever since it began to count.

    Each trigger is passive and always possible, so the clock hinders nothing.

    `cap`, a duration or a number of ticks, is how far it counts: a worst case that reaches it is said to be at least that, and
    never to be exact. So no bound on what operators take, or on an execution that never recovers, is hidden in it.
    """
    without = Age("without", cap=cap, doc=f"For how long there has been no {what} since a disruption began.")
    unseen = Boolean("unseen", doc=f"Whether there is {what} that is seen once the service opens.")
    alone = Boolean("alone", doc="Whether nothing but one thing, which can fail alone, has been disrupted since then.")
    triggers = dict.fromkeys([*(back or {}), *(kept or {}), *([opens] if opens is not None else [])])
    watched = [without, *([unseen] if kept else []), *([alone] if others is not None else [])]
    seen: dict = {without: 0, **{v: False for v in watched if v is not without}}
    transitions = []
    for trigger in triggers:
        if back and trigger in back:
            transitions.append(on(trigger, when=back[trigger], then=seen, passive=True))
        if kept and trigger in kept:
            transitions.append(on(trigger, when=kept[trigger], then={unseen: True}, passive=True))
        if trigger == opens:
            transitions.append(on(trigger, when=unseen, then=seen, passive=True))
        transitions.append(on(trigger, passive=True))
    going_on = since | (without > 0 if back else Literal(False))
    passing: dict = {without: if_else(going_on, without + 1, 0)}
    if others is not None:
        passing[alone] = going_on & ~others & (alone | (without == 0))
    return Component(
        "recovery_clock",
        states=["watching"],
        variables=watched,
        transitions=[*transitions, on("tick", then=passing)],
        doc=f"Observes for how long there is no {what}.",
    )
