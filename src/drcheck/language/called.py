"""Objects written in place of an expression: a method that was not called, or a declaration.

Python compares any two objects, and any object can be true. So `link.state == "down"`, with the method `state`, would be
False, `not link.state` too, and `always(p) and always(q)` would be the second of the two: a promise or a guard that
says something else than what was written. Here these are coded errors that name the remedy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from drcheck.errors import ModelError, UnknownAttributeError, caller, shown

F = TypeVar("F", bound=Callable[..., Any])

OPERATORS = {
    "__and__": "&", "__rand__": "&", "__or__": "|", "__ror__": "|", "__invert__": "~", "__neg__": "unary -",
    "__add__": "+", "__radd__": "+", "__sub__": "-", "__rsub__": "-", "__mul__": "*", "__rmul__": "*",
    "__floordiv__": "//", "__rfloordiv__": "//", "__mod__": "%", "__rmod__": "%", "__truediv__": "/", "__rtruediv__": "/",
    "__pow__": "**", "__rpow__": "**", "__xor__": "^", "__rxor__": "^", "__divmod__": "divmod", "__rdivmod__": "divmod",
    "__matmul__": "@", "__rmatmul__": "@", "__lshift__": "<<", "__rlshift__": "<<", "__rshift__": ">>",
    "__rrshift__": ">>", "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">=",
}  # operators in pairs  # fmt: skip
"""Python's methods of operators, and what the user wrote. `==`, `!=` and truth values are beside them."""


class Called:
    """A method of a model's object: it can be called, and nothing else. Any operator on it is refused: ModelError DR102."""

    __slots__ = ("_function", "_of")

    def __init__(self, function: Callable[..., Any], of: object) -> None:
        self._function, self._of = function, of

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """What the method answers."""
        return self._function(self._of, *arguments, **named)

    @property
    def __name__(self) -> str:
        return self._function.__name__

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        """The bound function, from which `inspect.signature` reads."""
        bound: Callable[..., Any] = self._function.__get__(self._of)
        return bound

    def _refuse(self, written: str, other: object = None, *, compared: bool = False) -> NoReturn:
        name = self._function.__name__
        raise ModelError(
            "DR102",
            f"`{name}` of {shown(self._of)} is a method and no value: it was "
            + (f"compared with {shown(other)} by {written}" if compared else f"used {written}"),
            place=caller(),
            remedy=self._instead(other),
        )

    def _instead(self, other: object) -> str:
        """What to write: what the class says, otherwise to call the method."""
        name = self._function.__name__
        says: Callable[[object, str, object], str] | None = getattr(type(self._of), "_instead", None)
        return (says(self._of, name, other) if says is not None else "") or f"call it: {name}(...)"

    def __eq__(self, other: object) -> bool:
        if not (isinstance(other, Called) and other._of is self._of and other._function is self._function):
            self._refuse("==", other, compared=True)
        return True

    def __ne__(self, other: object) -> bool:
        if not (isinstance(other, Called) and other._of is self._of and other._function is self._function):
            self._refuse("!=", other, compared=True)
        return False

    def __hash__(self) -> int:
        return hash((id(self._of), self._function))

    def __bool__(self) -> NoReturn:
        self._refuse("as a Python truth value")

    def __iter__(self) -> Any:
        self._refuse("as a list, or with `in`")

    def __getitem__(self, index: object) -> Any:
        self._refuse("with []")

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("_"):
                raise AttributeError(name)
            own = self._function.__name__
            raise UnknownAttributeError(
                "DR104",
                f"`{own}` of {shown(self._of)} is a method, which has no attribute {shown(name)}",
                place=caller(),
                remedy=self._instead(None),
            )

    def __repr__(self) -> str:
        return f"<method {self._function.__name__} of {shown(self._of)}>"


def _operator(written: str) -> Callable[[Called, object], NoReturn]:
    def refuse(self: Called, other: object = None) -> NoReturn:
        self._refuse(f"with {written}", other)

    return refuse


for _name, _written in OPERATORS.items():
    setattr(Called, _name, _operator(_written))


class _Method:
    """The descriptor behind `called`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__, self.__name__ = function.__doc__, function.__name__
        self.__wrapped__ = function

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self.function if instance is None else Called(self.function, instance)


if TYPE_CHECKING:

    def called(method: F) -> F: ...  # noqa: D103  # to type checkers a method is what it was

else:

    def called(method):
        """Declare a public method of a model's object: anything but calling it is a coded error (see `Called`).

        A class may say by `_instead(name, other)` what to write where a method was used as a value.
        """
        return _Method(method)


def is_called(owner: type, name: str) -> bool:
    """Whether an attribute of a class is a method declared with `called`."""
    return any(isinstance(vars(base).get(name), _Method) for base in owner.__mro__)


class Declared:
    """What declares a part of a model (a transition, an event, a property): no truth value and no operand. ModelError DR102.

    So `always(p) and always(q)`, which is the second of the two to Python, cannot lose the first.
    """

    def __bool__(self) -> NoReturn:
        raise ModelError(
            "DR102",
            f"{_what(self)} was used as a Python truth value",
            place=caller(),
            remedy="`and`, `or` and `not` do not combine declarations: list them one by one, "
            "or combine the expressions in them by &, | and ~; what may be absent is tested with `is not None`",
        )


def no_key(item: object) -> NoReturn:
    """A `__hash__` for declarations that are equal by their parts: in a set they would have no order. ModelError DR123."""
    raise ModelError(
        "DR123",
        f"{_what(item)} was put into a set, or made a key of a dictionary",
        place=caller(),
        remedy="write a list, [...] instead of {...}",
    )


def _what(item: object) -> str:
    name = getattr(item, "name", None) or getattr(item, "trigger", None)
    described = {
        "On": "a transition",
        "Rendezvous": "an event",
        "Outcome": "an outcome",
        "Site": "a site",
        "Updates": "an update",
        "Fairness": "an assumption of fairness",
        "Statement": "a property",
        "Design": "a design",
    }.get(type(item).__name__) or str(getattr(item, "described", "a declaration"))
    return f"{described} {name!r}" if isinstance(name, str) and name else described


def _declared(written: str) -> Callable[[Declared, object], NoReturn]:
    def refuse(self: Declared, other: object = None) -> NoReturn:
        raise ModelError(
            "DR102",
            f"`{written}` cannot be applied to {_what(self)}",
            place=caller(),
            remedy="operators combine expressions: apply them inside the declaration",
        )

    return refuse


for _name, _written in OPERATORS.items():
    setattr(Declared, _name, _declared(_written))

__all__ = ["OPERATORS", "Called", "Declared", "called", "is_called", "no_key"]
