"""A property without some causes: the same promise, asked of executions that are cut where one of the causes first holds.

The cut is neither a deadlock nor the end of an execution, and enables nothing:

| property | without the cause c |
|---|---|
| always, never, whenever, within | a state with c breaks nothing, and is no trigger |
| reachable | the witness has no c, nor has a state on the way to it |
| deadlock_free | a state with c may have no step |
| leads_to, eventually | an execution that comes to c lacks no goal |
| ltl(f) | an execution that comes to c satisfies f |
| can_always | from each state without c, a state with the goal can be reached on a way without c |
| worst_case | the greatest value of the states without c; it must have `at_most` |

It is decided on a system with an observer that forbids every step from a state with c (see `observing`), so that only states
that are reached without c are searched, and those with c in which executions are cut. Fairness is that of the whole system: an
event that is possible for ever and leads to c alone must be taken, so an execution that never takes it is not fair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drcheck.language.expressions import Expression
from drcheck.logic.kinds import Property, cannot_cut


def excluding(item: Property, causes: Sequence[Expression]) -> Property:
    """The property without some causes, which are conditions of states and of what happens.

    Raises PropertyError DR315 for a worst case without a bound, and for a fact of the composition.
    """
    item = item if item.written is None else item.written
    if item.uncut:
        raise cannot_cut(item)
    return replace(item, excluded=(*item.excluded, *causes))


__all__ = ["excluding"]
