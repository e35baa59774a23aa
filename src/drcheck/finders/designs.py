"""The remarks on a whole design: on all systems that its properties are stated for, and on its parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.selection import grouped, properties_on
from drcheck.finders import WHOLE, Stated, remarks_on, unsilenced
from drcheck.finders.brought_about import STILL, standing_still
from drcheck.finders.fairness import defeated
from drcheck.finders.parameters import idle_parameters
from drcheck.language.remarks import Remark
from drcheck.logic.kinds import Property
from drcheck.logic.observing import by_observers
from drcheck.system.system import System, composed
from drcheck.system.trace import Trace

SECONDS, PER_STATE, PER_ROW = 0.05, 2e-7, 5e-4
"""What may be spent on parameters beside a search, in seconds: so much, and so much more for each state that it found; and
what composing a system takes for each transition of its components. They only decide how many systems are composed, so that
the same search is always followed by the same remarks."""


def after_search(
    design: Design,
    settings: Mapping[str, Any],
    stated: Stated,
    *,
    whole: bool,
    states: int | None,
    violated: Iterable[tuple[Property, Trace]] = (),
    still: Sequence[System] | None = None,
) -> tuple[Remark, ...]:
    """The remarks on a design whose properties were decided on the systems in `stated`.

    `whole`: whether all its properties were. `states`: how many states were found, which says how much may be spent on its
    parameters; None: as much as it takes. `violated`: counterexamples. `still`: all systems, if their searches show that time
    passes in none of them; none if they show that it does in some; None if they do not show it.
    """
    usual = all(value == design.parameter(name).default for name, value in settings.items())
    more = [remark for item, trace in violated for remark in defeated(item, trace)]
    more += standing_still(still or ())
    more += [] if design.file is None else design.file.remarks()
    sought = [] if still is None else [STILL]
    if whole and usual:
        rows = sum(len(component.transitions) for component in stated[0][0].components)
        most = None if states is None else int((SECONDS + PER_STATE * states) / (PER_ROW * max(rows, 1)))
        more += idle_parameters(design, design.statements(), [composed(system) for system, _ in stated], most)
        sought += ["DR806"] if states is None else []
    return remarks_on(stated, whole=whole, more=more, looked_for=sought, usual=usual and whole)


def before_search(design: Design, settings: Mapping[str, Any]) -> list[Remark]:
    """The remarks on a design that need no search, and only one system if that is enough."""
    groups, skipped = grouped(design, settings, ())

    def composed() -> Iterator[tuple[System, Sequence[Property]]]:
        for key, statements in groups.items():
            system = design.build({**settings, **dict(key)})
            items = properties_on(statements, system, settings, [])
            yield from [(group.system, group.properties) for group in by_observers(system, items)] or [(system, ())]

    rest = composed()
    first = next(rest)
    found = list(remarks_on([first], whole=False, usual=False))
    found += [] if design.file is None else design.file.remarks()
    if not skipped:
        every = (pair for part in ([first], rest) for pair in part)
        found += unsilenced((r for code in WHOLE for r in WHOLE[code](every)), first[0].silenced)
    return found


__all__ = ["after_search", "before_search"]
