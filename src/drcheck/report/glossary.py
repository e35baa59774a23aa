"""The terms of a review, and their meaning there."""

from __future__ import annotations

from collections.abc import Iterable

TERMS: dict[str, str] = {
    "component": "A part of the design with its own state machine: control states, typed variables, transitions.",
    "state": "One value of everything: the control state and the variables of every component at one moment.",
    "event": "Something that happens at one moment and changes the state. An event that several components share is a "
    "rendezvous: it happens only when each of them can take part. Its kind says who acts: the components "
    "themselves (automatic), people (operator), or what the design does not control (environment).",
    "tick": "The passing of one unit of time, for all components together.",
    "fault budget": "How many faults of each kind the environment may inject in one execution.",
    "reachable": "A state is reachable when some execution from an initial state leads to it.",
    "execution": "A sequence of steps from an initial state that goes on for ever or ends where no step is possible.",
    "exhaustive": "Every reachable state was visited and every step from it was examined.",
    "holds": "No execution within the parameters and the fault budget breaks the promise, as an exhaustive search showed.",
    "violated": "Some execution breaks the promise; one is shown, and was replayed step by step on the component machines.",
    "inconclusive": "The search stopped before it could decide: nothing is known either way.",
    "not decided": "A claim that the properties of this review do not decide: none speaks of it, or one was not run, is "
    "inconclusive or holds vacuously.",
    "vacuous": "The promise holds only because what it speaks of never happens. It is no evidence for the design.",
    "counterexample": "An execution that breaks a promise; where a promise is about states, the shortest there is.",
    "witness": "An execution that shows that something can happen.",
    "lasso": "An execution that ends in a cycle: a beginning, then steps that can repeat for ever.",
    "safety": "The kind of promise that something bad never happens.",
    "liveness": "The kind of promise that something good eventually happens.",
    "temporal logic": "The kind of promise on how states follow one another: a formula that every execution has to satisfy. "
    "G f: from each state on f; F f: from some state on; X f: from the next; f U g: g in the end, and f until then.",
    "reachability": "The question whether something can happen at all.",
    "recoverability": "The promise that from every reachable state the good state can still be reached by some execution.",
    "structure": "A fact about how the design is composed, computed from the composition, not from its executions.",
    "worst case": "The greatest value of an expression over all reachable states, exactly, with an execution that attains it.",
    "fairness": "The assumption that what stays possible (weak), or becomes possible again and again (strong), is done at "
    "some time. Liveness is decided for executions that are fair as assumed.",
    "disruption": "A named set of budgets: which faults and slips may happen, and how often.",
    "objective": "What a document states for a disruption: how much is lost at most, how soon it is back.",
    "notice": "An alarm, a log line or a screen that a document describes, by which people learn of a fault or a loss.",
    "deadlock": "A state from which no step is possible.",
    "finding": "A promise that the model breaks, with the execution that shows it. It is declared when its author "
    "explains it and new otherwise.",
    "repair": "The smallest change of the design that its author proposes so that the promise holds. Where the design has "
    "parameters for it, the promise is decided again on the changed design.",
}

_ALWAYS = ("component", "state", "event", "reachable", "execution", "exhaustive", "holds", "violated", "inconclusive")


def terms(used: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The terms that every review needs, and those of `used`, in the order of `TERMS`. KeyError for one without meaning."""
    wanted = {*_ALWAYS, *used}
    missing = wanted - set(TERMS)
    if missing:
        raise KeyError(f"no meaning is written for {', '.join(sorted(missing))}")
    return tuple((term, meaning) for term, meaning in TERMS.items() if term in wanted)


__all__ = ["TERMS", "terms"]
