"""A Hypothesis strategy of whole systems, small enough to explore on live machines.

What is drawn is the *Python source* of a system: a failing example prints as a program that can be pasted and run. The
generator follows the language's own rules (types, domains, every state reachable, no division by zero, indices inside
their arrays), so that every drawn source composes; what the rules forbid is the matter of test_errors_language.py.

`systems()` draws `Case`s; `Case.build()` composes one; `str(case)` is the program.
"""

from __future__ import annotations

import ast
import copy
import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from hypothesis import strategies as st

import drcheck
from drcheck.language.constants import constant
from drcheck.language.expressions import Expression, Literal
from drcheck.language.patterns import expanded
from drcheck.system.lowering import lower
from drcheck.system.system import System

LABELS = (("off", "on"), ("red", "green", "blue"))
"""The two enumerations in use."""
TICKS_AN_HOUR = {"hours(1)": 1, "minutes(30)": 2}
LIMIT = "the end of its domain"
"""What every cap is: verdicts on generated systems are on the systems as they are (`test_saturation` is about others)."""
MOST_CHOICES = 2
"""How many free choices a system has at most: each multiplies the alternatives of its events."""
MOST_INITIAL = 12
"""How many initial states a system has at most."""
LARGE = 5_000
"""No generated number is larger than this."""


@dataclass(frozen=True)
class Case:
    """A generated system as source, with boolean expressions to watch for and integer expressions to maximise."""

    source: str
    watches: tuple[str, ...]
    maxima: tuple[str, ...]

    def __str__(self) -> str:
        heading = "from drcheck import *\nlit = Literal\n\n"
        queries = f"watches = [{', '.join(self.watches)}]\nmaxima = [{', '.join(self.maxima)}]\n"
        return heading + self.source + queries

    __repr__ = __str__

    def build(self) -> Built:
        """Run the source. A ModelError is an error of the generator or of drcheck."""
        filename = f"<generated {hash(self.source) & 0xFFFFFFFF:08x}>"
        text = self.source
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        namespace: dict[str, object] = {name: getattr(drcheck, name) for name in drcheck.__all__}
        namespace["lit"] = Literal
        exec(compile(text, filename, "exec"), namespace)
        del linecache.cache[filename]
        system = namespace["system"]
        assert isinstance(system, System)
        read = [_meant(eval(text, namespace)) for text in (*self.watches, *self.maxima)]
        lowered = [lower(system, node) for node in read]
        n = len(self.watches)
        return Built(self, system, tuple(read[:n]), tuple(read[n:]), tuple(lowered[:n]), tuple(lowered[n:]))


def _meant(node: Expression) -> Expression:
    """A constant that comes about by chance is asked for as one: properties refuse it otherwise (DR122)."""
    found = constant(node)
    return node if found is None or found.meant else Literal(found.value)


@dataclass(frozen=True)
class Built:
    """A composed case: the system, and its watches and maxima as written and lowered."""

    case: Case
    system: System
    watches: tuple[Expression, ...]
    maxima: tuple[Expression, ...]
    lowered_watches: tuple[Expression, ...]
    lowered_maxima: tuple[Expression, ...]


@dataclass(frozen=True)
class Number:
    """The source of an integer expression, and the range in which its value lies."""

    text: str
    low: int
    high: int
    raw: bool = False
    """A plain Python number or duration: it becomes an expression only next to one."""

    @property
    def wrapped(self) -> str:
        return f"lit({self.text})" if self.raw else self.text

    def inside(self, low: int, high: int) -> bool:
        return low <= self.low and self.high <= high


@dataclass
class Scope:
    """What expressions may read."""

    booleans: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    choices: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    boolean_arrays: list[tuple[str, int]] = field(default_factory=list)
    number_arrays: list[tuple[str, int, int, int]] = field(default_factory=list)
    choice_arrays: list[tuple[str, int, tuple[str, ...]]] = field(default_factory=list)
    hour: int = 1


@lru_cache(maxsize=64)
def _below(n: int) -> st.SearchStrategy[int]:
    return st.integers(0, n - 1)


class Author:
    """Writes source from drawn choices. Choice 0 is always the simplest, so that examples shrink."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw
        self.writing = "case"
        """The component that is being written: names begin so, as those of twins must differ."""
        self._names = 0

    def below(self, n: int) -> int:
        return self._draw(_below(n)) if n > 1 else 0

    def one_in(self, n: int) -> bool:
        """True in one of `n` cases; shrinks to False."""
        return self.below(n) == n - 1

    def of(self, items: Sequence) -> object:
        return items[self.below(len(items))]

    # -- expressions ------------------------------------------------------------------------------------------------
    def named(self, text: str) -> str:
        """The same under a name of its own."""
        self._names += 1
        return f'named("{self.writing}_says_{self._names}", {text})'

    def boolean(self, scope: Scope, depth: int) -> str:
        """A boolean expression, with a name now and then."""
        text = self._boolean(scope, depth)
        return self.named(text) if self.one_in(10) else text

    def _boolean(self, scope: Scope, depth: int) -> str:
        leaves = [
            "literal",
            *(["variable"] * 3 if scope.booleans else []),
            *(["compare"] * 2 if scope.numbers else []),
            *(["label"] if scope.choices else []),
        ]
        inner = ["not", "and", "or", "compare", "implies", "same", "in", "if", "quantifier", "element", "enumeration"]
        kind = self.of(leaves) if depth == 0 else self.of([*leaves, *inner])
        less = depth - 1
        match kind:
            case "literal":
                return f"lit({bool(self.below(2))})"
            case "variable":
                return self.of(scope.booleans)
            case "label":
                name, labels = self.of(scope.choices)
                return f'({name} {self.of(["==", "!="])} "{self.of(labels)}")'
            case "compare":
                a, b = self.number(scope, max(less, 0)), self.number(scope, max(less, 0))
                a_text = a.wrapped if a.raw and b.raw else a.text
                return f"({a_text} {self.of(['<', '<=', '>', '>=', '==', '!='])} {b.text})"
            case "not":
                return f"~{self.boolean(scope, less)}"
            case "and" | "or":
                parts = [self.boolean(scope, less) for _ in range(2 + self.one_in(3))]
                return "(" + (" & " if kind == "and" else " | ").join(parts) + ")"
            case "implies":
                return f"{self.boolean(scope, less)}.implies({self.boolean(scope, less)})"
            case "same":
                return f"({self.boolean(scope, less)} {self.of(['==', '!='])} {self.boolean(scope, less)})"
            case "in":
                values = ", ".join(str(self.number(scope, 0).text) for _ in range(1 + self.below(2)))
                return f"{self.number(scope, less).wrapped}.is_in({values})"
            case "if":
                return f"if_else({self.boolean(scope, less)}, {self.boolean(scope, 0)}, {self.boolean(scope, less)})"
            case "quantifier":
                word = self.of(["all_of", "any_of"])
                if scope.number_arrays:
                    name = self.of(scope.number_arrays)[0]
                    bound = self.number(scope, 0).text
                    return f"{word}({name}, lambda x: x {self.of(['<', '>=', '!='])} {bound})"
                if scope.boolean_arrays:
                    return f"{word}({self.of(scope.boolean_arrays)[0]})"
                return f"{word}([{self.boolean(scope, 0)}, {self.boolean(scope, 0)}])"
            case "element":
                if scope.boolean_arrays:
                    name, length = self.of(scope.boolean_arrays)
                    return f"{name}[{self.index(scope, length)}]"
                return f"~{self.boolean(scope, less)}"
        labels = self.of(LABELS)
        a, b = self.label(scope, labels, less), self.label(scope, labels, 0)
        return f"({a} {self.of(['==', '!='])} {b})"

    def label(self, scope: Scope, labels: tuple[str, ...], depth: int) -> str:
        """An expression over one enumeration; always an expression object, with a name now and then."""
        text = self._label(scope, labels, depth)
        return self.named(text) if self.one_in(10) else text

    def _label(self, scope: Scope, labels: tuple[str, ...], depth: int) -> str:
        names = [name for name, its in scope.choices if its == labels]
        arrays = [(name, length) for name, length, its in scope.choice_arrays if its == labels]
        kind = self.of(
            [
                "literal",
                *(["variable"] * 3 if names else []),
                *(["element"] if arrays else []),
                *(["if"] if depth else []),
            ]
        )
        if kind == "variable":
            return self.of(names)
        if kind == "element":
            name, length = self.of(arrays)
            return f"{name}[{self.index(scope, length)}]"
        if kind == "if":
            a, b = self.label(scope, labels, depth - 1), self.label(scope, labels, 0)
            return f"if_else({self.boolean(scope, depth - 1)}, {a}, {b})"
        return f'lit("{self.of(labels)}")'

    def index(self, scope: Scope, length: int) -> str:
        """An index inside an array of `length`: a number, or an expression that is limited if it must be."""
        if not self.one_in(2):
            return str(self.below(length))
        at = self.number(scope, 1)
        if at.inside(0, length - 1):
            return at.text
        return f"minimum(maximum({at.text}, 0), {length - 1})" if self.below(2) else f"({at.wrapped} % {length})"

    def number(self, scope: Scope, depth: int) -> Number:
        """An integer expression, with a name now and then."""
        made = self._number(scope, depth)
        return Number(self.named(made.text), made.low, made.high) if self.one_in(12) else made

    def _number(self, scope: Scope, depth: int) -> Number:
        leaves = ["literal", *(["variable"] * 4 if scope.numbers else []), *(["duration"] if self.one_in(6) else [])]
        inner = ["+", "-", "*", "//", "%", "min", "max", "negative", "if", "element", "total", "count"]
        kind = self.of(leaves) if depth == 0 else self.of([*leaves, *inner])
        less = depth - 1
        match kind:
            case "literal":
                value = self.below(6) - 2 if self.one_in(3) else self.below(3)
                return Number(str(value), value, value, raw=True)
            case "duration":
                value = self.below(3)
                return Number(f"hours({value})", value * scope.hour, value * scope.hour, raw=True)
            case "variable":
                return self.of(scope.numbers)
            case "negative":
                a = self.number(scope, less)
                return Number(f"(-{a.wrapped})", -a.high, -a.low)
            case "if":
                a, b = self.number(scope, less), self.number(scope, 0)
                return Number(
                    f"if_else({self.boolean(scope, less)}, {a.text}, {b.text})", min(a.low, b.low), max(a.high, b.high)
                )
            case "element" if scope.number_arrays:
                name, length, low, high = self.of(scope.number_arrays)
                return Number(f"{name}[{self.index(scope, length)}]", low, high)
            case "total" if scope.number_arrays:
                name, length, low, high = self.of(scope.number_arrays)
                return Number(f"total({name})", low * length, high * length)
            case "count" if scope.number_arrays:
                name, length, *_ = self.of(scope.number_arrays)
                return Number(f"count({name}, lambda x: x == {self.number(scope, 0).text})", 0, length)
            case "element" | "total" | "count":
                items = [self.boolean(scope, 0) for _ in range(1 + self.below(2))]
                return Number(f"count([{', '.join(items)}])", 0, len(items))
        return self._binary(scope, kind, self.number(scope, less), self.number(scope, max(less, 0)))

    def _binary(self, scope: Scope, kind: str, a: Number, b: Number) -> Number:
        left = a.wrapped if a.raw and b.raw else a.text
        match kind:
            case "+":
                result = Number(f"({left} + {b.text})", a.low + b.low, a.high + b.high)
            case "-":
                result = Number(f"({left} - {b.text})", a.low - b.high, a.high - b.low)
            case "*":
                corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
                result = Number(f"({left} * {b.text})", min(corners), max(corners))
            case "min" | "max":
                choose = min if kind == "min" else max
                third = f", {a.text}" if self.one_in(4) else ""
                result = Number(f"{kind}imum({left}, {b.text}{third})", choose(a.low, b.low), choose(a.high, b.high))
            case _:
                if b.low <= 0 <= b.high:  # the divisor could be zero
                    value = self.of([1, 2, 3, -1, -2])
                    b = (
                        Number(f"maximum({b.text}, 1)", 1, max(b.high, 1))
                        if self.below(2)
                        else Number(str(value), value, value, raw=True)
                    )
                left = a.wrapped if a.raw and b.raw else a.text
                if kind == "//":
                    corners = [x // y for x in (a.low, a.high) for y in (b.low, b.high)]
                    result = Number(f"({left} // {b.text})", min(corners), max(corners))
                else:
                    result = Number(f"({left} % {b.text})", *((0, b.high - 1) if b.low > 0 else (b.low + 1, 0)))
        return result if result.inside(-LARGE, LARGE) else a


def _mapping(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f'{component}: "{trigger}"' for component, trigger in pairs) + "}"


@dataclass
class Declared:
    """A variable or array of a component, as the generator knows it."""

    python: str
    declaration: str
    kind: str  # boolean, choice, number
    low: int = 0
    high: int = 1
    limit: str = "report"
    labels: tuple[str, ...] = ()
    length: int = 0  # of an array


class Draft(Author):
    """Writes the components and the composition of one system."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        super().__init__(draw)
        self.scope = Scope()
        self.lines: list[str] = []
        self.triggers: dict[str, list[str]] = {}  # of each component, in order
        self.internal: set[tuple[str, str]] = set()
        self.initials = 1
        """How many initial states there are so far."""
        self.alike = 1
        """How many components there will be like the one that is written."""
        self.free: list[tuple[str, str, Number | None]] = []
        """Free choices: the name, the values, and as a number; None for a boolean."""

    def free_choice(self) -> tuple[str, str, Number | None]:
        """A free choice, one that is there already or a new one."""
        if len(self.free) == MOST_CHOICES or (self.free and self.below(2)):
            return self.of(self.free)
        name = f"{self.writing}_pick{len(self.free)}"
        kind = self.of(["range", "list", "bool", "duration"])
        low = self.below(2)
        values, number = {
            "range": (f"range({low}, {low + 3})", Number(name, low, low + 2)),
            "list": (f"[{low + 1}, {-low}]", Number(name, -low, low + 1)),
            "bool": ("[True, False]" if low else "[False, True]", None),
            "duration": (f"[hours({low}), hours(2)]", Number(name, low * self.scope.hour, 2 * self.scope.hour)),
        }[kind]
        self.lines.append(f'{name} = chosen("{name}", {values})')
        self.free.append((name, values, number))
        return self.free[-1]

    def more_initial(self, times: int) -> bool:
        """Whether there may be so many times as many initial states; then there are."""
        fits = self.initials * times**self.alike <= MOST_INITIAL
        self.initials *= times**self.alike if fits else 1
        return fits

    def starts(self, single: str, values: Sequence[str], length: int = 1) -> str:
        """Where something starts: mostly as given; now and then with any of some `values`, in an array `length` times."""
        some = [value for value in values if self.below(2)] if len(values) > 1 and self.one_in(6) else []
        if len(some) < 2 or not self.more_initial(len(some) ** length):
            return single
        return f"[{', '.join(some[::-1] if self.below(2) else some)}]"

    def variable(self, name: str, attribute: str) -> Declared:
        """A declaration; it becomes readable for every expression written later."""
        scope, kind = (
            self.scope,
            self.of(["Boolean", "Integer", "Counter", "refuse", "Choice", "Age", "Array", "Array"]),
        )
        array = kind == "Array"
        if array:
            kind = self.of(["Integer", "Boolean", "Counter", "refuse", "Choice"])
        label, length = "element" if array else attribute, 1 + self.below(2) if array else 1
        if kind == "Boolean":
            start = self.starts("True" if self.below(2) else "False", ["False", "True"], length)
            made = Declared(name, f'Boolean("{label}", {start})', "boolean")
        elif kind == "Choice":
            labels = self.of(LABELS)
            start = self.starts(
                f'"{labels[-1] if self.below(2) else labels[0]}"', [f'"{label}"' for label in labels], length
            )
            made = Declared(
                name, f'Choice("{label}", {list(labels)}, {start})'.replace("'", '"'), "choice", labels=labels
            )
        elif kind == "Integer":
            low = -self.below(2)
            high = low + 1 + self.below(1 if array else 3)
            start = self.starts(str(low + self.below(high - low + 1)), [str(n) for n in range(low, high + 1)], length)
            made = Declared(name, f'Integer("{label}", {low}, {high}, {start})', "number", low, high)
        elif kind == "Age":
            cap = self.below(3)
            text = f"hours({cap})" if self.below(2) else str(cap)
            start = self.starts("0", [str(n) for n in range(cap + 1)])
            made = Declared(
                name,
                f'Age("{label}", {text}, {start}, cap_is="{LIMIT}")',
                "number",
                0,
                cap * scope.hour if "hours" in text else cap,
                "saturate",
            )
        else:
            cap = 1 + self.below(1 if array else 2)
            start = self.starts(str(self.below(cap + 1)), [str(n) for n in range(cap + 1)], length)
            limit = ', at_limit="refuse"' if kind == "refuse" else f', cap_is="{LIMIT}"'
            made = Declared(
                name,
                f'Counter("{label}", {cap}, {start}{limit})',
                "number",
                0,
                cap,
                "refuse" if kind == "refuse" else "saturate",
            )
        if array:
            made.length = length
            made.declaration = f'Array("{attribute}", {made.declaration}, {made.length})'
        self._readable(made)
        self.lines.append(f"{name} = {made.declaration}")
        return made

    def _readable(self, made: Declared) -> None:
        scope, name = self.scope, made.python
        elements = [f"{name}[{i}]" for i in range(made.length)] or [name]
        if self.one_in(6):
            component, attribute = name.rsplit("_", 1)
            values = {"boolean": ", bool", "number": ""}.get(made.kind, f", {list(made.labels)}".replace("'", '"'))
            at = elements[-1].removeprefix(name)
            elements[-1] = f'variable_of("{component}", "{attribute}{at}"{values})'
        if made.kind == "boolean":
            scope.booleans += elements
            scope.boolean_arrays += [(name, made.length)] if made.length else []
        elif made.kind == "choice":
            scope.choices += [(e, made.labels) for e in elements]
            scope.choice_arrays += [(name, made.length, made.labels)] if made.length else []
        else:
            scope.numbers += [Number(e, made.low, made.high) for e in elements]
            scope.number_arrays += [(name, made.length, made.low, made.high)] if made.length else []

    def updates(self, owned: list[Declared], depth: int = 1) -> str:
        """The mapping of a `then`: some of the component's variables and elements."""
        if not owned:
            return ""
        items = {}
        for _ in range(self.below(3)):
            target = self.of(owned)
            name = f"{target.python}[{self.index(self.scope, target.length)}]" if target.length else target.python
            items[name] = self._assigned(target, depth)
        return "{" + ", ".join(f"{k}: {v}" for k, v in items.items()) + "}" if items else ""

    def _assigned(self, target: Declared, depth: int) -> str:
        scope = self.scope
        if target.kind == "boolean":
            return self.boolean(scope, depth)
        if target.kind == "choice":
            return self.label(scope, target.labels, depth)
        near = f"{target.python}[0]" if target.length else target.python
        match self.of(["constant", "up", "down", "free", "clamped"]):
            case "up":
                return f"{near} + 1"
            case "down":
                return f"{near} - 1"
            case "free":
                value = self.number(scope, depth)
                if target.limit != "report" or not (value.high < target.low or value.low > target.high):
                    return value.text
            case "clamped":
                value = self.number(scope, depth)
                return f"minimum(maximum({value.text}, {target.low}), {target.high})"
        return str(target.low + self.below(target.high - target.low + 1))

    def transition(self, trigger: str, sources: str, dest: str, owned: list[Declared]) -> str:
        """One `on(...)`, sometimes with a free choice that it can read."""
        if not self.one_in(6):
            return self._transition(trigger, sources, dest, owned)
        name, _, number = self.free_choice()
        before = self.scope
        self.scope = copy.deepcopy(before)
        if number is None:
            self.scope.booleans += [name] * 4
        else:
            self.scope.numbers += [number] * 4
        text = self._transition(trigger, sources, dest, owned)
        self.scope = before
        return text

    def _transition(self, trigger: str, sources: str, dest: str, owned: list[Declared]) -> str:
        parts = [f'"{trigger}"', sources]
        several = self.one_in(5)
        if not several:
            parts.append(dest)
        if self.below(5) > 2:
            parts.append(f"when={self.boolean(self.scope, 1 + self.one_in(4))}")
        if self.one_in(8):
            parts.append(f"unless={self.boolean(self.scope, 0)}")
        if several:
            ways = []
            for position in range(2 + self.one_in(4)):
                then = self.updates(owned)
                end = dest if position == 0 else self.of([dest, "None"])
                ways.append(f"outcome({end}{', ' + then if then else ''})")
            parts.append(f"outcomes=[{', '.join(ways)}]")
        elif then := self.updates(owned):
            parts.append(f"then={then}")
        return ", ".join(parts)

    def component(self, name: str, allowed: list[str], at_site: bool) -> None:
        """A component with its variables: every state is reachable, and some more transitions follow."""
        self.writing = name
        number = self.below(3) if name != "c0" else 1 + self.below(2)
        owned = [self.variable(f"{name}_v{i}", f"v{i}") for i in range(number)]
        states = [f"s{i}" for i in range(2 + self.below(3))]
        ways: list[tuple[str, str]] = []
        for i in range(1, len(states)):
            ways.append((f'"s{self.below(i)}"', f'"s{i}"'))
        for _ in range(1 + self.below(5)):
            source = f'"{self.of(states)}"' if not self.one_in(5) else self.of(['["s0", "s1"]', '["?0", "*1"]'])
            source = self.of(['"*"', '"s*"', '["s0", "s?"]']) if self.one_in(6) else source
            ways.append((source, "None" if self.one_in(3) else f'"{self.of(states)}"'))
        internal = {t for t in allowed if t.startswith("own") and self.one_in(6)}
        written = []
        for source, dest in ways:
            trigger = self.of(allowed)
            extra = ", internal=True" if trigger in internal else ""
            written.append((trigger, f"on({self.transition(trigger, source, dest, owned)}{extra})"))
        if at_site:
            source = '"*"' if self.below(2) else f'"{self.of(states)}"'
            text = self.transition("site_fails", source, '"s0"', owned)
            written.append(("site_fails", f"on({text})"))
        written = _guarded(written, states)
        self.triggers[name] = list(dict.fromkeys(t for t, _ in written))
        self.internal |= {(name, t) for t in internal & set(self.triggers[name])}
        names = ", ".join(d.python for d in owned)
        body = "".join(f"    {text},\n" for _, text in written)
        listed = ", ".join(f'"{s}"' for s in states)
        begin = ""
        if self.one_in(6):
            some = [state for state in states[1:] if self.below(2)]
            several, number = self.of(
                [('["*1", "s0"]', 2), ('"s*"', len(states)), (str([*some, "s0"]).replace("'", '"'), 1 + len(some))]
            )
            begin = f", initial={several}" if self.more_initial(number) else ""
        self.lines.append(
            f'{name} = Component("{name}", [{listed}]{begin}, variables=[{names}], transitions=[\n{body}])'
        )
        first = f'state_of("{name}", "s0")' if self.one_in(4) else f"{name}.s0"
        self.scope.booleans += [first, f"{name}.{states[-1]}"]
        if len(states) > 2:
            self.scope.booleans.append(f'{name}.in_states("{self.of(["s1", "*1"])}", "s2")')

    def attributes(self, tick: bool, faults: dict[str, int]) -> str:
        """Attributes of one event, or nothing."""
        if tick:
            return ""
        parts = []
        match self.of(["none", "urgent", "priority", "fault", "kind"]):
            case "urgent":
                parts.append("urgent=True")
            case "priority":
                parts.append(f"priority={self.of([1, 2, -1])}")
            case "fault":
                kind = self.of(["outage", "disk"])
                faults.setdefault(kind, 1 + self.below(2))
                parts.append(f'fault="{kind}"')
            case "kind":
                parts.append('kind="operator"')
        if parts and self.one_in(4):
            parts.append("priority=1" if "priority" not in parts[0] else "urgent=True")
        return ", ".join(parts)

    def write(self) -> Case:
        """The whole system."""
        tick = self.of(list(TICKS_AN_HOUR))
        self.scope.hour = TICKS_AN_HOUR[tick]
        count = 2 + self.below(3)
        self.scope.booleans.append(f'state_of("c1", "{self.of(["s0", "*1"])}")')  # which is made later than c0
        sited = [self.one_in(4) for _ in range(count)]
        for i in range(count):
            own = [f"own{i}a", "own", f"own{i}b"]
            self.component(f"c{i}", [*own, "meet", "tick", "tick", "meet2", f"part{i}"], sited[i])
        members = [f"c{i}" for i in range(count)]
        sites = ""
        taken: set[tuple[str, str]] = set()
        if any(sited):
            back = ', on("restored", "down", "up")' if self.below(2) else ""
            fails = f'on("fails", "up", "down"){back}'
            self.lines.append(f'site = Component("site", ["up", "down"], transitions=[{fails}])')
            at = [c for c, s in zip(members, sited, strict=True) if s]
            sites = f"Site(site, ({', '.join(at)},))"
            taken |= {("site", "fails"), *((c, "site_fails") for c in at)}
            self.triggers["site"] = ["fails", *(["restored"] if back else [])]
            self.scope.booleans += ["site.up"]
            members.append("site")
        faults: dict[str, int] = {}
        events = self._vectors(members, taken, faults)
        by_name = []
        for name in members:
            for trigger in self.triggers[name]:
                if (name, trigger) not in taken:
                    by_name.append(f"{name}.{trigger}" if (name, trigger) in self.internal else trigger)
        for name in dict.fromkeys(by_name):
            if self.one_in(4) and (attributes := self.attributes(name == "tick", faults)):
                events.append(f'event("{name}", {attributes})')
        parts = [f"tick={tick}"]
        parts += [f"events=[{', '.join(events)}]"] if events else []
        parts += [f"sites=[{sites}]"] if sites else []
        parts += ["faults={" + ", ".join(f'"{kind}": {n}' for kind, n in faults.items()) + "}"] if faults else []
        self.lines.append(f'system = compose("generated", [{", ".join(members)}], {", ".join(parts)})')
        watches = tuple(self.boolean(self.scope, 1 + i) for i in range(2))
        maxima = tuple(self.number(self.scope, 1 + i).wrapped for i in range(2))
        return Case("\n".join(self.lines) + "\n", watches, maxima)

    def _vectors(self, members: list[str], taken: set[tuple[str, str]], faults: dict[str, int]) -> list[str]:
        """Explicit synchronisation vectors over triggers that no site uses; a trigger may be in several."""
        free = {c: [t for t in self.triggers[c] if t != "tick" and (c, t) not in taken] for c in members}
        free = {c: ts for c, ts in free.items() if ts}
        events = []
        for k in range(self.below(4)):
            if len(free) < 2:
                break
            order = list(free)
            chosen = [order.pop(self.below(len(order))) for _ in range(min(2 + self.one_in(4), len(order)))]
            pairs = [(c, self.of(free[c])) for c in chosen]
            taken.update(pairs)
            optional = len(pairs) > 1 and self.one_in(3)
            needed, may = (pairs[:-1], pairs[-1:]) if optional else (pairs, [])
            text = f'event("pair{k}", {_mapping(needed)}'
            if may:
                text += f", optional={_mapping(may)}"
            if attributes := self.attributes(False, faults):
                text += f", {attributes}"
            events.append(text + ")")
        return events


def _guarded(rows: list[tuple[str, str]], states: list[str]) -> list[tuple[str, str]]:
    """The transitions of a component, with a guard that always holds where a later one would be refused without.

    A transition without a guard leaves nothing to those after it; what is never taken is worth generating all the same.
    """

    def sources(text: str) -> list[str]:
        written = text.removeprefix("on(").split(", ", 1)[1]
        named = ast.literal_eval(
            written[: written.index("]") + 1] if written[0] == "[" else written.split(",")[0].rstrip(")")
        )
        return list(expanded([named] if isinstance(named, str) else named, states))

    free = {n for n, (_, text) in enumerate(rows) if "when=" not in text and "unless=" not in text}
    for number, (trigger, text) in enumerate(rows):
        before = {
            n for n in free if n < number and rows[n][0] == trigger and set(sources(rows[n][1])) & set(sources(text))
        }
        if set(sources(text)) <= {state for n in before for state in sources(rows[n][1])}:
            free -= before
            for n in before:
                rows[n] = (trigger, f"{rows[n][1][:-1]}, when=lit(True))")
    return rows


class Twins(Draft):
    """Systems with identical components: a family of two or three, a component that they meet, one that counts them."""

    def write(self) -> Case:
        """The whole system. What others read of the family is mostly symmetric, and sometimes not."""
        self.scope.hour = 1
        self.component("c0", ["own0a", "own0b", "tick", "meet2"], False)
        outside = list(self.triggers["c0"])
        before, known = len(self.lines), self._known()
        self.alike = size = 2 + self.one_in(2)
        self.component("t0", ["own_t0", "own_t0b", "meet", "tick", "meet2", "give_t0"], False)
        written, self.alike = self.lines[before:], 1
        family = [f"t{i}" for i in range(size)]
        for name in family[1:]:
            self.lines += [line.replace("t0", name) for line in written]
            self.triggers[name] = [trigger.replace("t0", name) for trigger in self.triggers["t0"]]
        own = self._known(since=known)
        scope = self.scope = Scope(known.booleans[:], known.numbers[:], known.choices[:], hour=1)
        for number in own.numbers:
            every = [number.text.replace("t0", name) for name in family]
            scope.numbers.append(Number(f"total([{', '.join(every)}])", number.low * size, number.high * size))
        for boolean in own.booleans:
            every = [boolean.replace("t0", name) for name in family]
            scope.booleans.append(f"{self.of(['any_of', 'all_of'])}([{', '.join(every)}])")
        if self.one_in(5):
            scope.booleans += own.booleans[:2]
        self.component("c1", ["own1a", "own1b", "tick"], False)
        events = []
        if "give_t0" in self.triggers["t0"] and "own0a" in outside:
            events = [f'event("gives_{t}", {{c0: "own0a", {t}: "give_{t}"}})' for t in family]
        members = ["c0", *family, "c1"]
        listed = f", events=[{', '.join(events)}]" if events else ""
        self.lines.append(f'system = compose("generated", [{", ".join(members)}], tick=hours(1){listed})')
        watches = tuple(self.boolean(scope, 1 + i) for i in range(2))
        maxima = tuple(self.number(scope, 1 + i).wrapped for i in range(2))
        return Case("\n".join(self.lines) + "\n", watches, maxima)

    def _known(self, since: Scope | None = None) -> Scope:
        """Scalars that can be read; with `since` only those that could not be read then."""
        now = self.scope
        if since is None:
            return Scope(list(now.booleans), list(now.numbers), list(now.choices))
        return Scope(
            [b for b in now.booleans if b not in since.booleans],
            [n for n in now.numbers if n not in since.numbers],
            [c for c in now.choices if c not in since.choices],
        )


class Neighbours(Draft):
    """Systems with components that go their own way: each reads itself only, mostly, and often moves forward only."""

    def write(self) -> Case:
        """The whole system. Properties are about the first component, which is like those of `Draft`."""
        self.scope.hour = 1
        self.component("c0", ["own0a", "own0b", "tick", "meet"], False)
        first = self.scope
        members = ["c0"]
        for i in range(1, 3 + self.one_in(2)):
            self.scope = Scope(hour=1) if self.below(4) else first
            if self.one_in(3):
                self.component(f"c{i}", [f"own{i}a", f"own{i}b", "meet" if self.one_in(3) else f"own{i}c"], False)
            else:
                self._forward(f"c{i}", i)
            members.append(f"c{i}")
        attributes = []
        shared = (t for c in members for t in self.triggers[c] if (c, t) not in self.internal)
        for name in dict.fromkeys(shared):
            if name not in ("tick", "meet") and self.one_in(6):
                attributes.append(f'event("{name}", {self.of(["urgent=True", "priority=1", "priority=-1"])})')
        listed = f", events=[{', '.join(attributes)}]" if attributes else ""
        self.lines.append(f'system = compose("generated", [{", ".join(members)}], tick=hours(1){listed})')
        watches = tuple(self.boolean(first, 1 + i) for i in range(2))
        maxima = tuple(self.number(first, 1 + i).wrapped for i in range(2))
        return Case("\n".join(self.lines) + "\n", watches, maxima)

    def _forward(self, name: str, i: int) -> None:
        """A component whose states come one after the other."""
        self.writing = name
        owned = [self.variable(f"{name}_v{k}", f"v{k}") for k in range(self.below(2))]
        states = [f"s{k}" for k in range(2 + self.below(2))]
        body: list[tuple[str, str]] = []
        for k, state in enumerate(states[:-1]):
            for trigger in [f"own{i}a", f"own{i}b"][: 1 + self.one_in(2)]:
                there = self.of(states[k + 1 :])
                dest = f'"{there}"' if there == states[k + 1] or trigger.endswith("b") else f'"{states[k + 1]}"'
                source = f'"{state}"'
                body.append((trigger, f"on({self.transition(trigger, source, dest, owned)})"))
        triggers = [f"own{i}a", f"own{i}b"]
        self.triggers[name] = [t for t in triggers if any(t == trigger for trigger, _ in body)]
        listed = ", ".join(f'"{s}"' for s in states)
        names = ", ".join(d.python for d in owned)
        text = "".join(f"    {text},\n" for _, text in _guarded(body, states))
        self.lines.append(f'{name} = Component("{name}", [{listed}], variables=[{names}], transitions=[\n{text}])')


class Budgeted(Draft):
    """Systems in which many events are faults with a budget, some of them urgent or of another priority."""

    def attributes(self, tick: bool, faults: dict[str, int]) -> str:
        """Attributes of one event, or nothing."""
        text = super().attributes(tick, faults)
        if tick or "fault" in text or self.one_in(4):
            return text
        kind = self.of(["outage", "disk"])
        faults.setdefault(kind, 1 + self.below(2))
        return f'{text}, fault="{kind}"' if text else f'fault="{kind}"'

    def _assigned(self, target: Declared, depth: int) -> str:
        """A value of its own is kept inside the domain: a constant, also one among choices, could lie beyond it (DR109)."""
        text = super()._assigned(target, depth)
        near = f"{target.python}[0]" if target.length else target.python
        steps = (f"{near} + 1", f"{near} - 1")
        if target.kind != "number" or target.limit != "report" or text in steps or text.lstrip("-").isdigit():
            return text
        return f"minimum(maximum({text}, {target.low}), {target.high})"


@st.composite
def budgeted(draw: Callable[[st.SearchStrategy[int]], int]) -> Case:
    """Whole systems with budgets of faults."""
    return Budgeted(draw).write()


@st.composite
def systems(draw: Callable[[st.SearchStrategy[int]], int]) -> Case:
    """Whole systems of two to four components (and a site, and a fault budget)."""
    return Draft(draw).write()


@st.composite
def twins(draw: Callable[[st.SearchStrategy[int]], int]) -> Case:
    """Systems in which some components are identical."""
    return Twins(draw).write()


@st.composite
def neighbours(draw: Callable[[st.SearchStrategy[int]], int]) -> Case:
    """Systems in which some components have nothing to do with each other."""
    return Neighbours(draw).write()


__all__ = ["Built", "Case", "budgeted", "neighbours", "systems", "twins"]
