"""`drcheck audit`: compare configuration files with each other and with what the design needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.options import assignments_of, json_option
from drcheck.errors import AuditError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.audit import Audit, Remark

_TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*\Z")


@click.command(
    "audit",
    epilog="""
\b
Examples:
  drcheck audit extract.prm datapump.prm replicat.prm
  drcheck audit drcheck.examples:passwords extract.prm --json

Exit status: 0 no problem (there may be warnings and notes), 1 problems found, 2 an error.
""",
)
@click.argument("words", metavar="[TARGET] FILE...", nargs=-1, required=True)
@click.option(
    "--set",
    "assignments",
    metavar="NAME=VALUE",
    multiple=True,
    help="An option of the audit. Any number of times.",
)
@json_option
@click.pass_context
def audit_command(context: click.Context, words: Sequence[str], assignments: Sequence[str], as_json_: bool) -> None:
    """Audit configuration FILEs with the audit TARGET (module:function).

    Without TARGET, with the only audit of the working directory's package model/.
    """
    from drcheck.audit import PROBLEM
    from drcheck.cli.console import prints_apart
    from drcheck.cli.status import OK, VIOLATION

    # A model that prints must not spoil the one object on standard output.
    with prints_apart(as_json_):
        chosen, files = _chosen(words)
        remarks = chosen(files, assignments_of(assignments))
    if as_json_:
        from drcheck.cli.data import as_json
        from drcheck.schemas import document

        data = {"audit": chosen.name, "files": list(map(str, files)), "remarks": [r.as_data() for r in remarks]}
        click.echo(as_json(document("audit", data)))
    else:
        from drcheck.cli.console import output

        _print(output(), chosen, files, remarks)
    context.exit(VIOLATION if any(remark.severity == PROBLEM for remark in remarks) else OK)


def _chosen(words: Sequence[str]) -> tuple[Audit, list[Path]]:
    """The audit and the files. Raises AuditError DR701, UsageError DR401, DesignError DR201 or DR202."""
    from drcheck.audit import audits_in, load
    from drcheck.cli.discover import PACKAGE

    named = _TARGET.match(words[0]) is not None and not Path(words[0]).exists()
    files = [Path(word) for word in words[named:]]
    if not files:
        raise UsageError("DR401", "there is no file to audit", remedy=f"name files after {words[0]}")
    if named:
        return load(words[0]), files
    found = audits_in(PACKAGE)
    if len(found) != 1:
        raise AuditError(
            "DR701",
            f"package {PACKAGE!r} has {len(found)} audits; name one before the files",
            available=[audit.name for audit in found],
        )
    return found[0], files


def _print(console: Console, chosen: Audit, files: Sequence[Path], remarks: Sequence[Remark]) -> None:
    from drcheck.audit import SEVERITIES
    from drcheck.cli.console import plain

    styles = {"problem": "bold red", "warning": "yellow", "note": ""}
    plain(console, f"{chosen.name}: {chosen.title}", style="bold")
    for remark in remarks:
        claims = f" [{', '.join(remark.claims)}]" if remark.claims else ""
        plain(console)
        plain(
            console,
            f"{remark.file}:{remark.line}: {remark.severity} {remark.code}{claims}",
            style=styles[remark.severity],
        )
        plain(console, remark.what, indent=2)
        if remark.remedy:
            plain(console, f"Remedy: {remark.remedy}", indent=2)
    counts = Counter(remark.severity for remark in remarks)
    told = ", ".join(f"{counts[s]} {s}{'s' * (counts[s] != 1)}" for s in SEVERITIES)
    plain(console)
    plain(console, f"{len(files)} file{'s' * (len(files) != 1)}: {told}", style="bold")
