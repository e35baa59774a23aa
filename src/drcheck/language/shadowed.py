"""Transitions that can never be taken, because an earlier one of the same trigger always comes first.

Of the transitions of a trigger, the first whose source state and guard match is taken. One that has no guard leaves nothing to
those after it that have the same source state. A refusing counter counts as a guard: where it is full, the next one is examined.
A transition from several states is refused only if nothing is left of any of them; that it stands after one for a single state
(`on("x", "a", ...)`, then `on("x", "*", ...)` for the others) is how exceptions are written.
"""

from __future__ import annotations

from collections.abc import Iterable

from drcheck.errors import ModelError
from drcheck.language.transition import On
from drcheck.language.variables import assignment_targets


def is_unconditional(transition: On) -> bool:
    """Whether a transition is possible in each of its source states: no guard is written, and some outcome always fits."""
    return transition.when is None and any(
        all(assignment_targets(target)[1][0].at_limit != "refuse" for target, _ in way.then.items)
        for way in transition.outcomes
    )


def refuse_shadowed(component: str, transitions: Iterable[On]) -> None:
    """Raise ModelError DR124 for a transition of a component that can never be taken. Sources are names of states."""
    taken: dict[tuple[str, str], On] = {}
    for transition in transitions:
        first = [taken.get((transition.trigger, source)) for source in transition.sources]
        if None not in first:
            earlier = list(dict.fromkeys(f"{_text(f)} ({f.place})" for f in first if f is not None))
            raise ModelError(
                "DR124",
                f"component {component}: {_text(transition)} can never be taken: {' and '.join(earlier)} "
                f"{'comes' if len(earlier) == 1 else 'come'} first and {'has' if len(earlier) == 1 else 'have'} no guard",
                place=transition.place,
                remedy="give the earlier one a guard, put the two in the other order, or write one on(...) with "
                "outcomes=[...] if either can happen",
            )
        if is_unconditional(transition):
            for source in transition.sources:
                taken.setdefault((transition.trigger, source), transition)


def _text(transition: On) -> str:
    ends = list(dict.fromkeys(way.dest or "the same state" for way in transition.outcomes))
    return f"{transition.trigger} from {' or '.join(transition.sources)} to {' or '.join(ends)}"


__all__ = ["is_unconditional", "refuse_shadowed"]
