"""The causes of findings on a system: each text, or function of the system, as a condition."""

from __future__ import annotations

from dataclasses import dataclass

from drcheck.designs.conditions import condition_on
from drcheck.errors import shown
from drcheck.language.expressions import Expression
from drcheck.logic.finding import Cause, Finding
from drcheck.logic.kinds import Property, cannot_cut
from drcheck.system.system import System


@dataclass(frozen=True)
class Resolved:
    """A cause of a finding on a system: `text` as it is written, or what its function says of itself; its `condition`."""

    finding: Finding
    text: str
    condition: Expression

    @property
    def key(self) -> str:
        """What tells it from other causes on the system: the condition as it is shown."""
        return str(self.condition)


def causes_of(item: Property, system: System) -> list[Resolved]:
    """The causes of all findings of a property, on a system.

    Raises PropertyError DR314 for one that cannot be read there, is no condition of states and events, or reads neither; DR315
    for a property that has no meaning without a cause, or would only be harder to keep.
    """
    if any(finding.causes for finding in item.findings) and (item.uncut or item.witness):
        raise cannot_cut(item, item.uncut or "to cut executions makes nothing reachable")
    return [_resolved(item, finding, cause, system) for finding in item.findings for cause in finding.causes]


def _resolved(item: Property, finding: Finding, cause: Cause, system: System) -> Resolved:
    said = cause if isinstance(cause, str) else getattr(cause, "__name__", "a function")
    where = f"cause {shown(said)} in the finding of property {item.name or item.formula()}"
    remedy = "write a state or an event, as in link.down or happens(link_fails)"
    made = condition_on(system, cause, "DR314", where, place=item.place, remedy=remedy)
    told = cause if isinstance(cause, str) else (cause.__doc__ or str(made))
    return Resolved(finding, " ".join(told.split()).rstrip("."), made)


__all__ = ["Resolved", "causes_of"]
