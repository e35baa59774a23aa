"""What a design states: every property that is written for it is found, or refused with the reason; none is dropped.

Properties are written in the module that a design names, and in the call of compose. In the module they are

* functions declared with `@stated`, those imported from other modules included, and those that no name of the module
  holds (made in a loop, or in the body of a class);
* properties made at the level of the module: bound to a name, which becomes theirs, or listed in a list, tuple or
  dictionary that is bound to one.

Names that begin with an underscore are for helpers. Refused is what Python would drop without a word: a second definition
of a name, a property that is made and goes nowhere, a function that makes a property and is neither declared nor called,
a module without any.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any

from drcheck.designs.holding import function_behind, is_wrapped, listed, made_by, out_of_reach
from drcheck.designs.uncalled import refuse_uncalled
from drcheck.errors import Place, PropertyError, caller, shown
from drcheck.language.called import Declared
from drcheck.language.displays import refuse_repeated
from drcheck.language.expressions import Expression
from drcheck.language.ordered import refuse_unordered
from drcheck.language.refusing import NotAnExpression
from drcheck.language.source import Source, source_of
from drcheck.logic.fairness import Fairness
from drcheck.logic.kinds import Property
from drcheck.logic.properties import Statement, checked_name, declared_in
from drcheck.system.system import System

_DECLARING = {
    ("drcheck.language.transition", "on"),
    ("drcheck.language.transition", "outcome"),
    ("drcheck.language.free_choice", "chosen"),
    ("drcheck.language.rendezvous", "event"),
    ("drcheck.system.composition", "compose"),
    ("drcheck.language.remarks", "silence"),
    ("drcheck.logic.fairness", "weakly_fair"),
    ("drcheck.logic.fairness", "strongly_fair"),
    ("drcheck.logic.objectives", "disruption"),
    ("drcheck.logic.objectives", "objective"),
    ("drcheck.logic.notices", "notice"),
}
"""The functions, beside those that make properties, whose result is a part of a model."""
_OF_DISRUPTIONS = ("drcheck.logic.objectives", "drcheck.logic.notices")
"""The modules whose functions declare disruptions, objectives and notices."""


def stated_in(module: ModuleType, system: System) -> list[Statement]:
    """The statements of a module of properties, in their order, for a design whose system (any variant) is given.

    Raises PropertyError DR302, DR303, DR306 to DR308.
    """
    found: list[Statement] = []

    def add(item: Statement) -> None:
        if not any(item is other for other in found):
            found.append(item)

    declared = declared_in(module)
    for name, item in list(vars(module).items()):
        if isinstance(item, Statement):
            for earlier in declared if any(item is other for other in declared) else (item,):
                add(earlier)
                if earlier is item:
                    break
        elif not name.startswith("_"):
            for made in _made(name, item):
                add(made)
            _refuse_out_of_reach(module, name, item)
    for item in declared:
        add(item)
    source = source_of(module)
    unique(found, f"module {module.__name__}")
    if source is not None:
        _refuse_hidden(module, source, found)
        _refuse_not_imported(module, source, found)
        _refuse_made_in_vain(module, source)
        refuse_uncalled(module, source, found)
    _refuse_late(found)
    _refuse_undeclared(module, found, system)
    if not found:
        raise PropertyError(
            "DR308",
            f"module {module.__name__} states no property",
            place=Place(module.__file__ or module.__name__, 1),
            remedy="declare its functions with @stated, or leave out properties=",
        )
    return found


def unique(statements: Sequence[Statement], whose: str) -> None:
    """Raises PropertyError DR303 if two properties have one name."""
    known: dict[str, Statement] = {}
    for statement in statements:
        other = known.setdefault(statement.name, statement)
        if other is not statement:
            first, second = other.details.get("place"), statement.details.get("place")
            raise PropertyError(
                "DR303",
                f"two properties of {whose} are called {statement.name!r}"
                + (f", the first at {first}" if first else ""),
                place=second,
                remedy="give one of them another name",
            )


# -- properties that are objects --------------------------------------------------------------------------------------
def _made(name: str, item: Any) -> Iterator[Statement]:
    """The statements and properties in a value that is bound to a name; those listed without a name get it and a number."""
    if isinstance(item, Property):
        yield _as_statement(item, name, lambda system: item)
        return
    entries = [entry for entry in listed(item) if isinstance(entry, (Property, Statement))]
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, Statement):
            yield entry
        else:
            yield _as_statement(entry, f"{name}_{number}", lambda system, made=entry: made)  # type: ignore[misc]


def _as_statement(item: Property, name: str, build: Callable[[System], Property]) -> Statement:
    """A property made without a function, as a statement; `name` is for one without a name."""
    details = {
        "claims": item.claims,
        "roles": item.roles,
        "by_construction": item.by_construction,
        "measures": item.measures,
        "source": item.source,
        "assumptions": item.assumptions,
        "findings": item.findings,
        "statement": item.statement,
        "place": item.place,
    }
    return Statement(checked_name(item.name or name, item.place), build, dict(item.given), details)


def composed(items: Sequence[Any], whose: str, place: Place | None) -> list[Statement]:
    """The properties passed to compose as statements, which find themselves again in other variants of the system.

    Raises PropertyError DR302 for an item that is no property.
    """
    found = []
    for number, item in enumerate(items):
        if isinstance(item, Statement):
            found.append(item)
            continue
        if not isinstance(item, Property):
            raise PropertyError(
                "DR302",
                f"{shown(item)} in the properties of {whose} is not a property",
                place=place,
                remedy="list always(...), never(...) or another property, or a function declared with @stated",
            )
        same = [other for other in items[:number] if _is_same(other, item)]
        found.append(_as_statement(item, f"property_{number + 1}", functools.partial(_again, item, len(same))))
    return found


def _is_same(other: Any, item: Property) -> bool:
    """Whether two properties, in two variants of a system, are written in one place under one name."""
    return type(other) is type(item) and (other.name, other.place) == (item.name, item.place)


def _again(item: Property, number: int, system: System) -> Property:
    """The property in another variant of the system that it was passed to compose with: the one that is written there."""
    same: list[Property] = [other for other in system.properties if _is_same(other, item)]
    if number < len(same):
        return same[number]
    raise PropertyError(
        "DR302",
        f"property {item.name or item.formula()} is stated for parameters with which it is not passed to compose",
        place=item.place,
        remedy="pass it with these parameters too, or leave out given=",
    )


def properties_of(system: System, items: Sequence[Any] | Property | Statement) -> list[Property]:
    """Properties and statements, several or one, as properties of a system.

    Raises PropertyError DR302 for an item that is neither, and for what is no list of them, DR311 for one that is stated
    for other parameters than those that the system is composed with, ModelError DR123 for a set, DR146 for a key that is
    written twice.
    """
    several: Any = [items] if isinstance(items, (Property, Statement)) else items
    refuse_unordered(several, "the properties to decide", caller())
    if isinstance(several, (str, bytes, Expression, NotAnExpression)) or not isinstance(several, Iterable):
        raise PropertyError(
            "DR302",
            f"{shown(items)} is no list of properties",
            place=caller(),
            remedy="give [always(...), never(...)], or one property",
        )
    found = []
    for item in several:
        made = item.on(system) if isinstance(item, Statement) else item
        if not isinstance(made, Property):
            raise PropertyError(
                "DR302",
                f"{shown(item)} is not a property",
                place=caller(),
                remedy="give always(...), never(...) or another property, or a function declared with @stated",
            )
        missing = object()
        other = [k for k, v in made.given.items() if system.parameters.get(k, missing) != v]
        if other:
            wanted = ", ".join(f"{name}={made.given[name]}" for name in other)
            raise PropertyError(
                "DR311",
                f"property {made.name or made.formula()} is stated for {wanted}, and system {system.name} is composed otherwise",
                place=made.place,
                remedy="build the design with these parameters, or decide the whole design: check_design(...)",
            )
        found.append(made)
    refuse_repeated(dict.fromkeys(item.place.file for item in found if item.place is not None))
    return found


def _refuse_out_of_reach(module: ModuleType, name: str, item: Any) -> None:
    """Refuse a property that is held where none is looked for."""
    found = None if isinstance(item, Property) else out_of_reach(item, module)
    if found is not None:
        raise PropertyError(
            "DR307",
            f"a property is held by {name}, in {found[0]}, where none is looked for",
            place=found[1].place,
            remedy="bind it to a name of the module, or list it: [...]",
        )


# -- what Python would drop -------------------------------------------------------------------------------------------
def _refuse_hidden(module: ModuleType, source: Source, found: Sequence[Statement]) -> None:
    """A statement that is imported, and then hidden by another definition of its name, is refused."""
    for line, name, item in source.imported(module):
        if isinstance(item, Statement) and name not in source.deleted and not any(item is other for other in found):
            raise PropertyError(
                "DR303",
                f"property {item.name}, which is imported, is hidden by a later definition of {name}",
                place=Place(source.file, line),
                remedy="give one of them another name",
            )


def _refuse_late(found: Sequence[Statement]) -> None:
    """A function that is stated in a loop, and reads the loop's variable when it is called, after the loop, is refused."""
    for statement in found:
        code: CodeType | None = getattr(statement.build, "__code__", None)
        home = sys.modules.get(getattr(statement.build, "__module__", None) or "")
        source = None if home is None or code is None else source_of(home)
        if source is None or code is None or source.file != code.co_filename:
            continue
        late = source.loop_variables(code.co_firstlineno)
        if late:
            raise PropertyError(
                "DR141",
                f"property {statement.name} reads {' and '.join(late)} when it is decided, after the loop: its last value, in "
                "each of the properties",
                place=statement.details.get("place"),
                remedy=f"take the value while the loop runs: def ...(d, {late[0]}={late[0]})",
            )


def _refuse_not_imported(module: ModuleType, source: Source, found: Sequence[Statement]) -> None:
    """A statement that `from other import *` leaves out, because `__all__` does not list it, is refused."""
    for line, other in source.stars(module):
        if "__all__" not in vars(other):
            continue
        for item in declared_in(other):
            if not any(item is known for known in found):
                raise PropertyError(
                    "DR307",
                    f"property {item.name} of module {other.__name__} is not imported by *: __all__ does not list it",
                    place=Place(source.file, line),
                    remedy="list it in __all__, or import the intended ones by name",
                )


def _refuse_made_in_vain(module: ModuleType, source: Source, inside: str = "") -> None:
    """Refuse a call such as `never(...)` whose property is not used."""
    for line, function in source.dropped_calls(module, inside):
        if not isinstance(function, FunctionType):
            continue
        if function.__module__ == Statement.__module__:
            raise PropertyError(
                "DR307",
                f"a property is made by {function.__name__}(...) and goes nowhere",
                place=Place(source.file, line),
                remedy="return it from a function declared with @stated, or bind it to a name",
            )
        if function.__module__ in _OF_DISRUPTIONS:
            raise PropertyError(
                "DR307",
                f"{function.__name__}(...) is written and goes nowhere",
                place=Place(source.file, line),
                remedy="bind it to a name of the module, or list it: [...]",
            )
        if function.__module__ == Fairness.__module__:
            raise PropertyError(
                "DR307",
                f"an assumption of fairness is made by {function.__name__}(...) and goes nowhere",
                place=Place(source.file, line),
                remedy="give it to a property: eventually(..., fairness=...)",
            )


def refuse_beside(module: ModuleType, function: str, found: Sequence[Statement], *, named: bool) -> None:
    """Refuse what is stated beside a design, in its module, and is none of its properties `found`.

    `function`: the design's; `named`: whether some design names the module as that of its properties. Raises PropertyError
    DR307.
    """
    source = source_of(module)
    if source is None:
        return
    _refuse_made_in_vain(module, source, inside=function)
    _refuse_lost(module, source, function)
    refuse_uncalled(module, source, found, called=function)
    for statement in () if named else declared_in(module):
        known = any(statement is other for other in found) or source.mentions(statement.build.__name__)
        if not known and not statement.name.startswith("_"):
            raise PropertyError(
                "DR307",
                f"property {statement.name} is stated in module {module.__name__}, which no design names",
                place=statement.details.get("place"),
                remedy="write @design(properties=__name__), or pass the property to compose",
            )
    for name, item, made_in, _, is_method in () if named else _functions(module, {module.__name__: module}):
        if not is_wrapped(item) and _says_property(made_in) and not source.uses(name, attribute=is_method):
            raise PropertyError(
                "DR307",
                f"function {name} makes a property, and is neither declared with @stated nor called",
                place=Place(made_in.__code__.co_filename, made_in.__code__.co_firstlineno),
                remedy=f"write @stated above it and @design(properties=__name__), or call a helper _{name}",
            )


def _refuse_lost(module: ModuleType, source: Source, function: str) -> None:
    """Refuse what a design declares and does not use: a call that stands alone, or a name that is never read."""
    if source.function(function) is None:  # one within another function
        return
    calls = [(line, "", called) for line, called in source.dropped_calls(module, inside=function)]
    for line, name, called in [*calls, *source.unread(module, function)]:
        home = getattr(called, "__module__", None) or ""
        makes = isinstance(called, FunctionType) and (
            home == Statement.__module__ or (home, called.__name__) in _DECLARING
        )
        makes = makes or (inspect.isclass(called) and issubclass(called, (Expression, NotAnExpression, Declared)))
        if name.startswith("_") or not makes:
            continue
        raise PropertyError(
            "DR144",
            f"{called.__name__}(...) is "
            + (f"called {name}, which nothing reads" if name else "made and goes nowhere"),
            place=Place(source.file, line),
            remedy="give it to the component, or to compose(...), that it is for; a name that begins with an underscore is free",
        )


def _refuse_undeclared(module: ModuleType, found: Sequence[Statement], system: System) -> None:
    """A public function that makes a property, and that no other function calls, is refused."""
    homes = {module.__name__: module}
    for statement in found:
        home = sys.modules.get(getattr(statement.build, "__module__", None) or "")
        if home is not None and home.__name__.partition(".")[0] != "drcheck":
            homes.setdefault(home.__name__, home)
    for name, item, function, home, is_method in _functions(module, homes):
        sources = [source for source in (source_of(home), source_of(module)) if source is not None]
        plain = not is_wrapped(item)
        names = {name, function.__name__} if plain else {name}
        if any(source.uses(called, attribute=is_method) for source in sources for called in names):
            continue
        fits = _takes_one(item)
        returns = bool(sources) and sources[0].returns(function.__code__.co_firstlineno)
        if (plain and _says_property(function) and (fits or home is module)) or (
            fits and (returns or not plain) and made_by(item, system)
        ):
            raise PropertyError(
                "DR307",
                f"function {name} makes a property, and is neither declared with @stated nor called",
                place=Place(function.__code__.co_filename, function.__code__.co_firstlineno),
                remedy=f"write @stated above it, or call a helper _{name}",
            )


def _functions(
    module: ModuleType, homes: Mapping[str, ModuleType]
) -> Iterator[tuple[str, Any, FunctionType, ModuleType, bool]]:
    """What can be called in a module, by a public name, and is defined in a module of properties.

    Each as its name, what is called, the function behind it, its home, and whether it is in a class.
    """
    for name, item in list(vars(module).items()):
        if name.startswith("_"):
            continue
        is_class = inspect.isclass(item) and item.__module__ == module.__name__
        for entry in vars(item).values() if is_class else (item, *listed(item)):
            called = entry.__func__ if isinstance(entry, (staticmethod, classmethod)) else entry
            function = function_behind(called)
            home = homes.get(getattr(function, "__module__", None) or "")
            if function is not None and home is not None:
                own = function.__name__
                shown_as = name if own in ("<lambda>", "__call__") or entry is item else own
                if not shown_as.startswith("_"):
                    yield shown_as, called, function, home, is_class


def _says_property(function: FunctionType) -> bool:
    said = function.__annotations__.get("return")
    return said is Property or (isinstance(said, str) and said.strip("'\" ").rpartition(".")[2] == Property.__name__)


def _takes_one(function: Any) -> bool:
    try:
        inspect.signature(function).bind(None)
    except (TypeError, ValueError):
        return False
    return True


__all__ = ["composed", "properties_of", "refuse_beside", "stated_in", "unique"]
