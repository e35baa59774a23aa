"""Kernels: plain Python functions over words and arrays, translated to LLVM IR.

The search and the graph algorithms do not depend on any model. They are written as ordinary Python functions in a
small subset of the language, and this module gives them to LLVM. The same function also runs in plain Python, over
lists, so a small input needs no compiler and a kernel can be stepped through in a debugger.

Why not Numba: it understands far more, but importing it takes 0.4 s and compiling a kernel the first time takes
seconds. This subset is compiled in some hundredths of a second, and can do without the cache (`code_cache`).

The subset: every number is an unsigned 64-bit word. Parameters are words (`int`), arrays (`Words`, `HalfWords`,
`Bytes`: 64, 32 and 8 bits an element, `Slots`: 32 or 64; an element read is widened, an element written is cut) or
functions of words and arrays (`Function`). Array parameters of one call must not overlap. Statements: assignment, `if`,
`while`, `for ... in range(...)` (unrolled where the range is constant, so that must be short), `break`, `continue`,
`return`. Expressions: + - * // % & | ^ << >> and comparisons (all unsigned), `and`, `or`, `not` (short-circuit, in
conditions), `a if c else b`, `array[i]`, `min(a, b)`, `max(a, b)`, `prefetch(array, i)`, `lowest_bit(a)`, `count_bits(a)`,
calls of other kernels and of function parameters, to which `array[i:]` passes the rest of an array (a copy in plain
Python). Names of the module's integers are constants. Threads talk through words: `shared`, `share`, `take`, `fence`,
`barrier`, `pause`.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

Words: TypeAlias = list[int]
"""An array of 64-bit words."""
HalfWords: TypeAlias = list[int]
"""An array of 32-bit words."""
Bytes: TypeAlias = list[int]
"""An array of bytes."""
Slots: TypeAlias = list[int]
"""An array of slots of a table: 32 or 64 bits each, as the constant SLOT_BITS says at translation."""
OldSlots: TypeAlias = list[int]
"""The same, of another table: OLD_SLOT_BITS."""

Function: TypeAlias = Callable[..., int]
"""A function of words and arrays that returns a word."""

_ELEMENT = {
    "Words": "i64",
    "HalfWords": "i32",
    "Bytes": "i8",
    "Slots": "slot",
    "OldSlots": "old slot",
    "Function": "function",
}
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.FloorDiv: "udiv",
    ast.Mod: "urem",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "shl",
    ast.RShift: "lshr",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "ult",
    ast.LtE: "ule",
    ast.Gt: "ugt",
    ast.GtE: "uge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}

DECLARATIONS = """\
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)
declare i64 @llvm.umin.i64(i64, i64)
declare i64 @llvm.umax.i64(i64, i64)
declare i64 @llvm.cttz.i64(i64, i1)
declare i64 @llvm.ctpop.i64(i64)
define internal i64 @pause() alwaysinline {
  PAUSE
  ret i64 0
}
"""


def prefetch(array: Words, index: int) -> None:
    """A hint that `array[index]` is read soon; in plain Python it does nothing."""


def shared(array: Words, index: int) -> int:
    """`array[index]`, which other threads change: all that they wrote before they changed it is seen as well."""
    return array[index]


def share(array: Words, index: int, word: int) -> int:
    """Set `array[index]`, which other threads read: who sees it, sees all that was written before."""
    array[index] = word
    return word


def take(array: Words, index: int) -> int:
    """Set `array[index]` from 0 to 1; returns 1 where another thread was faster, else 0."""
    before = array[index]
    array[index] = 1
    return before


def fence() -> int:
    """What this thread wrote before is seen before what it writes from here on; in plain Python it does nothing."""
    return 0


def barrier() -> int:
    """What this thread wrote before is seen by all others before it reads on; in plain Python it does nothing."""
    return 0


def pause() -> int:
    """A hint to the processor that this thread waits for another one; in plain Python it does nothing."""
    return 0


def lowest_bit(word: int) -> int:
    """The position of the lowest bit that is set; the word must not be 0."""
    return (word & -word).bit_length() - 1


def count_bits(word: int) -> int:
    """How many bits of a word are set."""
    return word.bit_count()


def signature(function: Callable[..., Any]) -> list[str]:
    """The parameters of a kernel in order: "word", "function", or the element of an array ("i64", "i32", "i8", "slot")."""
    annotations = inspect.get_annotations(function)
    annotations.pop("return", None)
    return [_ELEMENT.get(str(a), "word") for a in annotations.values()]


def translate(
    function: Callable[..., Any],
    constants: Mapping[str, int] | None = None,
    inline: bool = False,
    renamed: Mapping[str, str] | None = None,
    *,
    internal: bool = False,
) -> str:
    """A kernel as the text of one LLVM function of the same name; with `inline` it is put in place of its calls.

    An `internal` one can only be called by kernels of the same text.

    `constants` gives values to names that the kernel's module leaves open (such as the words of a row); a branch on one
    is decided here. `renamed` gives the function, and kernels that it calls, other names, so that there can be several
    copies with different constants.
    """
    attributes = ("internal " if inline or internal else "", " alwaysinline" if inline else "")
    return _Translation(function, dict(constants or {}), attributes, dict(renamed or {})).text


@cache
def _definitions(file: str) -> dict[int, ast.FunctionDef]:
    """The functions of a file by the lines where they begin. (`inspect.getsource` takes ten times as long for the first.)"""
    tree = ast.parse("".join(linecache.getlines(file)))
    return {node.lineno: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


class _Translation:
    """The translation of one kernel: locals are stack slots, which LLVM turns into registers."""

    def __init__(
        self,
        function: Callable[..., Any],
        constants: dict[str, int],
        attributes: tuple[str, str],
        renamed: dict[str, str],
    ) -> None:
        self.function, self.constants, self.renamed = function, constants, renamed
        code = function.__code__
        tree = _definitions(code.co_filename)[code.co_firstlineno]
        names = [a.arg for a in tree.args.args]
        kinds = signature(function)
        slots = {"slot": f"i{constants.get('SLOT_BITS', 32)}", "old slot": f"i{constants.get('OLD_SLOT_BITS', 32)}"}
        self.arrays = {n: slots.get(k, k) for n, k in zip(names, kinds, strict=True) if k not in ("word", "function")}
        self.functions = {n for n, k in zip(names, kinds, strict=True) if k == "function"}
        self.slots: list[str] = []
        self.lines: list[str] = []
        self.loops: list[tuple[str, str]] = []
        self.count = 0
        for name, kind in zip(names, kinds, strict=True):
            if kind == "word":
                self.emit(f"store i64 %p.{name}, ptr {self.slot(name)}")
        self.statements(tree.body)
        self.emit("ret i64 0")
        alone = not any(isinstance(n, ast.Call) and ast.unparse(n.func) == "shared" for n in ast.walk(tree))
        parameters = ", ".join(self.parameter(n, k, alone) for n, k in zip(names, kinds, strict=True))
        allocations = [f"  %v.{name} = alloca i64" for name in self.slots]
        self.text = "\n".join(
            [
                f"define {attributes[0]}i64 @{self.called(function.__name__)}({parameters}){attributes[1]} {{",
                "entry:",
                *allocations,
                *self.lines,
                "}",
                "",
            ]
        )

    @staticmethod
    def parameter(name: str, kind: str, alone: bool) -> str:
        """The parameter in the text; `alone`: whether no other thread works on the arrays of this kernel."""
        if kind == "word":
            return f"i64 %p.{name}"
        return f"ptr noalias %{name}" if kind != "function" and alone else f"ptr %{name}"

    # -- emitting --------------------------------------------------------------------------------------------------
    def emit(self, line: str) -> None:
        self.lines.append("  " + line)

    def value(self, line: str) -> str:
        self.count += 1
        self.emit(f"%t{self.count} = {line}")
        return f"%t{self.count}"

    def labels(self, *stems: str) -> list[str]:
        self.count += 1
        return [f"{stem}{self.count}" for stem in stems]

    def start(self, label: str) -> None:
        self.lines.append(f"{label}:")

    def slot(self, name: str) -> str:
        if name not in self.slots:
            self.slots.append(name)
        return f"%v.{name}"

    def refuse(self, node: ast.AST, why: str) -> Exception:
        return SyntaxError(f"kernel {self.function.__name__}, line {getattr(node, 'lineno', '?')}: {why}")

    def called(self, name: str) -> str:
        return self.renamed.get(name, name)

    # -- statements ------------------------------------------------------------------------------------------------
    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(value=ast.Constant()):
                pass  # the docstring
            case ast.Expr(value=ast.Call()):
                self.expression(node.value)
            case ast.Assign(targets=targets):
                right = self.expression(node.value)
                for target in targets:
                    self.store(target, right)
            case ast.AnnAssign(target=target, value=ast.expr()):
                assert node.value is not None
                self.store(target, self.expression(node.value))
            case ast.AugAssign():
                left, right = self.expression(node.target), self.expression(node.value)
                self.store(node.target, self.value(f"{_BINARY[type(node.op)]} i64 {left}, {right}"))
            case ast.If():
                self.branch(node)
            case ast.While():
                self.loop(node)
            case ast.For():
                self.counted(node)
            case ast.Break() | ast.Continue():
                self.emit(f"br label %{self.loops[-1][isinstance(node, ast.Break)]}")
                self.start(self.labels("dead")[0])
            case ast.Return():
                self.emit(f"ret i64 {self.expression(node.value) if node.value else 0}")
                self.start(self.labels("dead")[0])
            case _:
                raise self.refuse(node, f"{type(node).__name__} is not in the subset")

    def store(self, target: ast.expr, right: str) -> None:
        if isinstance(target, ast.Name):
            self.emit(f"store i64 {right}, ptr {self.slot(target.id)}")
            return
        element, pointer = self.element(target)
        if element != "i64":
            right = self.value(f"trunc i64 {right} to {element}")
        self.emit(f"store {element} {right}, ptr {pointer}")

    def element(self, node: ast.expr) -> tuple[str, str]:
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
            raise self.refuse(node, "only names and array[index] can be assigned to and read")
        element = self.arrays[node.value.id]
        index = self.expression(node.slice)
        return element, self.value(f"getelementptr {element}, ptr %{node.value.id}, i64 {index}")

    def branch(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id not in self.slots:
            constant = self.name(node.test, node.test.id)
            self.statements(node.orelse if constant == "0" else node.body)
            return
        then, otherwise, done = self.labels("then", "else", "done")
        self.condition(node.test, then, otherwise)
        self.start(then)
        self.statements(node.body)
        self.emit(f"br label %{done}")
        self.start(otherwise)
        self.statements(node.orelse)
        self.emit(f"br label %{done}")
        self.start(done)

    def loop(self, node: ast.While) -> None:
        test, body, done = self.labels("test", "body", "done")
        self.emit(f"br label %{test}")
        self.start(test)
        self.condition(node.test, body, done)
        self.start(body)
        self.loops.append((test, done))
        self.statements(node.body)
        self.loops.pop()
        self.emit(f"br label %{test}")
        self.start(done)

    def counted(self, node: ast.For) -> None:
        if not (isinstance(node.iter, ast.Call) and isinstance(node.target, ast.Name)):
            raise self.refuse(node, "loops are over range(...)")
        bounds = [self.expression(a) for a in node.iter.args]
        low, high = ("0", bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
        if low.isdigit() and high.isdigit():
            for turn in range(int(low), int(high)):
                self.emit(f"store i64 {turn}, ptr {self.slot(node.target.id)}")
                self.statements(node.body)
            return
        test, body, following, done = self.labels("test", "body", "next", "done")
        slot = self.slot(node.target.id)
        self.emit(f"store i64 {low}, ptr {slot}")
        self.emit(f"br label %{test}")
        self.start(test)
        current = self.value(f"load i64, ptr {slot}")
        self.emit(f"br i1 {self.value(f'icmp ult i64 {current}, {high}')}, label %{body}, label %{done}")
        self.start(body)
        self.loops.append((following, done))
        self.statements(node.body)
        self.loops.pop()
        self.emit(f"br label %{following}")
        self.start(following)
        stepped = self.value(f"add i64 {self.value(f'load i64, ptr {slot}')}, 1")
        self.emit(f"store i64 {stepped}, ptr {slot}")
        self.emit(f"br label %{test}")
        self.start(done)

    # -- expressions -----------------------------------------------------------------------------------------------
    def condition(self, node: ast.expr, yes: str, no: str) -> None:
        """Branch to `yes` or `no`."""
        match node:
            case ast.BoolOp(values=values):
                for value in values[:-1]:
                    (more,) = self.labels("more")
                    self.condition(value, *((more, no) if isinstance(node.op, ast.And) else (yes, more)))
                    self.start(more)
                self.condition(values[-1], yes, no)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.condition(operand, no, yes)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                a, b = self.expression(left), self.expression(right)
                test = self.value(f"icmp {_COMPARE[type(operator)]} i64 {a}, {b}")
                self.emit(f"br i1 {test}, label %{yes}, label %{no}")
            case _:
                test = self.value(f"icmp ne i64 {self.expression(node)}, 0")
                self.emit(f"br i1 {test}, label %{yes}, label %{no}")

    def expression(self, node: ast.expr) -> str:
        """The value of an expression as an operand."""
        match node:
            case ast.Constant(value=int(number)):
                return self.literal(int(number))
            case ast.Name(id=name):
                return self.name(node, name)
            case ast.BinOp(left=left, right=right):
                a, b = self.expression(left), self.expression(right)
                return self.value(f"{_BINARY[type(node.op)]} i64 {a}, {b}")
            case ast.Subscript():
                element, pointer = self.element(node)
                loaded = self.value(f"load {element}, ptr {pointer}")
                return loaded if element == "i64" else self.value(f"zext {element} {loaded} to i64")
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.either(test, body, orelse)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                a, b = self.expression(left), self.expression(right)
                return self.value(f"zext i1 {self.value(f'icmp {_COMPARE[type(operator)]} i64 {a}, {b}')} to i64")
            case ast.Call(func=ast.Name(id=called), args=arguments):
                return self.call(called, arguments)
        raise self.refuse(node, f"{ast.unparse(node)} is not in the subset")

    @staticmethod
    def literal(number: int) -> str:
        number %= 1 << 64
        return str(number - (1 << 64) if number >> 63 else number)

    def name(self, node: ast.expr, name: str) -> str:
        if name in self.slots:
            return self.value(f"load i64, ptr %v.{name}")
        known = self.constants.get(name, self.function.__globals__.get(name))
        if not isinstance(known, int):
            raise self.refuse(node, f"{name} is neither assigned before nor a constant")
        return self.literal(known)

    def either(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> str:
        then, otherwise, done = self.labels("then", "else", "done")
        slot = self.slot(f"either{self.count}")
        self.condition(test, then, otherwise)
        for label, branch in ((then, body), (otherwise, orelse)):
            self.start(label)
            self.emit(f"store i64 {self.expression(branch)}, ptr {slot}")
            self.emit(f"br label %{done}")
        self.start(done)
        return self.value(f"load i64, ptr {slot}")

    def call(self, called: str, arguments: list[ast.expr]) -> str:
        if called == "prefetch":
            _, pointer = self.element(ast.Subscript(arguments[0], arguments[1]))
            self.emit(f"call void @llvm.prefetch.p0(ptr {pointer}, i32 0, i32 3, i32 1)")
            return "0"
        if called == "shared":
            _, pointer = self.element(ast.Subscript(arguments[0], arguments[1]))
            return self.value(f"load atomic i64, ptr {pointer} acquire, align 8")
        if called == "share":
            word = self.expression(arguments[2])
            _, pointer = self.element(ast.Subscript(arguments[0], arguments[1]))
            self.emit(f"store atomic i64 {word}, ptr {pointer} release, align 8")
            return word
        if called == "take":
            _, pointer = self.element(ast.Subscript(arguments[0], arguments[1]))
            return self.value(f"atomicrmw xchg ptr {pointer}, i64 1 seq_cst")
        if called in ("fence", "barrier"):
            self.emit(f"fence {'release' if called == 'fence' else 'seq_cst'}")
            return "0"
        if called in ("min", "max"):
            a, b = (self.expression(x) for x in arguments)
            return self.value(f"call i64 @llvm.u{called}.i64(i64 {a}, i64 {b})")
        if called == "count_bits":
            return self.value(f"call i64 @llvm.ctpop.i64(i64 {self.expression(arguments[0])})")
        if called == "lowest_bit":
            return self.value(f"call i64 @llvm.cttz.i64(i64 {self.expression(arguments[0])}, i1 true)")
        passed = []
        for argument in arguments:
            if isinstance(argument, ast.Name) and (argument.id in self.arrays or argument.id in self.functions):
                passed.append(f"ptr %{argument.id}")
            elif isinstance(argument, ast.Subscript) and isinstance(argument.slice, ast.Slice):
                # The rest of an array, from some element on.
                assert argument.slice.lower is not None
                _, pointer = self.element(ast.Subscript(argument.value, argument.slice.lower))
                passed.append(f"ptr {pointer}")
            else:
                passed.append(f"i64 {self.expression(argument)}")
        callee = f"%{called}" if called in self.functions else f"@{self.called(called)}"
        return self.value(f"call i64 {callee}({', '.join(passed)})")
