"""Unlike units in one sum, choice, comparison, update or bound (see `drcheck.language.units`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from drcheck.errors import Place
from drcheck.language.durations import Duration
from drcheck.language.expressions import Expression
from drcheck.language.happening import happenings
from drcheck.language.remarks import Remark
from drcheck.language.units import TICKS, mixtures, unit_of, unlike
from drcheck.language.variables import assignment_targets
from drcheck.logic.kinds import Property
from drcheck.system.system import System

MIXED = "DR820"
_COMPARED = ("<", "<=", ">", ">=", "==", "!=")
_REMEDY = "give both the same unit, or a plain number none"
_LONGEST = 80
"""An expression of more characters is cut in a remark."""


def mixed(stated: Iterable[tuple[System, Sequence[Property]]]) -> Iterator[Remark]:
    """Where a model or a property puts unlike units together. Where everything is in ticks, there is nothing to look at."""
    for system, properties in stated:
        if all(variable.unit in ("", TICKS) for variable in system.cell_of):
            continue
        for component in system.components:
            for transition in component.transitions:
                parts = [] if transition.when is None else [transition.when]
                for way in transition.outcomes:
                    parts += [part for item in way.then.items for part in item]
                yield from _put_together(map(system.settled, parts), transition.place)
                for way in transition.outcomes:
                    for target, value in way.then.items:
                        ours, theirs = assignment_targets(target)[1][0].unit, unit_of(system.settled(value))
                        if unlike(ours, theirs):
                            yield _remark(f"{target} := {value}", f"{ours} become {theirs}", transition.place)
        for item in properties:
            own = [n for n in (item.condition, item.trigger, item.measure, item.goal) if n is not None]
            own += [event.when for n in own for event in happenings(n) if event.when is not None]
            yield from _put_together(own, item.place)
            unit = None if item.measure is None else unit_of(item.measure)
            if isinstance(item.at_most, Duration) and unlike(unit, TICKS):
                yield _remark(f"{item.measure} <= {item.at_most}", f"{unit} are bounded by a duration", item.place)


def _put_together(nodes: Iterable[Expression], place: Place | None) -> Iterator[Remark]:
    for mixture in mixtures(nodes):
        units = " and ".join(mixture.units)
        compared = mixture.node.operator in _COMPARED
        what = f"{units} are compared" if compared else f"{units} are put together, so the result has no unit"
        yield _remark(str(mixture.node), what, place)


def _remark(subject: str, message: str, place: Place | None) -> Remark:
    cut = subject if len(subject) <= _LONGEST else f"{subject[:_LONGEST]}..."
    return Remark(MIXED, cut, message, place, _REMEDY)


__all__ = ["mixed"]
