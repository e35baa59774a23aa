"""What a state lacks of the conditions that must hold, with the values they read: told so by `why-not` and the explorer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drcheck.answers.conditions import Condition
from drcheck.system.oracle import SystemEnvironment
from drcheck.system.system import State, System, cells_of
from drcheck.telling.words import Values

MOST_VALUES = 12
"""How many of the values that a condition reads are told."""
CAN_HAPPEN = "can happen"
"""Said of an event that holds another back."""


@dataclass(frozen=True)
class Missing:
    """A condition that does not hold in a state, with the values of what it reads: (name, value in words)."""

    condition: Condition
    values: tuple[tuple[str, str], ...]

    @property
    def values_text(self) -> str:
        """The values in words."""
        return values_text(self.values)

    def __str__(self) -> str:
        values = self.values_text
        return f"{self.condition}" + (f"   ({values})" if values else "")


def values_text(values: Sequence[tuple[str, str]]) -> str:
    """Names with their values in words: `standby.waited = 0`, or `take_over can happen` of an event that comes first."""
    said = {CAN_HAPPEN: " can happen", "": ""}
    return ", ".join(name + said.get(value, f" = {value}") for name, value in values)


def missing_in(system: System, conditions: Sequence[Condition], state: State) -> Iterator[Missing]:
    """The conditions that do not hold in a state, in their order."""
    environment, values = SystemEnvironment(system), Values(system)
    environment.look_at(state)
    for condition in conditions:
        if not condition.node.evaluate(environment):
            cells = sorted(cells_of(condition.node)) if not condition.others else []
            told = [(system.cells[c].name, values.value(system.cells[c], state[c])) for c in cells]
            told += [(name, CAN_HAPPEN) for name, can in condition.others if can.evaluate(environment)]
            more = [(f"{len(told) - MOST_VALUES} more", "")] if len(told) > MOST_VALUES else []
            yield Missing(condition, tuple(told[:MOST_VALUES] + more))


__all__ = ["Missing", "missing_in", "values_text"]
