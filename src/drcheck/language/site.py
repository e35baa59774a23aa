"""Sites: a component that stands for the site, and the components at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from drcheck.errors import ModelError, Place, caller, shown
from drcheck.language.called import Declared, no_key
from drcheck.language.component import Component
from drcheck.language.handed_over import HandedOver, handed_over
from drcheck.language.ordered import refuse_unordered


@dataclass(frozen=True)
class Site(Declared):
    """A site: a component that stands for the site itself, and the components at it.

    `shared` maps a trigger of the site's machine to the trigger that every member must have: with the default, the
    site's `fails` and every member's `site_fails` are one event, `<site>_fails`. Members take part when they can.
    Raises ModelError DR116 (in compose) for a member without the trigger.
    """

    __hash__ = no_key

    component: Component
    members: Sequence[Component]
    shared: Mapping[str, str] = field(default_factory=lambda: {"fails": "site_fails"})
    place: Place = field(default_factory=caller, compare=False, repr=False)
    lists_given: tuple[HandedOver, ...] = field(default=(), init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        members = self.members
        refuse_unordered(members, f"the members of site {getattr(self.component, 'name', '')}", self.place)
        if isinstance(members, (str, Component)) or not isinstance(members, Iterable):
            raise ModelError("DR115", f"a site's members are a list, not {shown(members)}", place=self.place)
        object.__setattr__(self, "members", tuple(members))
        for part in (self.component, *self.members):
            if not isinstance(part, Component):
                raise ModelError("DR115", f"a site consists of components, not {shown(part)}", place=self.place)
        for i, part in enumerate(self.members):
            if any(part is other for other in (self.component, *self.members[:i])):
                raise ModelError("DR113", f"{part.name} is at site {self.component.name} twice", place=self.place)
        shared = self.shared
        if not isinstance(shared, Mapping) or not all(isinstance(t, str) for pair in shared.items() for t in pair):
            raise ModelError(
                "DR115",
                f"site {self.component.name}: shared maps the site's triggers to its members', not {shown(shared)}",
                place=self.place,
            )
        handed = handed_over(self.place, f"site {self.component.name}", members=members, shared=shared)
        object.__setattr__(self, "lists_given", handed)
