"""Operators that are refused with a coded error: those that expressions do not have, and all of what is no expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NoReturn

from drcheck.errors import ModelError, caller, shown
from drcheck.language.called import OPERATORS

ITERATION = "quantify over an array or a list: all_of(array, lambda x: ...), or write x.is_in(...)"
NUMBER = "an expression has no value before exploration; compute with expressions instead"


def refused(operator: str, remedy: str = "") -> Callable[..., NoReturn]:
    """A method that refuses an operator with a coded error instead of Python's TypeError."""

    def refuse(self: object, *_: object) -> NoReturn:
        raise ModelError("DR102", f"`{operator}` cannot be applied to {shown(self)}", place=caller(), remedy=remedy)

    return refuse


class NotAnExpression:
    """What stands near expressions but is none, an array or a component: its operators are refused, never ignored.

    Two of them can be compared with `==`, which is identity, so that they can be in lists and keys.
    """

    hint: ClassVar[str] = ""

    def _refuse(self, *_: object) -> NoReturn:
        raise ModelError("DR102", f"{shown(self)} was used as an expression", place=caller(), remedy=self.hint)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NotAnExpression):
            self._refuse()
        return self is other

    __hash__ = object.__hash__


for _name in OPERATORS:
    setattr(NotAnExpression, _name, NotAnExpression._refuse)


__all__ = ["ITERATION", "NUMBER", "NotAnExpression", "refused"]
