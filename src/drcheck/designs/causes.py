"""The causes of findings on a system: each text, or function of the system, as a condition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drcheck.errors import DrcheckError, PropertyError, shown
from drcheck.language.constants import constant
from drcheck.language.expressions import BOOLEAN, Expression
from drcheck.logic.finding import Cause, Finding
from drcheck.logic.kinds import Property, cannot_cut
from drcheck.logic.properties import nothing_lost
from drcheck.system.system import System
from drcheck.text import parse_expression


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
    try:
        made: object = parse_expression(cause, system) if isinstance(cause, str) else _made(cause, system, where)
        if isinstance(made, Expression):
            made = system.settled(made)
    except DrcheckError as error:
        raise PropertyError(
            "DR314",
            f"{where}: {error.message}",
            place=item.place,
            available=error.available,
            remedy=error.remedy,
        ) from error
    except Exception as error:  # whatever a user's function raises becomes one coded error
        raise PropertyError(
            "DR314", f"{where} failed with {type(error).__name__}: {error}", place=item.place
        ) from error
    remedy = "write a state or an event, as in link.down or happens(link_fails)"
    if not isinstance(made, Expression) or made.kind != BOOLEAN:
        told = f"`{made}` ({made.kind})" if isinstance(made, Expression) else shown(made)
        raise PropertyError("DR314", f"{where} is {told} and no condition", place=item.place, remedy=remedy)
    found = constant(made)
    if found is not None:
        raise PropertyError("DR314", f"{where} is always {found}", place=item.place, remedy=remedy)
    told = cause if isinstance(cause, str) else (cause.__doc__ or str(made))
    return Resolved(finding, " ".join(told.split()).rstrip("."), made)


def _made(cause: Callable[[System], object], system: System, where: str) -> object:
    with nothing_lost(tuple, where):
        return cause(system)


__all__ = ["Resolved", "causes_of"]
