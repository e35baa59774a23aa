"""Parameters of a design: their types, the values that they take, and their roles.

    def two_sites(
        threshold: Annotated[Duration, "how long the server waits", ParameterRole.DEPLOYMENT] = hours(8),
        failures: Annotated[int, "how often a site may fail", range(3), ParameterRole.FAULT] = 1,
        records: Annotated[int, "records that are followed", range(1, 4), scope("each goes its way by itself")] = 1,
    ) -> System:
        ...

Types are Duration, bool, int (with `range(low, high + 1)` as the allowed values) and Literal of names. The role says what a
value of the parameter is: a choice, an adversity, a repair. A parameter without a role is shown without a heading.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from drcheck.errors import DesignError, Place, caller, shown
from drcheck.language.durations import Duration


class ParameterRole(Enum):
    """What a parameter is, in the order in which lists and verdicts show them."""

    DEPLOYMENT = "deployment"
    """A choice of those who deploy the design."""
    ASSUMPTION = "assumption"
    """What the document does not say; the default is what the model takes for granted."""
    READING = "reading"
    """One reading of a sentence that can be understood in several ways."""
    FAULT = "fault"
    """What fails, how often and for how long."""
    SLIP = "slip"
    """What people do that is not in the procedure, or do not do that is."""
    REPAIR = "repair"
    """A change that makes the design better than published."""
    SCOPE = "scope"
    """What is left out so that the search is smaller, and loses nothing; declared by `scope`, which takes the argument."""

    @property
    def heading(self) -> str:
        """The word before the parameters of this role."""
        return _HEADINGS.get(self, self.value)


_HEADINGS = {
    ParameterRole.ASSUMPTION: "assumptions",
    ParameterRole.FAULT: "faults",
    ParameterRole.SLIP: "slips",
    ParameterRole.REPAIR: "repairs",
}
"""Headings that are not the name of the role."""


@dataclass(frozen=True)
class Scope:
    """The role of a parameter that only makes the search smaller, with the argument that this loses nothing."""

    argument: str


def scope(argument: str) -> Scope:
    """A note for Annotated: the parameter only makes the search smaller, and `argument` says why that loses nothing.

    Raises DesignError DR209 without an argument.
    """
    if not isinstance(argument, str) or not argument.strip():
        raise _no_role(f"a scope needs the argument that nothing is lost, not {shown(argument)}", caller())
    return Scope(" ".join(argument.split()))


def _no_role(message: str, place: Place) -> DesignError:
    known = [f"ParameterRole.{role.name}" for role in ParameterRole if role is not ParameterRole.SCOPE]
    return DesignError("DR209", message, place=place, available=[*known, 'scope("why nothing is lost")'])


@dataclass(frozen=True)
class Parameter:
    """A parameter of a design: its name, type, default, meaning, and the values it can take (empty: any of the type).

    `argument`: of a scope, why it loses nothing.
    """

    name: str
    type: type
    default: Any
    doc: str
    choices: tuple[Any, ...] = ()
    role: ParameterRole | None = None
    argument: str = ""

    def parse(self, text: str) -> Any:
        """The value written as `text`. Raises DesignError DR205 or DR206."""
        if self.type is Duration:
            try:
                return self.check(Duration.parse(text))
            except DesignError as error:
                if error.code == "DR205":
                    raise
                raise DesignError(error.code, f"parameter {self.name}: {error.message}", remedy=error.remedy) from None
        if self.type is bool:
            known = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
            if text.lower() in known:
                return known[text.lower()]
            raise self._bad(text, ["yes", "no"])
        if self.type is int:
            try:
                return self.check(int(text))
            except ValueError:
                raise self._bad(text, ["a whole number"]) from None
        return self.check(text)

    def check(self, value: Any) -> Any:
        """The value, if it is of the parameter's type and one of its choices. Raises DesignError DR205."""
        wrong_type = not isinstance(value, self.type) or (self.type is int and isinstance(value, bool))
        if wrong_type or (self.choices and value not in self.choices):
            raise self._bad(value, [str(c) for c in self.choices] or [self.kind])
        return value

    @property
    def kind(self) -> str:
        """The type as people say it."""
        return {Duration: "a duration", bool: "yes or no", int: "a whole number"}.get(self.type, "a name")

    def _bad(self, value: Any, available: Sequence[str]) -> DesignError:
        given = str(value) if isinstance(value, Duration) else repr(value)
        return DesignError("DR205", f"parameter {self.name} cannot be {given}", available=available, asked=str(value))


# -- values as text ----------------------------------------------------------------------------------------------------
def plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as plain data: numbers and truth values as they are, everything else (durations) as text."""
    return {name: value if isinstance(value, bool | int) else str(value) for name, value in settings.items()}


def show(value: Any) -> str:
    """A parameter value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def span_of(choices: Sequence[Any]) -> str:
    """Values as text: consecutive numbers as low to high, anything else one by one."""
    numbers = [c for c in choices if isinstance(c, int) and not isinstance(c, bool)]
    if len(numbers) == len(choices) > 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, choices))


def by_role(names: Iterable[str], roles: Mapping[str, ParameterRole]) -> list[tuple[ParameterRole | None, list[str]]]:
    """The names of parameters by their roles, in the order of the roles; first those without one."""
    groups: dict[ParameterRole | None, list[str]] = {role: [] for role in (None, *ParameterRole)}
    for name in names:
        groups[roles.get(name)].append(name)
    return [(role, found) for role, found in groups.items() if found]


def settings_lines(settings: Mapping[str, Any], roles: Mapping[str, ParameterRole]) -> list[str]:
    """Parameter values, a line for each role: `patience=2h`, `faults: failures=1, outages=0`."""
    return [
        ("" if role is None else f"{role.heading}: ") + ", ".join(_assignments({n: settings[n] for n in names}))
        for role, names in by_role(settings, roles)
    ]


def settings_text(settings: Mapping[str, Any], roles: Mapping[str, ParameterRole]) -> str:
    """Parameter values in one line: `patience=2h; faults: failures=1, outages=0`."""
    return "; ".join(settings_lines(settings, roles))


def settings_words(settings: Mapping[str, Any]) -> list[str]:
    """The words of a command line that give these values: `--set`, `patience=2h`, ..."""
    return [word for assignment in _assignments(settings) for word in ("--set", assignment)]


def _assignments(settings: Mapping[str, Any]) -> list[str]:
    return [f"{name}={show(value)}" for name, value in settings.items()]


# -- declared ----------------------------------------------------------------------------------------------------------
def declared_by(function: Callable[..., object], place: Place) -> list[Parameter]:
    """The parameters of a design function. Raises DesignError DR205, and DR209 for a role that is none or a second one."""
    hints = typing.get_type_hints(function, include_extras=True)
    result = []
    for name, declared in inspect.signature(function).parameters.items():
        hint, doc, choices, role, argument = hints.get(name), "", (), None, ""
        if typing.get_origin(hint) is typing.Annotated:
            hint, *notes = typing.get_args(hint)
            what = f"parameter {name} of design {function.__name__}"
            role, argument = _role(what, notes, place)
            _check_notes(what, notes, place, named=typing.get_origin(hint) is typing.Literal)
            doc = next((n for n in notes if isinstance(n, str)), "")
            choices = tuple(next((n for n in notes if isinstance(n, (range, tuple))), ()))
        if typing.get_origin(hint) is typing.Literal:
            choices, hint = typing.get_args(hint), str
        if hint not in (bool, int, str, Duration) or declared.default is inspect.Parameter.empty:
            raise DesignError(
                "DR205",
                f"parameter {name} of design {function.__name__} needs a default and one of the parameter types",
                place=place,
                available=["Duration", "bool", "int", "Literal[...]"],
            )
        parameter = Parameter(name, hint, declared.default, doc, choices, role, argument)
        parameter.check(declared.default)
        result.append(parameter)
    return result


def _role(what: str, notes: Sequence[object], place: Place) -> tuple[ParameterRole | None, str]:
    """The role among the notes of a parameter, and the argument of a scope. Raises DesignError DR209."""
    unknown = [
        n for n in notes if n in (scope, ParameterRole) or (isinstance(n, Enum) and not isinstance(n, ParameterRole))
    ]
    if unknown:
        raise _no_role(f"{what} has a role that is none: {shown(unknown[0])}", place)
    found = [n for n in notes if isinstance(n, (ParameterRole, Scope))]
    if not found:
        return None, ""
    if len(found) > 1:
        named = " and ".join(n.value if isinstance(n, ParameterRole) else "scope" for n in found)
        raise _no_role(f"{what} has more than one role: {named}", place)
    (role,) = found
    if isinstance(role, Scope):
        return ParameterRole.SCOPE, role.argument
    if role is ParameterRole.SCOPE:
        raise _no_role(f"{what} is a scope without the argument that nothing is lost", place)
    return role, ""


def _check_notes(what: str, notes: Sequence[object], place: Place, *, named: bool) -> None:
    """Refuse what stands in Annotated and would be dropped: what is nothing known, and second texts and values. DR205.

    `named`: whether the values are named already, in a Literal.
    """
    values = [n for n in notes if isinstance(n, (range, tuple))]
    wrong = [n for n in notes if not isinstance(n, (str, range, tuple, ParameterRole, Scope))]
    wrong += values[0 if named else 1 :] if not wrong else []
    wrong += [n for n in notes if isinstance(n, str)][1:]
    if wrong:
        raise DesignError(
            "DR205",
            f"{what} is annotated with {shown(wrong[0])}, which would be lost",
            place=place,
            available=["one text, its meaning", "one range or tuple, its values", "one role"],
        )


__all__ = [
    "Parameter",
    "ParameterRole",
    "Scope",
    "by_role",
    "declared_by",
    "plain",
    "scope",
    "settings_lines",
    "settings_text",
    "settings_words",
    "show",
]
