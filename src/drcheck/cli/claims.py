"""`drcheck claims`: the traceability matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import by_option, json_option, search_options
from drcheck.errors import EngineError

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.engines.protocol import Limits
    from drcheck.verdicts.claims import Decision, Row


@click.command(
    "claims",
    epilog="""
\b
Examples:
  drcheck claims
  drcheck claims --whole --no-run
  drcheck claims --json > matrix.json

The verdict on a claim follows from the properties in the role "as stated"; what breaks it beyond what the document says
stands beside it. docs/claims.md says what each verdict means. The exit status is 0 whatever the verdicts are, and 3
after Ctrl-C: what was decided by then is shown, no further search starts, and a second one ends the command at once.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option("--whole", is_flag=True, help="Show sources, notes, and the properties that decide each claim, too.")
@click.option("--no-run", is_flag=True, help="Do not decide anything: list the properties that would.")
@json_option
@by_option
@search_options
@click.pass_context
def claims_command(
    context: click.Context,
    targets: Sequence[str],
    whole: bool,
    no_run: bool,
    as_json_: bool,
    by: str,
    engine: str,
    limits: Limits,
) -> None:
    """Show every claim with its verdict, a line each; with --whole its source and the properties that decide it, too.

    Claims are listed in properties/claims.py. Properties are those of the designs TARGET (module:design); without any,
    of all designs of the working directory's package model/. They are run unless --no-run is given.
    """
    from drcheck.cli.console import display, output, prints_apart
    from drcheck.cli.discover import chosen
    from drcheck.cli.status import INTERRUPTED_LINE, UNDECIDED
    from drcheck.verdicts.check import check_design, prepare_all
    from drcheck.verdicts.claims import all_undecided, decisions_of, for_reason, load_claims, matrix
    from drcheck.verdicts.sliced import SEARCH, checked_way, refuse_sliced
    from drcheck.verdicts.wording import INTERRUPTED

    interrupted = False
    if checked_way(by) != SEARCH:
        refuse_sliced(engine, limits, frozenset(), coverage=False)
    with prints_apart(as_json_), display() as shown:
        designs, claims = [(design, dict[str, Any]()) for design in chosen(targets, limits)], load_claims()
        listed, spent = all_undecided(designs, limits)
        # Before any search, so that an unknown key is reported at once.
        rows = matrix(claims, [entry for entries in listed for entry in entries])
        if not no_run:
            decided = []
            ready = prepare_all(designs, limits, spent)
            for (design, _), prepared, entries in zip(designs, ready, listed, strict=True):
                if interrupted:
                    decided += for_reason(entries, INTERRUPTED)
                    continue
                try:
                    report = check_design(
                        design,
                        engine=engine,
                        limits=limits,
                        listener=shown.listener(design.name),
                        keep_states=False,
                        causes=False,
                        prepared=prepared,
                        by=by,
                    )
                except KeyboardInterrupt:
                    if not decided:
                        raise
                    interrupted = True
                    decided += for_reason(entries, INTERRUPTED)
                    continue
                except EngineError as error:  # a limit that left nothing to report of this design
                    if error.code not in ("DR510", "DR515") or not decided:
                        raise
                    decided += for_reason(entries, error.message)
                    continue
                decided += decisions_of(report)
                for remark in (remark for run in report.runs for remark in run.exploration.remarks):
                    click.echo(f"{design.name}: {remark}", err=True)
                interrupted = report.interrupted
            rows = matrix(claims, decided)
    if as_json_:
        from drcheck.cli.data import as_json
        from drcheck.schemas import document

        click.echo(as_json(document("claims", {"claims": [row.as_data() for row in rows]})))
    else:
        from drcheck.cli.console import plain

        (_print_matrix if whole else _print_short)(output(), rows, run=not no_run)
        plain(output(), _summary(rows, run=not no_run), style="bold")
    if interrupted:
        click.echo(INTERRUPTED_LINE, err=True)
        context.exit(UNDECIDED)


def _print_short(console: Console, rows: Sequence[Row], *, run: bool) -> None:
    """Each claim in a line: its key, its verdict, and what fits of what is claimed."""
    from drcheck.cli.console import one_line

    said = [row.word.value if run or not row.decisions else "not run" for row in rows]
    keys, words = (max((len(text) for text in texts), default=0) for texts in ([r.claim.key for r in rows], said))
    for row, word in zip(rows, said, strict=True):
        one_line(console, row.claim.key, f"{'':{keys - len(row.claim.key)}}  {word:{words}}  {row.claim.text}")


def _print_matrix(console: Console, rows: Sequence[Row], *, run: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from drcheck.cli.console import table as print_table
    from drcheck.verdicts.claims import Word

    styles = {
        Word.HOLDS: "green",
        Word.ONLY_IF: "green",
        Word.FAILS: "bold red",
        Word.CONTRADICTED: "red",
        Word.NOT_DECIDED: "dim",
    }
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("claim", no_wrap=True)
    table.add_column("what is claimed, and where", ratio=4)
    table.add_column("verdict", ratio=3)
    table.add_column("properties", ratio=4, overflow="fold")
    for row in rows:
        said = Text(row.verdict if run or not row.decisions else "not run", style=styles.get(row.word, "bold"))
        if run:
            said.append("".join(f"\n{note}" for note in row.notes()), style="not bold default")
        table.add_row(
            Text(row.claim.key),
            Text.assemble(row.claim.text, "\n", (f"{row.claim.kind.value}; {row.claim.source}", "dim")),
            said,
            Text("\n".join(_told(row, run=run))),
        )
    print_table(console, table)


def _told(row: Row, *, run: bool) -> list[str]:
    """The properties of a claim, design by design."""
    from drcheck.cli.check_tables import broken
    from drcheck.logic.roles import Role

    by_design: dict[str, list[Decision]] = {}
    for decision in row.decisions:
        by_design.setdefault(decision.design, []).append(decision)
    lines = []
    for design, decisions in by_design.items():
        lines.append(f"{design}:")
        for decision in decisions:
            name = broken(decision.property, 30)
            role = "" if decision.role.role is Role.AS_STATED else f" ({decision.role.role.value})"
            role += " by construction" if decision.by_construction else ""
            lines.append(f"  {decision.verdict or 'not run'}{role}: {name}" if run else f"  {name}{role}")
            if decision.verdict == "VIOLATED" and decision.finding:
                lines.append(f"    finding: {decision.finding}")
            elif run and not decision.verdict and decision.reason:
                lines.append(f"    {decision.reason}")
    return lines


def _summary(rows: Sequence[Row], *, run: bool) -> str:
    from drcheck.verdicts.claims import Word

    with_properties = sum(bool(row.decisions) for row in rows)
    head = f"{len(rows)} claims, {with_properties} with properties"
    if not run:
        return head
    counts = {word: sum(row.word is word for row in rows) for word in Word}
    return f"{head}: " + ", ".join(f"{count} {word.value}" for word, count in counts.items() if count)
