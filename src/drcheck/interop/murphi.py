"""The reading of a System as a Murphi model, for Rumur and other checkers of that family (Dill, *The Murphi
Verification System*, CAV 1996).

Each step is a rule, each cell a variable of a boolean or subrange type, each watch an invariant, negated. Where a system has
several initial states, rulesets over what is chosen make a start state of each. Rumur finds
exactly drcheck's states, and its "rules fired" are drcheck's transitions.

Conditions that several rules need are functions. The type `number` covers every intermediate result: Rumur computes in
the narrowest C type that holds all declared types. Deadlocks are drcheck's matter: generate the verifier with
`--deadlock-detection off`.
"""

from __future__ import annotations

from collections.abc import Sequence

from drcheck.interop.writing import Dialect, Writer, identifier, named, remark
from drcheck.language.expressions import BOOLEAN, LIMIT, Expression
from drcheck.system.commands import Step, flatten, starts
from drcheck.system.system import Cell, System

DIALECT = Dialect(
    language="Murphi",
    infix={"and": "&", "or": "|", "//": "/", "==": "="},
    conditional="({} ? {} : {})",
    named="{}()",
    cell=identifier,
    low=-LIMIT,
    high=LIMIT,
)


def source(
    system: System, watches: Sequence[Expression] = (), *, escapes: bool = True, names: Sequence[str] = ()
) -> str:
    """The model as text; `watches` are lowered boolean expressions for bad states, and `names` those of their invariants.

    `escapes`: see `commands.flatten`; without checks a value that leaves its domain is an error that Rumur reports.

    Raises OutputError DR604: an expression that is too long, a division whose shifted operands pass 62 bits.
    """
    writer = Writer(system, DIALECT)
    commands = flatten(system, escapes=escapes)
    cells = [cell for cell in system.cells if cell.domain.size > 1]
    body: list[str] = []
    for definition in commands.definitions:
        text = writer.definition(definition)
        body += [f"function {definition.name}(): boolean; begin return {text}; end;", ""]
    body += [*_start(system, cells), ""]
    for number, step in enumerate(commands.steps):
        body += [*_rule(system, writer, number, step), ""]
    for name, watch in named(watches, names):
        body += [f'invariant "{name}" !({writer.text(watch)});', ""]
    for cell in cells:
        writer.note(cell.domain.low, cell.domain.high)
    head = [
        f"-- {remark(system.name)}: written by drcheck. One rule fired is one step of the system.",
        "",
        f"type number: {writer.low}..{writer.high};",
        "",
        "var",
        *(f"  {identifier(cell)}: {_type(cell)};" for cell in cells),
        "",
    ]
    return "\n".join([*head, *body])


def _start(system: System, cells: Sequence[Cell]) -> list[str]:
    choices = starts(system)
    chosen = {cell for some, _ in choices for cell in some}
    heads = [f"ruleset choice{n}: 0..{len(ways) - 1} do" for n, (_, ways) in enumerate(choices)]
    lines = ["startstate", "begin"]
    lines += [_set(cell, system.initial[cell.index]) for cell in cells if cell.index not in chosen]
    for n, (some, ways) in enumerate(choices):
        for way, values in enumerate(ways):
            lines.append(f"  {'elsif' if way else 'if'} choice{n} = {way} then")
            lines += [f"  {_set(system.cells[cell], value)}" for cell, value in zip(some, values, strict=True)]
        lines.append("  end;")
    return [*heads, *lines, "end;", *["end;"] * len(heads)]


def _set(cell: Cell, raw: int) -> str:
    return f"  {identifier(cell)} := {_value(cell, raw)};"


def _type(cell: Cell) -> str:
    return "boolean" if cell.kind == BOOLEAN else f"{cell.domain.low}..{cell.domain.high}"


def _value(cell: Cell, raw: int) -> str:
    return str(bool(raw)).lower() if cell.kind == BOOLEAN else str(raw)


def _rule(system: System, writer: Writer, number: int, step: Step) -> list[str]:
    lines = [f'rule "{number} {remark(step.name)}"', f"  {writer.condition(step.condition)}", "==>"]
    lines += [f"var t{a.temporary}: {_type(system.cells[a.target])};" for a in step.temporaries]
    lines.append("begin")
    for assignment in step.assignments:
        name = identifier(system.cells[assignment.target])
        if assignment.value is None:
            lines.append(f"  {name} := t{assignment.temporary};")
        else:
            target = name if assignment.temporary is None else f"t{assignment.temporary}"
            lines.append(f"  {target} := {writer.text(assignment.value)};")
    return [*lines, "end;"]
