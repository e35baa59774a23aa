"""The free choices of events: which an event has, and how many alternatives they may make of a system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from drcheck.errors import ModelError
from drcheck.language.free_choice import MAX_ALTERNATIVES, FreeChoice
from drcheck.system.system import Participant


def choices_of(participants: Iterable[Participant]) -> tuple[FreeChoice, ...]:
    """The free choices that the transitions of an event's participants read, in the order in which they stand."""
    return tuple(
        dict.fromkeys(
            choice
            for participant in participants
            for transition in participant.component.on_trigger(participant.trigger)
            for choice in transition.choices
        )
    )


def check_choices(system: str, events: Iterable[tuple[str, Sequence[Participant]]]) -> None:
    """Check the free choices of all events of a system, each given by its name and its participants.

    Raises ModelError DR150 (two choices of one name in an event), DR152 (too many alternatives).
    """
    alternatives = 0
    for name, participants in events:
        choices = choices_of(participants)
        if not choices:
            continue
        known: dict[str, FreeChoice] = {}
        for choice in choices:
            if choice.name in known:
                raise ModelError(
                    "DR150",
                    f"two free choices of event {name} are called {choice.name} ({known[choice.name].place})",
                    place=choice.place,
                    remedy="where both are to have one value, let both transitions read one object; else give them two names",
                )
            known[choice.name] = choice
        outcomes = prod(max(len(t.outcomes) for t in p.component.on_trigger(p.trigger)) for p in participants)
        alternatives += prod(len(choice.values) for choice in choices) * outcomes
        if alternatives > MAX_ALTERNATIVES:
            said = " times ".join(f"{len(choice.values)} values of {choice}" for choice in choices)
            raise ModelError(
                "DR152",
                f"system {system}: up to event {name}, which has {said}, free choices make {alternatives:,} alternatives; "
                f"at most {MAX_ALTERNATIVES:,} are taken",
                place=choices[0].place,
                remedy="choose among fewer values, or make one choice after the other, in events of their own",
            )


__all__ = ["check_choices", "choices_of"]
