"""A runbook and its operator: a published procedure as a state machine, whose steps may be left out or done late."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drcheck import Age, Choice, Component, Expression, Literal, any_of, on
from drcheck.language.transition import On

NONE = "none"


@dataclass(frozen=True)
class StepOf:
    """One step: `key` as in `step_3_swap_connections`; `when` says when it can be finished (default: at once)."""

    key: str
    doc: str
    when: Expression | None = None


def runbook(
    name: str, steps: Sequence[StepOf], slips: bool, begins: str = "declare_disaster", again: Expression | None = None
) -> Component:
    """A procedure: standing by, then each step in order, then complete.

    With `slips`, the operator may leave steps out (faults of kind "operator slip", so the budget says how many), and do
    the step that was left out last at any later moment, that is out of order. `left_out` is that step. `begins` is the
    trigger with which the procedure begins. With `again`, the last step may find that something is missing: while that
    holds the operators start over at the first step.
    """
    states = ["standing_by", *(s.key for s in steps), "complete"]
    left_out = Choice(
        "left_out", [NONE, *(s.key for s in steps)], doc="The step that was left out last, until it is done."
    )
    transitions = [on(begins, "standing_by", states[1])]
    for number, step in enumerate(steps):
        following, later = states[number + 2], states[number + 2 :]
        done = {left_out: NONE} if slips else {}
        finished: dict[str, Any] = {} if step.when is None else {"when": step.when}
        transitions.append(on(step.key, step.key, following, **finished, kind="operator", doc=step.doc))
        if slips:
            late = left_out == step.key
            guard = late if step.when is None else late & step.when
            transitions.append(on(step.key, later, when=guard, then=done, kind="operator", doc=step.doc))
            transitions.append(
                on(
                    f"leave_out_{step.key}",
                    step.key,
                    following,
                    then={left_out: step.key},
                    kind="operator",
                    fault="operator slip",
                    doc=f"the operator passes over: {step.doc}",
                )
            )
    if again is not None:
        doc = "the last check fails: the operators start over"
        transitions.append(on("start_over", states[-2], states[1], when=again, internal=True, kind="operator", doc=doc))
    return Component(
        name,
        states=states,
        variables=[left_out] if slips else [],
        transitions=transitions,
        doc="The published procedure, step by step.",
    )


def step_due(book: Component, steps: Sequence[StepOf]) -> Expression:
    """Whether the operators can do something for a runbook now: its next step, or, until it is complete, one left out.

    So what was left out is done late where the next step shows that it is missing, as that one cannot be finished.
    """
    possible = [(s.key, Literal(True) if s.when is None else s.when) for s in steps]
    due = any_of(book.state(key) & when for key, when in possible)
    if "left_out" not in {variable.name for variable in book.variables}:
        return due
    return due | (~book.complete & any_of((book.left_out == key) & when for key, when in possible))


STEP = "step"
"""The trigger of the pace of a runbook for each of its steps."""


def step_pace(name: str, book: Component, limit: int) -> Component:
    """How long each step of a runbook takes: `limit` ticks at most, waiting for what it needs included.

    An assumption, where a document states no time: while a step is due time does not pass beyond the limit. `taken` is how
    long the present one has taken.
    """
    taken = Age("taken", cap=limit, doc="For how long the present step of the procedure has taken.")
    under_way = ~book.in_states("standing_by", "complete")
    return Component(
        name,
        states=["kept"],
        variables=[taken],
        transitions=[
            on(STEP, then={taken: 0}, passive=True),
            on("tick", unless=under_way, then={taken: 0}),
            on("tick", when=taken < limit, then={taken: taken + 1}),
        ],
        doc="How long each step of the procedure takes.",
    )


def operator(
    name: str, disaster: Expression, outage: Expression, finished: Expression, recovery_time: int, mistakes: bool
) -> Component:
    """The operators: they declare a disaster when the site is lost, and finish the procedure in `recovery_time` ticks.

    `elapsed` counts ticks since the loss; while the procedure is not finished time does not pass beyond `recovery_time`
    (an assumption, stated as a parameter). With `mistakes`, an operator may take a network outage for a site failure
    (a fault of kind "mistaken declaration").
    """
    elapsed = Age("elapsed", cap=recovery_time, doc="How long ago the site was lost, until the procedure is complete.")
    transitions = [
        on("declare_disaster", "watching", "recovering", when=disaster, kind="operator", doc="the loss of the site is declared"),
        on("tick", "watching", when=~disaster),
        on("tick", "watching", when=elapsed < recovery_time, then={elapsed: elapsed + 1}),
        on("tick", "recovering", when=finished, then={elapsed: 0}),
        on("tick", "recovering", when=elapsed < recovery_time, then={elapsed: elapsed + 1}),
    ]  # a transition a row  # fmt: skip
    if mistakes:
        transitions.append(mistaken_declaration("recovering", outage & ~disaster, "the site"))
    return Component(
        name,
        states=["watching", "recovering"],
        variables=[elapsed],
        transitions=transitions,
        doc="The operators who carry out the procedure.",
    )


def mistaken_declaration(dest: str, when: Expression, lost: str) -> On:
    """Operators who are watching take an outage of the network for the loss of what `lost` says, and begin the procedure."""
    return on(
        "mistake_outage",
        "watching",
        dest,
        when=when,
        kind="operator",
        fault="mistaken declaration",
        doc=f"an outage is taken for the loss of {lost}",
    )
