"""`drcheck repairs`: what the repairs of a design do alone, in pairs and all together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import json_option, on_option, search_options, set_option, settings_for, tell_failed

if TYPE_CHECKING:
    from drcheck.engines.protocol import Limits


@click.command(
    "repairs",
    epilog="""
\b
Examples:
  drcheck repairs drcheck.examples:pair
  drcheck repairs drcheck.examples:pair --output repairs.md

Repairs are the parameters of a design in the role REPAIR. With n of them so many sets are decided: none, each alone, each
two, all, and all with each slip (the parameters in the role SLIP). A limit is that of each search.

Exit status: 0 the tables were made, 2 an error, 3 a set failed on the cluster each time.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option(
    "--property",
    "names",
    metavar="NAME",
    multiple=True,
    help="Decide this property alone. Any number of times.",
)
@set_option
@json_option
@on_option
@search_options
@click.option("--output", type=click.Path(path_type=Path), default=None, help="Write the tables as Markdown to a file.")
@click.pass_context
def repairs_command(
    context: click.Context,
    targets: Sequence[str],
    names: Sequence[str],
    assignments: Sequence[str],
    as_json_: bool,
    address: str | None,
    engine: str,
    limits: Limits,
    output: Path | None,
) -> None:
    """Decide the properties of a design with every repair that it has, with every two, and with all together.

    Two repairs that work alone can get in each other's way. The tables say what each set mends and what it breaks, which promises
    fail with all repairs, what a slip does then, and which set makes each worst case least. TARGET is a design (module:design);
    without any, all designs that are found.
    """
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import write_text
    from drcheck.cli.status import OK, UNDECIDED
    from drcheck.schemas import document
    from drcheck.verdicts.repair_sets import repair_table
    from drcheck.verdicts.repair_tables import as_data, as_markdown
    from drcheck.workers.cluster import joined

    with prints_apart(as_json_), display() as shown:
        tables = []
        asked = {design: settings_for(design, assignments) for design in chosen(targets, limits)}
        with joined(address, list(asked)) as cluster:
            for design, settings in asked.items():

                def show(done: int, of: int, name: str = design.name) -> None:
                    shown.say(f"{name}: {done} of {of} sets of repairs decided")

                tables.append(
                    repair_table(design, settings, names, engine=engine, limits=limits, progress=show, cluster=cluster)
                )
    if as_json_:
        click.echo(as_json(document("repairs", {"tables": as_data(tables)})))
    elif output is not None:
        write_text(output, as_markdown(tables))
        click.echo(f"written: {output}")
    else:
        click.echo(as_markdown(tables))
    context.exit(UNDECIDED if tell_failed(() if cluster is None else cluster.failed) else OK)
