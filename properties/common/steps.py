"""What single steps do: where an event can happen, and what is so after it.

Where such a property holds its observers remember nothing, so its search has the states of the design.
"""

from collections.abc import Mapping

from drcheck import Expression, Property, System, any_of, happens, never
from drcheck.errors import UnknownAttributeError

MODEL = "the account of the model itself"
"""The source of what the parts must do to be what they are called."""


def only_where(d: System, conditions: Mapping[str, Expression]) -> Property:
    """No event happens from a state without its condition. Raises UnknownAttributeError DR115 for an event that there is not."""
    return never(any_of(happens(_known(d, event), when=~where) for event, where in conditions.items()))


def leads_at_once_to(d: System, conditions: Mapping[str, Expression]) -> Property:
    """After each event its condition holds. Raises as `only_where` does."""
    return never(any_of(happens(_known(d, event)) & ~then for event, then in conditions.items()))


def _known(d: System, event: str) -> str:
    """The event's name: with parameters that take it away there is no such property, as where a component is missing."""
    names = [known.name for known in d.events]
    if event not in names:
        raise UnknownAttributeError("DR115", f"system {d.name} has no event {event!r}", available=names, asked=event)
    return event
