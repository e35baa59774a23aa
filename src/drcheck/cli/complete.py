"""Shell completion: designs, properties and parameters, and a script for bash that understands `module:design`.

The shell runs `drcheck` with `_DRCHECK_COMPLETE` in its environment. Whatever a model prints or raises then is kept off the
command line that is being typed: what cannot be completed has no completions.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

if TYPE_CHECKING:
    from drcheck.designs.design import Design
    from drcheck.designs.parameter import Parameter

VARIABLE = "_DRCHECK_COMPLETE"


def completion(application: click.Command, instruction: str) -> int:
    """Answer a shell: `bash_source` is the script to evaluate, `bash_complete` what can follow. Returns the status."""
    shell, _, what = instruction.partition("_")
    kind = get_completion_class(shell)
    if kind is None or what not in ("source", "complete"):
        return 1
    asked = kind(application, {}, "drcheck", VARIABLE)
    if what == "source":
        text = asked.source()
    else:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            text = asked.complete()
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text + "\n")
    else:  # text would get carriage returns on Windows
        stream.write(text.encode() + b"\n")
    return 0


class _Bash(BashComplete):
    """Bash ends words at `:` and `=`. So the line is read whole, and the part before them is left out again."""

    source_template = """\
%(complete_func)s() {
    local IFS=$'\\n' response completion type value

    response=$(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" %(complete_var)s=bash_complete "$1")

    COMPREPLY=()
    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"

        if [[ $type == 'dir' ]]; then
            compopt -o dirnames
        elif [[ $type == 'file' ]]; then
            compopt -o default
        elif [[ $type == 'plain' ]]; then
            [[ $value == *= ]] && compopt -o nospace
            COMPREPLY+=("$value")
        fi
    done

    return 0
}

%(complete_func)s_setup() {
    complete -o nosort -F %(complete_func)s %(prog_name)s
}

%(complete_func)s_setup;
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ.get("COMP_WORDS", "")
        words = split_arg_string(line)
        incomplete = words.pop() if len(words) > 1 and not line[-1:].isspace() else ""
        return words[1:], incomplete

    def complete(self) -> str:
        words, incomplete = self.get_completion_args()
        ends = [incomplete.rfind(end) for end in os.environ.get("COMP_BREAKS", "") if end in ":="]
        before = incomplete[: max(ends, default=-1) + 1]
        found = self.get_completions(words, incomplete)
        return "\n".join(f"{item.type},{item.value.removeprefix(before)}" for item in found)


add_completion_class(_Bash)


def designs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Targets: the designs of package model/ and of the module that is being named; files where a path is typed."""
    if "/" in incomplete:
        return [CompletionItem(incomplete, type="file")]
    found: list[str] = []
    with contextlib.suppress(Exception, SystemExit):
        from drcheck.cli.discover import discover

        found += [design.name for design in discover()]
    module, colon, _ = incomplete.partition(":")
    if colon:
        with contextlib.suppress(Exception, SystemExit):
            from drcheck.designs.design import designs_of, import_module

            found += [design.name for design in designs_of(import_module(module)).values()]
    else:
        found += sorted(path.name for path in Path.cwd().glob("*.py") if _may_be_a_design(path))
    return _beginning(dict.fromkeys(found), incomplete)


def properties(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Names of properties of the design that is named before, and keys of their claims."""
    with contextlib.suppress(Exception, SystemExit):
        design = _design(context)
        statements = design.statements() if design is not None else []
        names = {s.name: str(s.details["statement"]) for s in statements}
        claims = {str(key): "" for s in statements for key in s.details["claims"]}
        return _beginning({**names, **claims}, incomplete, helped=True)
    return []


def settings(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """`--set`: parameters of the design that is named before, and then their values."""
    with contextlib.suppress(Exception, SystemExit):
        design = _design(context)
        if design is None:
            return []
        name, equals, _ = incomplete.partition("=")
        if equals:
            return _beginning([f"{name}={value}" for value in _values(design.parameter(name))], incomplete)
        return _beginning({f"{p.name}=": _meaning(p) for p in design.parameters}, incomplete, helped=True)
    return []


def words(*known: str) -> Any:
    """Completion of an option with these values."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        return _beginning(known, incomplete)

    return complete


def _design(context: click.Context) -> Design | None:
    """The design that the command line names so far."""
    from drcheck.designs.design import load

    named = context.params.get("target") or next(iter(context.params.get("targets") or ()), None)
    if named is None:  # an option whose value is being typed leaves all that is before it where it was
        named = next(iter(context.args), None)
    return load(named) if named else None


def _meaning(parameter: Parameter) -> str:
    """Its role and its meaning."""
    role = "" if parameter.role is None else parameter.role.value
    return f"{role}: {parameter.doc}" if role and parameter.doc else role or parameter.doc


def _values(parameter: Parameter) -> list[str]:
    from drcheck.designs.parameter import show

    if parameter.type is bool:
        return ["yes", "no"]
    return [show(choice) for choice in parameter.choices[:50]]


def _may_be_a_design(path: Path) -> bool:
    """Whether a file can be one with a design; it is not imported to find out."""
    try:
        return path.stem.isidentifier() and "@design" in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _beginning(found: Iterable[str], incomplete: str, helped: bool = False) -> list[CompletionItem[str]]:
    help_ = found if helped and isinstance(found, dict) else {}
    return [
        CompletionItem(value, help=" ".join(help_.get(value, "").split()) or None)
        for value in found
        if value.startswith(incomplete)
    ]
