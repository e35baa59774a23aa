"""One typed expression tree with many readings: evaluate it, call it, compile it, print it.

Expressions are built with Python's operators from variables, component states, numbers, booleans and enumeration
values: `(link.age < 8) & site1.up`. They are typed (boolean, integer, enumeration) and they refuse to be used as Python
truth values, so that `and`, `or`, `not` and `0 < x < 5` cannot silently lose half of a guard.

The same objects are the conditions of live `transitions` machines: an expression is callable with the `EventData` that
`transitions` passes to conditions, and then evaluates itself against the machine's environment.

Meaning of the operators: `//` and `%` are Python's (floor division, result of `%` has the sign of the divisor);
`&`, `|`, `~` are and, or, not; `==` on enumerations compares values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeAlias, Union

from drcheck.errors import ModelError, UnknownAttributeError, caller, shown, user_frame
from drcheck.language.called import called
from drcheck.language.durations import Duration
from drcheck.language.operators import ARITHMETIC, NAMED, OPERATORS, ORDER, written
from drcheck.language.quoting import word_or_quoted
from drcheck.language.refusing import ITERATION, NUMBER, refused
from drcheck.language.source import swallowed

if TYPE_CHECKING:
    from transitions import EventData

Value: TypeAlias = bool | int | str
Operand: TypeAlias = Union["Expression", bool, int, str, Duration]

BOOLEAN, INTEGER, ENUMERATION = "boolean", "integer", "enumeration"
TEMPORAL = "temporal"
"""The kind of a formula of temporal logic: it speaks of executions, so no state has a value of it."""
LIMIT = 1 << 62
"""Numbers beyond this, either side of 0, are refused: 64 bits must hold every intermediate result."""
MAX_DEPTH = 64
"""How deep an expression may be nested: readings of it are recursive."""
MAX_SIZE = 20_000
"""How many operators and operands an expression may have, written out: a part that is used twice counts twice."""


class Environment(Protocol):
    """What an expression is evaluated against: it answers what a leaf is worth now."""

    def read(self, leaf: Expression) -> Value:
        """The value of a leaf (a variable, a component state, a cell)."""
        ...

    def ticks(self, duration: Duration) -> int:
        """A duration as a number of ticks."""
        ...


class Expression:
    """A node of the tree. `kind` is BOOLEAN, INTEGER or ENUMERATION; `labels` are an enumeration's values."""

    kind: str
    labels: tuple[str, ...] = ()
    operator: str = ""
    depth: int = 0
    size: int = 1

    # -- readings ---------------------------------------------------------------------------------------------------
    def evaluate(self, environment: Environment) -> Value:
        """The value in an environment: bool, int, or str for an enumeration."""
        return environment.read(self)

    def __call__(self, event_data: EventData | None = None) -> bool:
        """The reading that `transitions` uses: a condition called with its `EventData` (machines use send_event)."""
        environment: Environment | None = getattr(getattr(event_data, "model", None), "environment", None)
        if environment is None:
            raise ModelError(
                "DR102",
                f"the expression `{self}` was called like a function",
                place=caller(),
                remedy="write it without parentheses",
            )
        return bool(self.evaluate(environment))

    @property
    def arguments(self) -> tuple[Expression, ...]:
        """The operands of an operation; empty for a leaf."""
        return ()

    @property
    def __name__(self) -> str:
        """The text that `transitions`' diagram backends print for a condition."""
        return str(self)

    def leaves(self) -> Iterator[Expression]:
        """Every variable, state or cell that the expression reads (with repetitions), literals excluded."""
        stack: list[Expression] = [self]
        while stack:
            node = stack.pop()
            if node.arguments:
                stack.extend(node.arguments)
            elif not isinstance(node, Literal):
                yield node

    # -- never a truth value -----------------------------------------------------------------------------------------
    def __bool__(self) -> bool:
        raise ModelError(
            "DR101",
            f"the expression `{self}` was used as a Python truth value",
            place=caller(),
            remedy="write &, | and ~ instead of and, or and not; write (0 < x) & (x < 5) instead of 0 < x < 5; "
            "write x.is_in(...) instead of `in`",
        )

    # Identity is what a dictionary of updates needs; == is taken for building comparisons.
    __hash__ = object.__hash__

    # -- operators ---------------------------------------------------------------------------------------------------
    def __and__(self, other: Operand) -> Expression:
        return connective("and", self, other)

    def __rand__(self, other: Operand) -> Expression:
        return connective("and", other, self)

    def __or__(self, other: Operand) -> Expression:
        return connective("or", self, other)

    def __ror__(self, other: Operand) -> Expression:
        return connective("or", other, self)

    def __invert__(self) -> Expression:
        return operation("not", self)

    def __add__(self, other: Operand) -> Expression:
        return operation("+", self, other)

    def __radd__(self, other: Operand) -> Expression:
        return operation("+", other, self)

    def __sub__(self, other: Operand) -> Expression:
        return operation("-", self, other)

    def __rsub__(self, other: Operand) -> Expression:
        return operation("-", other, self)

    def __mul__(self, other: Operand) -> Expression:
        return operation("*", self, other)

    def __rmul__(self, other: Operand) -> Expression:  # type: ignore[misc]  # Duration.__mul__ leaves expressions to us
        return operation("*", other, self)

    def __floordiv__(self, other: Operand) -> Expression:
        return operation("//", self, other)

    def __rfloordiv__(self, other: Operand) -> Expression:
        return operation("//", other, self)

    def __mod__(self, other: Operand) -> Expression:
        return operation("%", self, other)

    def __rmod__(self, other: Operand) -> Expression:
        return operation("%", other, self)

    def __neg__(self) -> Expression:
        return operation("-", 0, self)

    def __lt__(self, other: Operand) -> Expression:
        return operation("<", self, other)

    def __le__(self, other: Operand) -> Expression:
        return operation("<=", self, other)

    def __gt__(self, other: Operand) -> Expression:
        return operation(">", self, other)

    def __ge__(self, other: Operand) -> Expression:
        return operation(">=", self, other)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]  # builds a comparison, by design
        return operation("==", self, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]  # builds a comparison, by design
        return operation("!=", self, other)

    # -- what Python offers and expressions do not have: a coded error instead of a TypeError --------------------------
    __truediv__ = __rtruediv__ = refused("/", "write // for whole division")
    __pow__ = __rpow__ = refused("**", "multiply")
    __xor__ = __rxor__ = refused("^", "write != between booleans")
    __lshift__ = __rlshift__ = refused("<<", "multiply")
    __rshift__ = __rrshift__ = refused(">>", "write //")
    __matmul__ = __rmatmul__ = refused("@")
    __divmod__ = __rdivmod__ = refused("divmod", "write // and %")
    __pos__ = refused("unary +")
    __abs__ = refused("abs", "write maximum(x, -x)")
    __round__ = __trunc__ = __floor__ = __ceil__ = refused("round", "expressions are whole numbers")
    __iter__ = __contains__ = __len__ = refused("iteration or `in`", ITERATION)
    __getitem__ = refused("[]", "only an Array has elements")
    __int__ = __float__ = __index__ = __complex__ = refused("conversion to a Python number", NUMBER)

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)

    if not TYPE_CHECKING:  # type checkers report unknown attributes themselves

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("_") or name in ("kind", "label"):
                raise AttributeError(name)
            raise UnknownAttributeError("DR104", f"the expression `{self}` has no attribute {name!r}", place=caller())

    @called
    def implies(self, other: Operand) -> Expression:
        """False only where this holds and `other` does not."""
        return ~self | other

    @called
    def is_in(self, *values: Operand) -> Expression:
        """Membership: whether this equals one of `values` (numbers, enumeration values or expressions)."""
        return connective("or", *(self == value for value in values))

    def leaf_text(self) -> str:
        """A leaf as it is written."""
        return str(getattr(self, "label", "?"))

    def __str__(self) -> str:
        return written(self)

    def __repr__(self) -> str:
        return f"<{self.kind} expression {self}>"


def _plain(value: Value | Duration) -> Value | Duration:
    """A member of an IntEnum or of an enumeration of texts as the number or text that it is."""
    if isinstance(value, str):
        return str.__str__(value)
    # Adding nothing keeps the trace of a traced number (see `traced`), which int(...) would end.
    return value + 0 if isinstance(value, int) and not isinstance(value, bool) else value


class Literal(Expression):
    """A constant: a boolean, an integer, an enumeration value, or a duration (whose ticks the composition decides).

    `written`: whether the user wrote it, so that a constant is meant; a Python value beside an expression is taken for one.
    `origin`: of a boolean of Python's, if it was taken in: the file, the line and the instruction.
    `unit`: of the one of a `count`, what is counted; a duration counts ticks, any other constant is a plain number.
    """

    written = True
    origin: tuple[str, int, int] | None = None
    unit = ""

    def __init__(self, value: Value | Duration) -> None:
        self.value = _plain(value)
        if isinstance(value, int) and not -LIMIT <= value <= LIMIT:
            # The number itself is not shown: it may have millions of digits.
            raise ModelError("DR111", f"a number of {value.bit_length()} bits in an expression", place=caller())
        if isinstance(value, bool):
            self.kind = BOOLEAN
        elif isinstance(value, (int, Duration)):
            self.kind = INTEGER
        elif isinstance(value, str):
            self.kind = ENUMERATION
        else:
            raise ModelError(
                "DR102",
                f"{shown(value)} ({type(value).__name__}) cannot be part of an expression",
                place=caller(),
                available=["bool", "int", "an enumeration value (str)", "a duration", "an expression"],
            )

    def evaluate(self, environment: Environment) -> Value:
        """The constant itself; a duration as a number of ticks."""
        return environment.ticks(self.value) if isinstance(self.value, Duration) else self.value

    def leaf_text(self) -> str:
        """The constant as it is written."""
        if isinstance(self.value, str):
            return word_or_quoted(self.value)
        return ("true" if self.value else "false") if isinstance(self.value, bool) else str(self.value)


class Operation(Expression):
    """An operator applied to operands; `operator` is a key of `OPERATORS`, "if" or "select"."""

    name = ""
    """Of a lowered expression, the name of what was lowered (see `names`): for people alone, it means nothing."""
    cells: frozenset[int] | None = None
    """Of a lowered expression, the cells that it reads, once known (see `system.cells_of`)."""
    bounds: tuple[int, int] | None = None
    """Of a lowered expression, its least and greatest value, once known (see `ranges.bounds`)."""

    def __init__(self, operator: str, operands: Sequence[Expression], kind: str, labels: tuple[str, ...] = ()) -> None:
        self.operator, self._arguments = operator, tuple(operands)
        self.kind, self.labels = kind, labels
        self.depth = 1 + max(operand.depth for operand in self._arguments)
        self.size = 1 + sum(operand.size for operand in self._arguments)

    @property
    def arguments(self) -> tuple[Expression, ...]:
        """The operands, in order."""
        return self._arguments

    def rebuilt(self, operands: Sequence[Expression]) -> Operation:
        """The same of other operands."""
        return Operation(self.operator, operands, self.kind, self.labels)

    def evaluate(self, environment: Environment) -> Value:
        """The value in an environment. `and`, `or`, `if` and `select` evaluate only what they need."""
        operands = self._arguments
        if self.operator == "and":
            return all(a.evaluate(environment) for a in operands)
        if self.operator == "or":
            return any(a.evaluate(environment) for a in operands)
        if self.operator == "if":
            return operands[1 if operands[0].evaluate(environment) else 2].evaluate(environment)
        if self.operator == "select":
            return operands[1 + int(operands[0].evaluate(environment))].evaluate(environment)
        result: Value = OPERATORS[self.operator](*(a.evaluate(environment) for a in operands))
        return result


def expression(value: object) -> Expression:
    """Take an operand in: an expression as it is, a Python constant as a literal. Raises ModelError DR102 otherwise."""
    if isinstance(value, Expression):
        return value
    node = taken(value)
    if isinstance(value, bool):
        frame = user_frame()
        node.origin = frame.f_code.co_filename, frame.f_lineno, frame.f_lasti
    return node


def taken(value: object) -> Literal:
    """A Python value as a constant that was not written as one."""
    node = Literal(value)  # type: ignore[arg-type]  # Literal refuses others
    node.written = False
    return node


def operation_of(operator: str, operands: Sequence[Expression], kind: str, labels: tuple[str, ...] = ()) -> Operation:
    """An operation that a user writes. Raises ModelError DR121 when it is nested too deeply."""
    return fitting(Operation(operator, operands, kind, labels))


def fitting(made: Operation) -> Operation:
    """An operation that is not too large. Raises ModelError DR121."""
    if made.depth > MAX_DEPTH:
        raise ModelError(
            "DR121",
            f"an expression is nested more than {MAX_DEPTH} deep",
            place=caller(),
            remedy="write total([...]), count([...]), any_of([...]) or all_of([...]) instead of a chain of operators",
        )
    if made.size > MAX_SIZE:
        raise ModelError(
            "DR121",
            f"an expression has more than {MAX_SIZE:,} operators and operands when it is written out",
            place=caller(),
            remedy="keep intermediate results in variables",
        )
    return made


def wrong_operands(operator: str, operands: Sequence[Expression], wanted: str) -> ModelError:
    """The error (DR102) of an operator that does not take such operands."""
    shown = ", ".join(f"`{a}` ({a.kind})" for a in operands)
    return ModelError("DR102", f"`{operator}` takes {wanted}, not {shown}", place=caller())


def connective(operator: str, *values: object) -> Expression:
    """`and` or `or` over booleans and temporal formulas, flattened so that long chains stay shallow."""
    operands: list[Expression] = []
    kind = BOOLEAN
    for value in values:
        node = expression(value)
        if node.kind == TEMPORAL:
            kind = TEMPORAL
        elif node.kind != BOOLEAN:
            raise wrong_operands("&" if operator == "and" else "|", [expression(v) for v in values], "booleans")
        if isinstance(node, Operation) and node.operator == operator:
            operands.extend(node.arguments)
        else:
            operands.append(node)
    if not operands:
        return taken(operator == "and")
    return operands[0] if len(operands) == 1 else operation_of(operator, operands, kind)


def temporal(name: str, operator: str, *values: object) -> Expression:
    """A formula: an operator of `TEMPORAL_OPERATORS` over booleans and formulas. `name` is what the user wrote.

    Raises ModelError DR102, DR121.
    """
    operands = [expression(v) for v in values]
    if not {a.kind for a in operands} <= {BOOLEAN, TEMPORAL}:
        raise wrong_operands(name, operands, "boolean expressions and temporal formulas")
    return operation_of(operator, operands, TEMPORAL)


def enumeration_values(node: Expression) -> Iterator[str]:
    """The enumeration values written as constants that an expression can take as its own value."""
    if isinstance(node, Literal):
        yield str(node.value)
    elif isinstance(node, Operation) and node.kind == ENUMERATION:
        # Of "if" and of "select" the first operand decides, the others are values; a name has one operand, which it means.
        for operand in node.arguments[0 if node.operator == NAMED else 1 :]:
            yield from enumeration_values(operand)


def check_enumeration(labels: tuple[str, ...], operand: Expression, what: str = "this enumeration") -> None:
    """Refuse an operand that is not of the enumeration. Raises ModelError DR103 (a value), DR102 (another type)."""
    for asked in enumeration_values(operand):
        if asked not in labels:
            raise ModelError(
                "DR103", f"{shown(asked)} is not a value of {what}", place=caller(), available=labels, asked=asked
            )
    if operand.labels and operand.labels != labels:
        raise ModelError(
            "DR102",
            f"`{operand}` is of another enumeration than {what}: {', '.join(operand.labels)}",
            place=caller(),
            available=labels,
        )


def same_enumeration(operands: Sequence[Expression]) -> tuple[str, ...]:
    """The labels shared by enumeration operands; constants must be among them."""
    labels, owner = next(((a.labels, a) for a in operands if a.labels), ((), None))
    if labels:
        for operand in operands:
            check_enumeration(labels, operand, f"`{owner}`")
    return labels


def operation(operator: str, *values: object) -> Expression:
    """An operator applied to operands as a user writes them. Raises ModelError DR102, DR103, DR121, DR140."""
    operands = [expression(v) for v in values]
    if operator in ("==", "!=") and {a.kind for a in operands} == {BOOLEAN}:
        _refuse_swallowed(operator, operands)
    return applied(operator, operands)


def applied(operator: str, operands: Sequence[Expression]) -> Expression:
    """An operator applied to operands. Raises ModelError DR102, DR103, DR121."""
    kinds = {a.kind for a in operands}
    if operator == "not":
        if not kinds <= {BOOLEAN, TEMPORAL}:
            raise wrong_operands("~", operands, "a boolean")
        return operation_of(operator, operands, operands[0].kind)
    if operator in ARITHMETIC or operator in ORDER:
        if kinds != {INTEGER}:
            raise wrong_operands(operator, operands, "integers")
        return operation_of(operator, operands, INTEGER if operator in ARITHMETIC else BOOLEAN)
    if TEMPORAL in kinds:
        raise wrong_operands(operator, operands, "operands that have a value in each state")
    if len(kinds) != 1:
        raise wrong_operands(operator, operands, "two operands of one type")
    if kinds == {ENUMERATION}:
        same_enumeration(operands)
    return operation_of(operator, operands, BOOLEAN)


def _refuse_swallowed(operator: str, operands: Sequence[Expression]) -> None:
    """`x == False & y` is x == (False & y) to Python: refused where the text shows that no parentheses are meant."""
    joined = [a.operator for a in operands if isinstance(a, Operation) and a.operator in ("and", "or")]
    written = swallowed() if joined else None
    if written is not None:
        raise ModelError(
            "DR140",
            f"`{written[0]}` compares the whole of `{written[1]}`, as Python takes & and | before {operator}",
            place=caller(),
            remedy="write parentheses: around each comparison, as in (x == y) & z, or around what is compared",
        )


def nodes_in(parts: Iterable[Expression]) -> Iterator[Expression]:
    """Every node of some expressions, each object once: a node before its operands, in the order in which they are written.

    What stands beside the operands (the condition of `happens`) is no part of it.
    """
    seen: set[int] = set()
    for part in parts:
        stack = [part]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            if operands := node.arguments:
                stack += operands[::-1]


def substitute(
    root: Expression, leaf: Callable[[Expression], Expression], memo: dict[int, Expression] | None = None
) -> Expression:
    """The same tree with every leaf (literals included) replaced by `leaf(it)`; shared subtrees stay shared."""
    known: dict[int, Expression] = {} if memo is None else memo
    if id(root) in known:
        return known[id(root)]
    if isinstance(root, Operation):
        new: Expression = root.rebuilt([substitute(a, leaf, known) for a in root.arguments])
    else:
        new = leaf(root)
    known[id(root)] = new
    return new
