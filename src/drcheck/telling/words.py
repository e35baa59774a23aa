"""Steps and values in words: "2 hours pass", "server1 extracts", "server1.queue 2 -> 3 intervals"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drcheck.language.durations import Duration
from drcheck.language.expressions import INTEGER
from drcheck.language.units import PLAIN, TICKS, brief, cell_units, quantity
from drcheck.system.composition import FAULTS
from drcheck.system.system import Cell, Event, System, untold

_LENGTHS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def passing(ticks: int, tick: Duration | None) -> str:
    """`an hour passes`, `3 hours pass`, `2 ticks pass`; `1h30m pass` for what is no whole number of one unit."""
    if tick is None:
        return "a tick passes" if ticks == 1 else f"{ticks:,} ticks pass"
    length = tick * ticks
    for name, seconds in _LENGTHS:
        number, rest = divmod(length.in_seconds, seconds)
        if number and not rest:
            return f"{'an' if name == 'hour' else 'a'} {name} passes" if number == 1 else f"{number:,} {name}s pass"
    return f"{length} pass"


def subject_and_verb(event: Event) -> tuple[str, str]:
    """An event's name as words: who of those that take part, if the name begins with it, and the rest."""
    names = sorted((p.component.name for p in event.participants), key=len, reverse=True)
    for name in names:
        for joint in ("_", "."):
            if event.name.startswith(name + joint):
                return name, _spaced(event.name[len(name) + 1 :])
    return "", _spaced(event.name)


def round_text(events: Sequence[Event], tick: Duration | None) -> str:
    """The steps of a round, consecutive ones of one component in one phrase: `an hour passes, server1 extracts, transforms`."""
    said, subject, at = list[str](), "", 0
    while at < len(events):
        if events[at].is_tick:
            ticks = 1
            while at + ticks < len(events) and events[at + ticks].is_tick:
                ticks += 1
            said.append(passing(ticks, tick))
            subject, at = "", at + ticks
            continue
        who, verb = subject_and_verb(events[at])
        said.append(verb if who and who == subject else f"{who} {verb}".strip())
        subject, at = who, at + 1
    return ", ".join(said)


class Values:
    """The values of a system's cells, in words."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._units: Mapping[int, str] = cell_units(system.cell_of)
        self._told = {
            cell: tuple(said.replace("{component}", system.cells[cell].owner) for said in _sentences(variable.told))
            for variable, cell in system.cell_of.items()
            if variable.told
        }
        self._silent = {FAULTS, *untold(system)}

    def told(self, cell: int) -> bool:
        """Whether a cell is told of: not what observers remember, nor how many faults are left."""
        return self._system.cells[cell].owner not in self._silent

    def change(self, cell: int, before: int, after: int) -> str:
        """What became of a cell."""
        known = self._system.cells[cell]
        if known.name == known.owner:
            return f"{known.owner} {_spaced(self.value(known, before))} -> {_spaced(self.value(known, after))}"
        if known.domain.kind == "boolean":
            if cell in self._told:
                return self._told[cell][not after]
            return f"{known.name} is {self.value(known, after)}"
        old, new = self.value(known, before), self.value(known, after)
        if cell in self._told:
            (sentence,) = self._told[cell]
            return f"{sentence.replace('{value}', self._amount(known, after))} (before: {_spaced(old)})"
        if self._units.get(cell, PLAIN) not in (PLAIN, TICKS):  # the unit is said once
            old = f"{before:,}"
        return f"{known.name} {old} -> {new}"

    def _amount(self, cell: Cell, value: int) -> str:
        """A number with its unit, which zero has too; a name of an enumeration as words."""
        if cell.domain.kind != INTEGER:
            return _spaced(self.value(cell, value))
        unit = self._units.get(cell.index, PLAIN)
        return self.value(cell, value) if unit == TICKS else quantity(value, unit)

    def start(self, cell: int, value: int) -> str:
        """What a cell is at the start."""
        known = self._system.cells[cell]
        return f"{known.name} = {self.value(known, value)}"

    def value(self, cell: Cell, raw: int) -> str:
        """A value with its unit."""
        value = cell.domain.decode(raw)
        if isinstance(value, bool):
            return "true" if value else "false"
        return brief(value, self._units.get(cell.index, PLAIN), self._system.tick) if isinstance(value, int) else value


def _sentences(told: str | tuple[str, str]) -> tuple[str, ...]:
    """The sentence that tells a value, or those that tell true and false."""
    return (told,) if isinstance(told, str) else told


def _spaced(name: str) -> str:
    return name.replace("_", " ")


__all__ = ["Values", "passing", "round_text", "subject_and_verb"]
