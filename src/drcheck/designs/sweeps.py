"""The sweeps that a design declares: what becomes of its properties for many values of its parameters.

    @design(
        properties=__name__,
        sweeps=[Sweep({"longest_outage": "0h..20h", "threshold": "4h,8h"}, "worst_loss", given={"outages": 1})],
    )

A review shows what `drcheck keep sweep TARGET --declared NAME` has made of them, and misses what is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drcheck.designs.parameter import Parameter
from drcheck.errors import DesignError, Place, caller, shown


@dataclass(frozen=True)
class Sweep:
    """A declared sweep. `vary`: parameters with values, or with a text such as "1h..12h/1h".

    `properties`: one name or several; none: all. `given`: parameters that are held. `name`: by which it is asked for, by default
    made of what it asks and varies; `title`: what it shows, in words. Raises DesignError DR208 for what cannot be declared so.
    """

    vary: Mapping[str, str | Sequence[Any]]
    properties: str | Sequence[str] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    title: str = ""
    place: Place | None = field(default_factory=caller, compare=False, repr=False)

    def __post_init__(self) -> None:
        names = (self.properties,) if isinstance(self.properties, str) else self.properties
        for wrong, said in (
            (
                not _named(self.vary) or not self.vary,
                f"varies {shown(self.vary)}, which names no parameters with values",
            ),
            (not _texts(names), f"asks {shown(self.properties)}, which are no names of properties"),
            (not _named(self.given), f"is given {shown(self.given)}, which names no parameters with values"),
            (not _texts([self.name, self.title], empty=True), f"is called {shown(self.name)} and {shown(self.title)}"),
        ):
            if wrong:
                raise self._unusable(f"a sweep {said}")
        for name, values in self.vary.items():
            if not isinstance(values, str) and (not isinstance(values, Sequence) or not values):
                raise self._unusable(f"a sweep varies {name} over {shown(values)}, which are no values")
            if name in self.given:
                raise self._unusable(f"a sweep varies {name}, and holds it")
        object.__setattr__(self, "properties", tuple(dict.fromkeys(name for name in names if name)))
        object.__setattr__(self, "name", self.name.strip() or self._by_what_it_asks())
        object.__setattr__(self, "title", " ".join(self.title.split()) or self.name.replace("_", " "))

    def _by_what_it_asks(self) -> str:
        return f"{'_and_'.join(self.properties) or 'all'}_by_{'_and_'.join(self.vary)}"

    def _unusable(self, message: str) -> DesignError:
        return DesignError(
            "DR208",
            message,
            place=self.place,
            remedy='write Sweep({"threshold": "1h..12h/1h"}, "worst_loss", given={"outages": 1})',
        )


def _named(values: object) -> bool:
    return isinstance(values, Mapping) and all(isinstance(name, str) for name in values)


def _texts(values: object, *, empty: bool = False) -> bool:
    return isinstance(values, Iterable) and all(isinstance(v, str) and (empty or v.strip()) for v in values if v != "")


def refuse_unusable(design: str, parameters: Iterable[Parameter], sweeps: Iterable[object], place: Place) -> None:
    """Refuse what cannot be declared of a design with some parameters.

    Raises DesignError DR208 for what is no sweep, and for two of one name; DR204 for a parameter that the design does not have,
    DR205, DR206 for a value that cannot be.
    """
    known = {parameter.name: parameter for parameter in parameters}
    names: list[str] = []
    for item in sweeps:
        if not isinstance(item, Sweep):
            raise DesignError(
                "DR208",
                f"{shown(item)} in the sweeps of design {design} is none",
                place=place,
                remedy='write sweeps=[Sweep({"threshold": "1h..12h/1h"}, "worst_loss")]',
            )
        if item.name in names:
            raise DesignError(
                "DR208",
                f"two sweeps of design {design} are called {item.name!r}",
                place=item.place or place,
                remedy="name one of them: Sweep(..., name=...)",
            )
        names.append(item.name)
        for name, values in {**item.vary, **item.given}.items():
            if name not in known:
                raise DesignError(
                    "DR204",
                    f"sweep {item.name}: design {design} has no parameter {name!r}",
                    place=item.place or place,
                    available=list(known),
                    asked=name,
                )
            for value in () if isinstance(values, str) else values if name in item.vary else (values,):
                _check(known[name], value, item, place)


def _check(parameter: Parameter, value: Any, item: Sweep, place: Place) -> None:
    try:
        parameter.parse(value) if isinstance(value, str) else parameter.check(value)
    except DesignError as error:
        raise DesignError(
            error.code,
            f"sweep {item.name}: {error.message}",
            place=item.place or place,
            available=error.available,
            remedy=error.remedy,
        ) from None


__all__ = ["Sweep", "refuse_unusable"]
