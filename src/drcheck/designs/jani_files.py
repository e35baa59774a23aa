"""A JANI file as a design: `drcheck check queue.jani --set N=5`.

Its parameters are the constants that the file gives no value, and the integers that it gives no bounds, as ranges: `0..20`.
None of them has a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from drcheck.designs.parameter import Parameter
from drcheck.errors import DesignError, Place
from drcheck.importers.jani.declarations import Range
from drcheck.importers.jani.model import system_of
from drcheck.importers.jani.outline import PROGRESS, Model, load
from drcheck.importers.jani.properties import stated
from drcheck.language.remarks import Remark
from drcheck.system.system import System

LEFT_OUT = "DR850"


class Missing:
    """The default of a parameter that has none."""

    def __str__(self) -> str:
        return "to be set"

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()
_TYPES: Mapping[str, tuple[type, str]] = {
    "bool": (bool, "yes or no"),
    "int": (int, "a whole number"),
    "real": (Fraction, "a number"),
    "range": (Range, "a range, low..high"),
}


@dataclass(frozen=True)
class JaniParameter(Parameter):
    """What `--set` gives to a JANI file: a number or a boolean of a constant, a range of an integer."""

    def parse(self, text: str) -> Any:
        """The value written as `text`. Raises DesignError DR205."""
        if self.type is Fraction:
            found: Any = _number(text)
        elif self.type is Range:
            found = Range.parse(text)
        else:
            return super().parse(text)
        if found is None:
            raise self._bad(text, [self.kind])
        return self.check(found)

    def check(self, value: Any) -> Any:
        """The value, if it is of the parameter's type. Raises DesignError DR205."""
        if self.type is Fraction and isinstance(value, (int, float)) and not isinstance(value, bool):
            value = _number(str(value))
        if self.type is Range and isinstance(value, range) and value.step == 1 and len(value):
            value = Range(value[0], value[-1])
        return super().check(value)

    @property
    def kind(self) -> str:
        """The type as people say it."""
        return next(said for of, said in _TYPES.values() if of is self.type)


def _number(text: str) -> Fraction | None:
    try:
        found = Fraction(text.strip()) if len(text) < 60 else None
    except (ValueError, ZeroDivisionError):
        return None
    return found


@dataclass(frozen=True)
class JaniFile:
    """A JANI file that was read: what a design needs to know of it."""

    file: str
    model: Model
    notes: list[str] = field(default_factory=list, compare=False)
    """What the system that was composed last leaves out."""

    @property
    def title(self) -> str:
        """The name that the file gives the model."""
        return self.model.name

    @property
    def place(self) -> Place:
        """Where the model begins."""
        return self.model.node.declared

    def parameters(self) -> tuple[Parameter, ...]:
        """What `--set` gives."""
        found = [JaniParameter(item.name, _TYPES[item.kind][0], MISSING, item.doc) for item in self.model.wanted]
        if self.model.kind == "ma":
            doc = (
                "whether an edge with a rate waits while one without is possible; some tools count states without that"
            )
            found.append(JaniParameter(PROGRESS, bool, True, doc))
        return tuple(found)

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """The parameters that have no value."""
        return [wanted.name for wanted in self.model.wanted if values.get(wanted.name, MISSING) is MISSING]

    def stated(self) -> list[Any]:
        """The properties, as far as they are known without values of the parameters."""
        return list(stated(self.model.node, None))

    def system(self, values: Mapping[str, Any]) -> System:
        """The system with values of all parameters. Raises DesignError DR231 to DR233."""
        missing = self.missing(values)
        if missing:
            wanted = {item.name: item for item in self.model.wanted}
            examples = " ".join(f"--set {name}={_EXAMPLES[wanted[name].kind]}" for name in missing)
            raise DesignError(
                "DR233",
                f"{self.file} gives no {'range' if wanted[missing[0]].kind == 'range' else 'value'} to {missing[0]}"
                + (f", nor to {', '.join(missing[1:])}" if missing[1:] else ""),
                place=self.place,
                remedy=f"give {'it' if len(missing) == 1 else 'them'}: {examples}",
            )
        return system_of(self.model, values, self.notes)

    def remarks(self) -> list[Remark]:
        """What the system that was composed last leaves out, as a remark."""
        if not self.notes:
            return []
        said = f"what does not bear on which states there are is left out: {'; '.join(self.notes)}"
        return [Remark(LEFT_OUT, self.file, said, self.place, "the file stays as it is: numbers are for other tools")]


_EXAMPLES = {"bool": "yes", "int": "5", "real": "0.5", "range": "0..20"}


def jani_file(file: str) -> JaniFile:
    """The JANI file that a target names. Raises DesignError DR230 to DR232."""
    return JaniFile(file, load(file))


__all__ = ["MISSING", "JaniFile", "jani_file"]
