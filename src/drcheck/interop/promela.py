"""The reading of a System as a Promela model, for Spin (Holzmann, *The SPIN Model Checker*, 2003).

One process loops over all steps; each is `atomic`, so that one step of drcheck is one transition of Spin and no state
in between is stored (`d_step` would mean the same; Spin then saves whole states, which makes it slower). Cells are global
variables, fields of just as many bits as they need or whole bytes; a domain that does not begin at 0 is shifted. Spin
stores exactly drcheck's states.

Spin reports as transitions the states that it stored and those that it met again, which is one more than drcheck's
transitions: it counts the initial state among the stored ones. Where a system has several, the process first chooses one: Spin
then has one state more, that before the choice, and a transition more for each initial state (`extra`).

`spin -a` must be given `-o2`: otherwise it leaves variables that are never read out of the state, and finds fewer
states than there are.

A watch becomes a step that is possible where the watch holds and whose assertion fails. Where none holds, Spin's counts
are those of the model without watches. Conditions that several steps need are macros. The loop is a valid end, so that
deadlocks, which drcheck counts itself, are not errors.
"""

from __future__ import annotations

from collections.abc import Sequence

from drcheck.errors import OutputError
from drcheck.interop.writing import Dialect, Writer, identifier, named, remark
from drcheck.language.expressions import BOOLEAN, Expression, Literal, Operation
from drcheck.system.commands import Assignment, Step, flatten, starts
from drcheck.system.system import Cell, System

ALWAYS = "(_nr_pr > 0)"
"""What holds in every state: Spin refuses a loop whose condition is the constant `true`."""
WIDEST = 31
"""The most bits of a cell: Spin computes with C's int."""
INT = (1 << 31) - 1


def _read(cell: Cell) -> str:
    name, low = identifier(cell), cell.domain.low
    if low == 0 or cell.kind == BOOLEAN:
        return name
    return f"({name} + {low})" if low > 0 else f"({name} - {-low})"


DIALECT = Dialect(
    language="Promela",
    infix={"and": "&&", "or": "||", "//": "/"},
    conditional="({} -> {} : {})",
    named="{}",
    cell=_read,
    low=-INT,
    high=INT,
)


def source(
    system: System,
    watches: Sequence[Expression] = (),
    *,
    packed: bool = True,
    escapes: bool = True,
    names: Sequence[str] = (),
) -> str:
    """The model as text; `watches` are lowered boolean expressions for bad states, and `names` those of their invariants.

    `packed`: cells take as few bits as they need, else whole bytes, which Spin reads somewhat faster where states are
    narrow and pays for where they are wide. `escapes`: see `commands.flatten`; without checks a value that leaves its
    domain is cut off silently.

    Raises OutputError DR604: a cell of more than 31 bits, numbers beyond 32 bits, an expression that is too long.
    """
    writer = Writer(system, DIALECT)
    commands = flatten(system, escapes=escapes)
    lines = [
        f"/* {remark(system.name)}: written by drcheck. One transition is one step of the system.",
        "   To be read with spin -a -o2, which keeps in the state what is written and never read. */",
        "",
    ]
    lines += [_declaration(system, cell, raw, packed) for cell, raw in _state(system)]
    temporaries = max((len(step.temporaries) for step in commands.steps), default=0)
    lines += [f"hidden int t{n};  /* no part of the state */" for n in range(temporaries)]
    lines.append("")
    lines += [f"#define {d.name} ({writer.definition(d)})" for d in commands.definitions]
    lines += ["active proctype system() {", *_beginning(system), "end:", "    do"]
    for step in commands.steps:
        lines += [f"    /* {remark(step.name)} */", *_option(system, writer, step)]
    for name, watch in named(watches, names):
        lines += [f"    /* {name} */", f"    :: atomic {{ {writer.text(watch)} -> assert(false) }}"]
    if not commands.steps and not watches:
        lines.append("    :: atomic { false -> skip }")  # a loop needs an option
    lines += ["    od", "}"]
    return "\n".join(lines) + "\n"


def extra(system: System) -> tuple[int, int]:
    """How many states and transitions Spin has more than drcheck, by choosing the initial state."""
    return (1, system.initials) if system.initials > 1 else (0, 0)


def _beginning(system: System) -> list[str]:
    """The choice of an initial state, if there are several."""
    chosen = []
    for cells, ways in starts(system):
        chosen.append("        if")
        for values in ways:
            set_ = (
                f"{identifier(cell)} = {value - cell.domain.low}"
                for cell, value in zip((system.cells[n] for n in cells), values, strict=True)
            )
            chosen.append(f"        :: {'; '.join(set_)}")
        chosen.append("        fi;")
    return ["    atomic {", *chosen[:-1], "        fi", "    }"] if chosen else []


def _state(system: System) -> list[tuple[Cell, int]]:
    return [(cell, raw) for cell, raw in zip(system.cells, system.initial, strict=True) if cell.domain.size > 1]


def _declaration(system: System, cell: Cell, raw: int, packed: bool) -> str:
    bits = cell.domain.bits
    if bits > WIDEST:
        raise OutputError(
            "DR604",
            f"{cell.name} of system {system.name} has {cell.domain.size:,} values, which take {bits} bits; "
            f"a variable in Promela has {WIDEST}",
            remedy="narrow its domain",
        )
    name, start = identifier(cell), raw - cell.domain.low
    if packed:
        return f"bit {name} = {start};" if bits == 1 else f"unsigned {name} : {bits} = {start};"
    return f"{'byte' if bits <= 8 else 'short' if bits <= 15 else 'int'} {name} = {start};"


def _option(system: System, writer: Writer, step: Step) -> list[str]:
    condition = writer.condition(step.condition)
    lines = [f"    :: atomic {{ {ALWAYS if condition == 'true' else condition} ->"]
    lines += [f"        {_assignment(system, writer, a)};" for a in step.assignments]
    return [*lines, "        skip }"] if not step.assignments else [*lines[:-1], lines[-1][:-1] + " }"]


def _assignment(system: System, writer: Writer, assignment: Assignment) -> str:
    cell = system.cells[assignment.target]
    name, low = identifier(cell), cell.domain.low
    if assignment.value is None:
        return f"{name} = t{assignment.temporary}"
    target = name if assignment.temporary is None else f"t{assignment.temporary}"
    return f"{target} = {writer.text(_shifted(assignment.value, low))}"


def _shifted(value: Expression, low: int) -> Expression:
    """A new value as it is stored: as the distance from the domain's lower end."""
    if low == 0 or value.kind == BOOLEAN:
        return value
    if isinstance(value, Literal):
        return Literal(int(value.value) - low)  # type: ignore[arg-type]  # lowered literals are bool or int
    return Operation("-", (value, Literal(low)), value.kind)
