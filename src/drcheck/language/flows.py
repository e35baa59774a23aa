"""Flows: the ways that data takes through the components of a design, as documents describe them.

    flow(["switch", "collector", "store"], "calls", moved_by=["collects", "stores"], source="the guide, Figure 2")

A flow changes no step of the system: it says what architecture drawings show. Which of its legs the model has, and which are only
stated, `system.ways` decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.absent import ABSENT, refuse_none
from drcheck.language.called import Declared, no_key
from drcheck.language.component import Component


@dataclass(frozen=True)
class Flow(Declared):
    """A way of `what`: the names of the components that it passes, in order, and of the events that move it. `source`: the
    document's place that describes it.
    """

    __hash__ = no_key

    path: tuple[str, ...]
    what: str
    moved_by: tuple[str, ...]
    source: str
    place: Place | None = None

    @property
    def described(self) -> str:
        """What it is, in messages."""
        return "a flow"

    @property
    def legs(self) -> tuple[tuple[str, str], ...]:
        """Its legs, each from one component to the next."""
        return tuple(pairwise(self.path))


def flow(
    path: Sequence[Component | str],
    what: str,
    /,
    *,
    moved_by: str | Sequence[str] = ABSENT,
    source: str = ABSENT,
) -> Flow:
    """The way of `what` through components: `path` are two or more of them, or their names; `moved_by` the events that move it.

    `source`: the document and section that describes it. Raises ModelError DR155.
    """
    place = caller()
    for argument, value in (("moved_by", moved_by), ("source", source)):
        refuse_none(f"flow: {argument}", value, "nothing", place)
    if not isinstance(what, str) or not what.strip():
        raise _no_flow(
            f"what flows is a text, not {shown(what)}", place, 'write flow(["collector", "store"], "calls", ...)'
        )
    what = " ".join(what.split())
    if source is ABSENT or not isinstance(source, str) or not source.strip():
        said = "has no source" if source is ABSENT else f"has {shown(source)} for a source"
        raise _no_flow(f"the flow of {what} {said}", place, 'say where it is described: source="the guide, Figure 2"')
    names = _path(what, path, place)
    movers: object = (moved_by,) if isinstance(moved_by, str) else moved_by
    if (
        not isinstance(movers, Sequence)
        or not movers
        or not all(isinstance(mover, str) and mover.strip() for mover in movers)
    ):
        said = "names nothing that moves it" if moved_by is ABSENT else f"cannot be moved by {shown(moved_by)}"
        raise _no_flow(f"the flow of {what} {said}", place, 'name events: moved_by=["collects", "tick"]')
    return Flow(names, what, tuple(dict.fromkeys(movers)), " ".join(source.split()), place)


def _path(what: str, path: object, place: Place) -> tuple[str, ...]:
    if isinstance(path, str) or not isinstance(path, Sequence):
        raise _no_flow(f"the flow of {what}: its path is a list of components, not {shown(path)}", place, _LIST)
    for part in path:
        if not isinstance(part, (Component, str)):
            raise _no_flow(f"the flow of {what} cannot pass {shown(part)}", place, _LIST)
    names = tuple(part.name if isinstance(part, Component) else part for part in path)
    if len(names) < 2 or any(one == other for one, other in pairwise(names)):
        raise _no_flow(
            f"the flow of {what} needs two or more components, each another than the one before", place, _LIST
        )
    return names


_LIST = 'write for instance ["switch", "collector", "store"]'


def _no_flow(message: str, place: Place, remedy: str) -> ModelError:
    return ModelError("DR155", message, place=place, remedy=remedy)


__all__ = ["Flow", "flow"]
