"""What a JANI file has and a state space does not: said in words, so that nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drcheck.importers.jani.automata import Move
from drcheck.importers.jani.outline import Model

_SHOWN = 5
"""So many names are written, and how many more there are."""


def left_out(model: Model, idle: Sequence[Move]) -> list[str]:
    """What is left out of a model, each in some words. `idle`: edges that never happen, as they wait for what never comes."""
    used = {element["automaton"].text() for element in model.node["system"]["elements"].items()}
    edges = [edge for name in model.automata if name in used for edge in model.automata[name]["edges"].items()]
    destinations = [way for edge in edges for way in edge["destinations"].items()]
    transient = [v.name for v in model.variables if v.transient]
    transient += [v.called for own in model.locals_.values() for v in own if v.transient]
    plain = {name.rpartition(".")[2] for name in transient}
    assigned = [item for way in destinations for item in way.each("assignments") if item["ref"].value in plain]
    found = [
        _counted(sum("rate" in edge for edge in edges), "rate"),
        _counted(sum("probability" in way for way in destinations), "probability", "probabilities"),
        f"the transient variables {_listed(transient)} but where a condition reads them" if transient else "",
        _counted(len(assigned), "assignment to a transient variable", "assignments to transient variables"),
    ]
    unused = [name for name in model.automata if name not in used]
    if unused:
        found.append(f"automata that are no element of the composition: {_listed(unused)}")
    if idle:
        said = _listed(f"{move.action} at {move.node.path}" for move in idle)
        found.append(f"{_counted(len(idle), 'edge')} that no synchronisation vector lets happen: {said}")
    return [text for text in found if text]


def _counted(number: int, one: str, several: str = "") -> str:
    return "" if number == 0 else f"{number:,} {one if number == 1 else several or one + 's'}"


def _listed(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - _SHOWN:,} more" if len(known) > _SHOWN else ""
    return ", ".join(known[:_SHOWN]) + more


__all__ = ["left_out"]
