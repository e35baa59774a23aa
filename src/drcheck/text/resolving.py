"""The names of a text on a system: a tree of syntax becomes an expression, built by the language's own functions.

What these refuse (a type, a value, a size) is told with its place in the text. Quantifiers are expanded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

from drcheck.errors import DrcheckError, TextError
from drcheck.language.component import Component
from drcheck.language.durations import Duration, days, hours, minutes, seconds
from drcheck.language.expressions import ENUMERATION, Expression, Literal, applied, connective, taken
from drcheck.language.functions import all_of, any_of, count, if_else, maximum, minimum, total
from drcheck.language.happening import happens
from drcheck.language.names import Named
from drcheck.language.references import state_of, variable_of
from drcheck.language.variables import Array
from drcheck.logic.formulas import finally_, globally, next_, release, until, weak_until
from drcheck.system.naming import names_of
from drcheck.system.system import System
from drcheck.text.parser import COMPARISONS, FUNCTION_OF
from drcheck.text.syntax import (
    Attribute,
    Call,
    Group,
    Index,
    Length,
    Listed,
    Member,
    Name,
    Node,
    Number,
    Operator,
    Pattern,
    Quantified,
    Truth,
    Words,
)

Item: TypeAlias = Expression | Component | Array
"""What a name or a part of a text stands for."""

_OF_LISTS: dict[str, Callable[..., Expression]] = {f.__name__: f for f in (all_of, any_of, count, total)}
_OF_MANY: dict[str, Callable[..., Expression]] = {f.__name__: f for f in (minimum, maximum)}
_PRINTED = {printed: name for printed, name in FUNCTION_OF.items() if name in _OF_MANY}
_DURATIONS: dict[str, Callable[[int], Duration]] = {f.__name__: f for f in (seconds, minutes, hours, days)}
_FORMULAS: dict[str, tuple[Callable[..., Expression], tuple[str, ...]]] = {
    f.__name__: (f, names)
    for f, names in (
        (if_else, ("condition", "then", "otherwise")),
        (globally, ("formula",)),
        (finally_, ("formula",)),
        (next_, ("formula",)),
        (until, ("formula", "goal")),
        (weak_until, ("formula", "goal")),
        (release, ("releases", "formula")),
    )
}
"""Functions of expressions with their parameters."""
_LITERAL, _HAPPENS = "Literal", happens.__name__
FUNCTIONS = (*_OF_LISTS, *_OF_MANY, *_DURATIONS, *_FORMULAS, _LITERAL, _HAPPENS)
"""The functions that an expression may call."""
MAX_STEPS = 100_000
"""How many parts of a text are read, those of a quantifier's body once for each item: a text of the greatest length has fewer."""
_CONNECTIVES = {"&": "and", "|": "or"}
_QUANTIFIERS: dict[str, Callable[[list[Expression]], Expression]] = {
    "all": lambda items: connective("and", *items),
    "any": lambda items: connective("or", *items),
    "count": count,
    "total": total,
}
_OF_COMPONENTS = ("state", "in_states", "variable", "array")
_OF_EXPRESSIONS = ("implies", "is_in")


class Resolver:
    """Reads one text on one system. `properties`: the names of properties, which no expression can call."""

    def __init__(self, text: str, system: System, properties: Sequence[str] = ()) -> None:
        self._text, self._system, self._properties = text, system, properties
        self._components = {component.name: component for component in system.components}
        self._bound: dict[str, Item] = {}
        self._matching: dict[str, list[Component]] = {}
        self._values: tuple[str, ...] = ()
        """The values of the enumeration that a word without quotation marks can be one of."""
        self._left = MAX_STEPS

    @cached_property
    def _names(self) -> dict[str, Named]:
        """The named expressions of the system; most texts ask for none."""
        return names_of(self._system)

    # -- errors ---------------------------------------------------------------------------------------------------------
    def error(
        self,
        code: str,
        message: str,
        at: Node,
        *,
        available: Sequence[str] = (),
        remedy: str = "",
        asked: str | None = None,
    ) -> TextError:
        """An error at a part of the text."""
        return TextError(
            code,
            message,
            text=self._text,
            start=at.start,
            end=at.end,
            available=available,
            remedy=remedy,
            asked=None if asked is None else asked[:100],
        )

    @contextmanager
    def at(self, node: Node) -> Iterator[None]:
        """What the language refuses is refused at a part of the text."""
        try:
            yield
        except TextError:
            raise
        except DrcheckError as error:
            told = self.error(error.code, error.message, node, available=error.available, remedy=error.remedy)
            raise told from error

    def arguments(self, call: Call, parameters: Sequence[str], required: int) -> dict[str, Node]:
        """The arguments of a call by the names of its parameters. Raises TextError DR302."""
        name = call.function.name.text if isinstance(call.function, Attribute) else call.function.text
        for given in (
            call.arguments if call.function.end < call.end else ()
        ):  # `a if b = c else d` is not written as a call
            self._refuse_argument(given, name, parameters)
        if len(call.arguments) > len(parameters):
            extra = call.arguments[len(parameters)]
            takes = f"{len(parameters)} argument{'' if len(parameters) == 1 else 's'}" if parameters else "no argument"
            raise self.error("DR302", f"{name} takes {takes} without a name", extra, available=parameters)
        found = dict(zip(parameters, call.arguments, strict=False))
        for argument, value in call.named:
            if argument.text in found:
                raise self.error("DR302", f"{name} is given {argument.text} twice", argument)
            if argument.text not in parameters:
                message = f"{name} has no argument {argument.text!r}"
                raise self.error("DR302", message, argument, available=parameters, asked=argument.text)
            found[argument.text] = value
        for parameter in parameters[:required]:
            if parameter not in found:
                raise self.error("DR302", f"{name} needs {parameter}", call, available=parameters[:required])
        return found

    def _refuse_argument(self, node: Node, function: str, parameters: Sequence[str]) -> None:
        """Refuse `word=...` where the word is nothing to compare, but what an argument was thought to be called."""
        if not (isinstance(node, Operator) and node.operator == "==" and isinstance(node.operands[0], Name)):
            return
        word, value = node.operands[0], node.operands[1]
        compared = self._component(value)
        if compared is None and isinstance(value, (Attribute, Index)):
            values = self.expression(value).labels
        else:
            values = () if compared is None else compared.states
        if (
            self._text[word.end : value.start].strip() == "="
            and word.text not in values
            and self._known(word.text) is None
        ):
            message = f"{function} has no argument {_cut(word.text)!r}"
            raise self.error("DR302", message, word, available=parameters, asked=word.text)

    def _known(self, name: str) -> Item | None:
        """What a name stands for."""
        found = (names[name] for names in (self._bound, self._components, self._names) if name in names)
        return next(found, None)

    # -- expressions ----------------------------------------------------------------------------------------------------
    def expression(self, node: Node) -> Expression:
        """The expression that a part of the text is. Raises TextError."""
        item = self._item(node)
        if isinstance(item, Component):
            states = [f"{item.name}.{state}" for state in item.states]
            remedy = f"write {states[0]} for the state {item.states[0]}, ~{states[0]} for any other"
            raise self.error(
                "DR102", f"{item.name} is a component and no expression", node, available=states, remedy=remedy
            )
        if isinstance(item, Array):
            remedy = f"write an element, {item.name}[0], or all x in component.{item.name}: ..."
            raise self.error("DR102", f"{item.name} is an array and no expression", node, remedy=remedy)
        return item

    def _item(self, node: Node) -> Item:
        self._left -= 1
        if self._left < 0:
            remedy = "quantify over fewer components, or write it as several properties"
            raise self.error("DR321", "the text is too large where its quantifiers are expanded", node, remedy=remedy)
        match node:
            case Group(inner=inner):
                return self._item(inner)
            case Name():
                return self._named(node)
            case Number(value=value):
                return taken(value)
            case Length(value=length):
                return taken(length)
            case Truth(value=truth):
                return taken(truth)
            case Words(value=words):
                return taken(words)
            case Attribute():
                return self._attribute(node)
            case Index():
                return self._element(node)
            case Operator() if node.operator in COMPARISONS:
                return self._comparison(node)
            case Operator():
                return self._operator(node)
            case Member():
                return self._member(node)
            case Call():
                return self._call(node)
            case Quantified():
                return self._quantified(node)
            case Listed():
                functions = ", ".join(_OF_LISTS)
                raise self.error("DR102", "a list is no expression", node, remedy=f"lists are for {functions}")
        raise self.error("DR320", "this is no expression", node)

    def _named(self, node: Name) -> Item:
        found = self._known(node.text)
        if node.text in self._values and not isinstance(found, Expression):
            return taken(node.text)
        if isinstance(found, Named) and node.text in self._values and found.kind == ENUMERATION:
            remedy = f'write "{node.text}" for the value, or the named expression with another name'
            raise self.error("DR140", f"{node.text} is a value and a named expression", node, remedy=remedy)
        if found is not None:
            return found
        self._refuse_choice(node.text, node)
        if self._values:
            return taken(node.text)  # refused as no value of the enumeration
        known = [*self._bound, *self._components, *self._names]
        remedy = ""
        if node.text in FUNCTIONS:
            remedy = f"{node.text} is a function: write {node.text}(...)"
        elif node.text in self._properties:
            remedy = f"{node.text} is a property: write {node.text}(...)"
        what = "component and no named expression" if self._names else "component"
        message = f"system {self._system.name} has no {what} {_cut(node.text)!r}"
        raise self.error("DR115", message, node, available=known, remedy=remedy, asked=node.text)

    def _refuse_choice(self, name: str, at: Node, of: Component | None = None) -> None:
        """Refuse the name of a free choice of the system, or of one component, as what it is. Raises TextError DR151."""
        rows = (t for c in ([of] if of is not None else self._components.values()) for t in c.transitions)
        choice = next((each for row in rows for each in row.choices if each.name == name), None)
        if choice is not None:
            with self.at(at):
                self._system.position(choice)

    def _attribute(self, node: Attribute) -> Item:
        with self._expecting(()):
            of = self._item(node.of)
        name = node.name.text
        if isinstance(of, Component):
            if name in of.named_states():
                return of.in_states(name)
            if name in of.arrays:
                return of.arrays[name]
            for variable in of.variables:
                if variable.name == name:
                    return variable
            available = [*of.named_states(), *(v.name for v in of.variables if "[" not in v.name), *of.arrays]
            self._refuse_choice(name, node.name, of)
            message = f"component {of.name} has no state or variable {_cut(name)!r}"
            remedy = f'{name} is a method: write {of.name}.{name}("...")' if name in _OF_COMPONENTS else ""
            raise self.error("DR104", message, node.name, available=available, remedy=remedy, asked=name)
        if name in _OF_EXPRESSIONS:
            raise self.error("DR102", f"{name} is a method", node.name, remedy=f"call it: .{name}(...)")
        what = "an array" if isinstance(of, Array) else "an expression"
        raise self.error("DR104", f"{what} has no attribute {_cut(name)!r}", node.name, available=_OF_EXPRESSIONS)

    def _element(self, node: Index) -> Expression:
        of = self._item(node.of)
        if not isinstance(of, Array):
            raise self.error("DR102", "only an array has elements", node.of)
        index = self.expression(node.at)
        with self.at(node.at):
            if isinstance(index, Literal) and type(index.value) is int and not index.written:
                return of[index.value]  # as in Python, where it is a number and no expression
            return of[index]

    @contextmanager
    def _expecting(self, values: tuple[str, ...]) -> Iterator[None]:
        """Words without quotation marks are values of an enumeration, where nothing else is meant."""
        before, self._values = self._values, values
        try:
            yield
        finally:
            self._values = before

    def _is_word(self, node: Node) -> bool:
        """Whether a side of a comparison can be a value of what stands on the other, or is a choice between such."""
        match node:
            case Group(inner=inner):
                return self._is_word(inner)
            case Name(text=text):
                return not isinstance(self._known(text), Expression)
            case Call(function=Name(text=if_else.__name__), arguments=[_, *values]):
                return any(map(self._is_word, values))
        return False

    def _comparison(self, node: Operator) -> Expression:
        """A comparison, also of an enumeration with a value, or of a component with a state, as they are printed."""
        one, other = node.operands
        words = self._is_word(one), self._is_word(other)
        if isinstance(_inner(one), Words) or (words[0] and not self._component(one)):
            turned = self._component(other) is not None or not words[1]
        else:
            turned = words == (True, False) and not isinstance(_inner(other), Words)
        if turned:
            one, other = other, one
        component = self._component(one)
        if component is not None and node.operator in ("==", "!=") and isinstance(_inner(other), (Name, Words)):
            is_there = self._in_states(component, [other], node)
            return is_there if node.operator == "==" else applied("not", [is_there])
        with self._expecting(()):
            found = {one: self.expression(one)}
        with self._expecting(found[one].labels):
            found[other] = self.expression(other)
        with self.at(node):
            return applied(node.operator, [found[operand] for operand in node.operands])

    def _component(self, node: Node) -> Component | None:
        """The component that a name stands for."""
        node = _inner(node)
        found = self._known(node.text) if isinstance(node, Name) else None
        return found if isinstance(found, Component) else None

    def _member(self, node: Member) -> Expression:
        with self._expecting(()):
            of = self._item(node.of)
        if isinstance(of, Component):
            return self._in_states(of, node.members, node)
        of = self.expression(node.of)
        with self._expecting(of.labels):
            values = [self.expression(member) for member in node.members]
        with self.at(node):
            return connective("or", *(applied("==", [of, value]) for value in values))

    def _in_states(self, of: Component, members: Sequence[Node], node: Node) -> Expression:
        """The states of a component that are given by name, with or without quotation marks, or by patterns."""
        words = []
        for member in map(_inner, members):
            if isinstance(member, Words):
                words.append(member.value)
            elif isinstance(member, (Name, Pattern)):
                words.append(member.text)
            else:
                raise self.error("DR320", "the name of a state is expected", member, available=of.states)
        with self.at(members[0] if len(words) == 1 else node):
            return of.in_states(*words)

    def _operator(self, node: Operator) -> Expression:
        operands = [self.expression(operand) for operand in node.operands]
        with self.at(node):
            if node.operator in _CONNECTIVES:
                return connective(_CONNECTIVES[node.operator], *operands)
            if node.operator == "~":
                return applied("not", operands)
            if node.operator == "-" and len(operands) == 1:
                return applied("-", [taken(0), *operands])
            return applied(node.operator, operands)

    # -- calls ----------------------------------------------------------------------------------------------------------
    def _call(self, node: Call) -> Item:
        if isinstance(node.function, Attribute):
            return self._method(node, node.function)
        name = _PRINTED.get(node.function.text, node.function.text)
        if name in _OF_LISTS:
            items = self._items(self.arguments(node, ("items",), 1)["items"])
            with self.at(node):
                return _OF_LISTS[name](items)
        if name in _OF_MANY:
            self._refuse_named(node)
            numbers = [self.expression(argument) for argument in node.arguments]
            with self.at(node):
                return _OF_MANY[name](*numbers)
        if name in _FORMULAS:
            function, parameters = _FORMULAS[name]
            given = self.arguments(node, parameters, len(parameters))
            operands = [self.expression(given[parameter]) for parameter in parameters]
            with self.at(node):
                return function(*operands)
        if name in _DURATIONS:
            return taken(self.duration(node))
        if name == _LITERAL:
            value = self.arguments(node, ("value",), 1)["value"]
            constant = self._item(value)
            if not isinstance(constant, Literal):
                raise self.error("DR102", "Literal takes a constant", value, remedy="write for instance Literal(True)")
            return Literal(constant.value)
        if name == _HAPPENS:
            return self._happens(node)
        if name in (state_of.__name__, variable_of.__name__):
            remedy = "names speak of any component: write pg2.primary, or pg2.lag"
            raise self.error("DR320", f"{name} is not needed here", node.function, remedy=remedy)
        if name in self._properties:
            raise self.error("DR320", f"{name} is a property, and an expression is wanted here", node.function)
        message = f"there is no function {_cut(name)!r}"
        raise self.error("DR320", message, node.function, available=FUNCTIONS, asked=name)

    def _happens(self, node: Call) -> Expression:
        events = self._system.events
        for argument in node.arguments:
            self._refuse_argument(argument, _HAPPENS, ("when",))
            name = self.event(argument)
            if not any(name in (event.name, event.kind) for event in events):
                known = [*(event.name for event in events), *sorted({event.kind for event in events})]
                message = f"system {self._system.name} has no event {_cut(name)!r}, and no event of such a kind"
                raise self.error("DR312", message, argument, available=known, asked=name)
        given = self.arguments(replace(node, arguments=()), ("when",), 0)
        before = {name: self.expression(value) for name, value in given.items()}
        with self.at(node):
            return happens(*map(self.event, node.arguments), **before)

    def event(self, node: Node) -> str:
        """The name of an event or of a kind of event, with or without quotation marks. Raises TextError DR302."""
        if isinstance(node, Words):
            return node.value
        if isinstance(node, Name):
            return node.text
        if isinstance(node, Attribute) and isinstance(node.of, Name):
            return f"{node.of.text}.{node.name.text}"
        raise self.error("DR302", "the name of an event, or of a kind of event, is expected", node)

    def _refuse_named(self, call: Call) -> None:
        for argument, _ in call.named:
            raise self.error("DR302", f"there is no argument {_cut(argument.text)!r} here", argument)

    def duration(self, node: Node) -> Duration | None:
        """The duration that a part of the text is, `3h` or `hours(3)`, or None."""
        if isinstance(node, Length):
            return node.value
        if not (isinstance(node, Call) and isinstance(node.function, Name) and node.function.text in _DURATIONS):
            return None
        number = self.arguments(node, ("n",), 1)["n"]
        if not isinstance(number, Number):
            raise self.error("DR206", f"{node.function.text} takes a whole number", number)
        with self.at(node):
            found = _DURATIONS[node.function.text](number.value)
        return Duration.of_seconds(found.in_seconds)  # its place is the text's

    def _items(self, node: Node) -> list[Expression]:
        """The items of a list or of an array."""
        if isinstance(node, Listed):
            return [self.expression(item) for item in node.items]
        of = self._item(node)
        if not isinstance(of, Array):
            remedy = "write a list, [a, b], an array, or all x in server*: x.up"
            raise self.error("DR102", "this is nothing to quantify over", node, remedy=remedy)
        return list(of)

    def _method(self, node: Call, function: Attribute) -> Item:
        of, name = self._item(function.of), function.name
        if isinstance(of, Component):
            return self._of_component(node, of, name)
        if isinstance(of, Array) or name.text not in _OF_EXPRESSIONS:
            available = () if isinstance(of, Array) else _OF_EXPRESSIONS
            message = f"there is no method {_cut(name.text)!r} here"
            raise self.error("DR320", message, name, available=available, asked=name.text)
        self._refuse_named(node)
        if name.text == "implies" and len(node.arguments) != 1:
            raise self.error("DR302", "implies takes one argument", node)
        operands = [self.expression(argument) for argument in node.arguments]
        with self.at(node):
            if name.text == "implies":
                return connective("or", applied("not", [of]), *operands)
            return connective("or", *(applied("==", [of, operand]) for operand in operands))

    def _of_component(self, node: Call, of: Component, name: Name) -> Item:
        if name.text not in _OF_COMPONENTS:
            message = f"component {of.name} has no method {_cut(name.text)!r}"
            raise self.error("DR320", message, name, available=_OF_COMPONENTS, asked=name.text)
        self._refuse_named(node)
        if name.text != "in_states" and len(node.arguments) != 1:
            raise self.error("DR302", f"{name.text} takes one name", node)
        for argument in node.arguments:
            if not isinstance(argument, Words):
                raise self.error("DR320", "a name in quotation marks is expected", argument, remedy='write "up"')
        words = [argument.value for argument in node.arguments if isinstance(argument, Words)]
        with self.at(node.arguments[0] if len(words) == 1 else node):
            match name.text:
                case "variable":
                    return of.variable(*words)
                case "array":
                    return of.array(*words)
            return of.in_states(*words)

    # -- quantifiers ----------------------------------------------------------------------------------------------------
    def _quantified(self, node: Quantified) -> Expression:
        name = node.bound.text
        if name in self._components or name in self._bound:
            what = "a component" if name in self._components else "bound already"
            raise self.error("DR105", f"{name} is {what}", node.bound, remedy="quantify over another name")
        made = []
        for item in [found for over in node.over for found in self._range(over)]:
            self._bound[name] = item
            try:
                made.append(self.expression(node.body))
            finally:
                del self._bound[name]
        with self.at(node):
            return _QUANTIFIERS[node.word](made)

    def _range(self, over: Node) -> Iterator[Item]:
        if isinstance(over, Pattern):
            if over.text not in self._matching:
                self._matching[over.text] = [c for c in self._components.values() if matches(over.text, c.name)]
            matching = self._matching[over.text]
            if not matching:
                message = f"no component is called like {_cut(over.text)!r}"
                raise self.error("DR115", message, over, available=list(self._components))
            yield from matching
            return
        item = self._item(over)
        if isinstance(item, Expression):
            remedy = "quantify over components, server*, or over an array"
            raise self.error("DR102", "this is nothing to quantify over", over, remedy=remedy)
        yield from [item] if isinstance(item, Component) else item


def matches(pattern: str, name: str) -> bool:
    """Whether a name is like a pattern, in which `*` stands for any characters, also none. Takes no longer than both are long."""
    at, back, start = 0, -1, 0  # `back`: after the last `*` that was met; `start`: where what follows it was tried last
    position = 0
    while position < len(name):
        if at < len(pattern) and pattern[at] == "*":
            at += 1
            back, start = at, position
        elif at < len(pattern) and pattern[at] == name[position]:
            at += 1
            position += 1
        elif back >= 0:
            start += 1
            at, position = back, start
        else:
            return False
    return not pattern[at:].strip("*")


def _inner(node: Node) -> Node:
    """What stands in parentheses."""
    while isinstance(node, Group):
        node = node.inner
    return node


def _cut(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:40]}... ({len(name)} characters)"


__all__ = ["FUNCTIONS", "Resolver", "matches"]
