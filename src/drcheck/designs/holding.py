"""What the names of a module of properties hold: properties, and functions that may make some.

A property can be held in many ways: in a list, a deque, a dictionary of lists, an attribute of a class. Those whose order is
plain are taken; in others (an attribute, a generator, which is read once) a property is found and told, so that none is
dropped. Functions are found behind what wraps them: `functools.partial`, `functools.cache`, a decorator, an object that is
called.
"""

from __future__ import annotations

import functools
import inspect
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType, GeneratorType, ModuleType, SimpleNamespace
from typing import Any

from drcheck.language.called import Declared
from drcheck.language.expressions import Expression
from drcheck.language.refusing import NotAnExpression
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement

MOST = 10_000
"""How many entries are examined behind one name."""


def listed(item: Any) -> Iterator[Any]:
    """What a list, tuple, dictionary or other sequence or mapping holds, and those in it, in order."""
    yield from _walk(item, set(), [MOST])


def _walk(item: Any, seen: set[int], left: list[int]) -> Iterator[Any]:
    if not _is_list(item) or id(item) in seen:
        return
    seen.add(id(item))
    for entry in list(item.values() if isinstance(item, Mapping) else item):
        left[0] -= 1
        if left[0] < 0:
            return
        yield entry
        yield from _walk(entry, seen, left)


def _is_list(item: Any) -> bool:
    if isinstance(item, (str, bytes, bytearray, range, memoryview, Expression, NotAnExpression, Declared)):
        return False
    return isinstance(item, (Sequence, Mapping, deque)) and not inspect.isclass(item)


def out_of_reach(item: Any, module: ModuleType) -> tuple[str, Any] | None:
    """A property in a value of a module that is not looked for there: in what, and the property. None if there is none."""
    for entry in (item, *listed(item)):
        for where, value in _inside(entry, module):
            for held in (value, *listed(value)):
                if isinstance(held, Property):
                    return where, held
    return None


def _inside(item: Any, module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The attributes of a class or an object of the module's own, and the first entry of a generator or of a map."""
    kind = item if inspect.isclass(item) else type(item)
    own = kind.__module__ == module.__name__ or isinstance(item, SimpleNamespace)
    if own and not isinstance(item, (Expression, NotAnExpression, Declared)):
        for name, value in list(getattr(item, "__dict__", {}).items()):
            if not name.startswith("_"):
                yield (
                    f"the attribute {name} of {kind.__name__ if own and inspect.isclass(item) else 'an object'}",
                    value,
                )
    elif isinstance(item, (map, filter)) or (isinstance(item, GeneratorType) and item.gi_code.co_name == "<genexpr>"):
        try:
            yield f"a {type(item).__name__}, which can be read only once", next(iter(item), None)
        except Exception:  # whatever a user's generator raises
            return


def function_behind(item: Any) -> FunctionType | None:
    """The function that is called where a value is called: behind partials, caches, decorators and objects; or None."""
    for _ in range(20):
        if isinstance(item, functools.partial):
            item = item.func
        elif hasattr(item, "__wrapped__") and not inspect.isclass(item) and not isinstance(item, Statement):
            item = item.__wrapped__
        elif isinstance(item, FunctionType):
            return item
        else:
            break
    # An object of a user's class that is called; names of drcheck's own are not looked behind.
    if inspect.isclass(item) or isinstance(item, (Expression, NotAnExpression, Declared, ModuleType)):
        return None
    called = getattr(type(item), "__call__", None)  # noqa: B004  # its function is wanted
    return called if isinstance(called, FunctionType) else getattr(item, "__func__", None)


def is_wrapped(item: Any) -> bool:
    """Whether calling a value is more than calling a plain function."""
    return not isinstance(item, FunctionType) or hasattr(item, "__wrapped__")


def made_by(function: Any, system: Any) -> bool:
    """Whether a function returns a property, or several, on the system. One that fails there returns none."""
    try:
        made = function(system)
        if inspect.iscoroutine(made):
            made = _awaited(made)
        entries = [next(made, None)] if isinstance(made, GeneratorType) else [made, *listed(made)]
    except Exception:  # whatever a user's helper raises when it is called with a system
        return False
    return any(isinstance(entry, (Property, Statement)) for entry in entries)


def _awaited(made: Any) -> Any:
    """What a coroutine returns that awaits nothing."""
    try:
        made.send(None)
    except StopIteration as end:
        return end.value
    finally:
        made.close()
    return None


__all__ = ["function_behind", "is_wrapped", "listed", "made_by", "out_of_reach"]
