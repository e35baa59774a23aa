"""`drcheck mutate`: which steps of its procedures a design depends on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from drcheck.cli.complete import designs
from drcheck.cli.options import (
    format_option,
    limits_of,
    on_option,
    resource_options,
    set_option,
    settings_for,
    tell_failed,
)


@click.command(
    "mutate",
    epilog="""
\b
Examples:
  drcheck mutate drcheck.examples:pair
  drcheck mutate --output procedures.md

So many mutants as there are threads are decided side by side, each with its share of the memory.

Exit status: 0 the tables were made, 2 an error, 3 something failed on the cluster each time; a design that is named and has no
procedure is an error, and so is it if none of those that are found has one.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@set_option
@click.option(
    "--largest",
    type=click.IntRange(1),
    default=None,
    metavar="N",
    help="Leave out sets of parameters under which the unchanged design has more states (default 1,000,000).",
)
@format_option("markdown", "json")
@on_option
@resource_options
@click.option("--output", type=click.Path(path_type=Path), default=None, help="Write the tables as Markdown to a file.")
@click.pass_context
def mutate_command(
    context: click.Context,
    targets: Sequence[str],
    assignments: Sequence[str],
    largest: int | None,
    memory: str | None,
    threads: int | None,
    address: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Leave out, hurry, repeat, swap and delay each step of every procedure, and let a second disaster strike in between.

    A procedure is a component in which each step is a state that an operator event of the same name leaves; other operator
    events are no steps, and are not changed: the output lists them. TARGET is a design (module:design); without any, all
    designs that are found. The table says, for each step, which properties break when it is changed, and which steps nothing
    depends on. `drcheck mutants` does the same with the model.
    """
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.console import output as console
    from drcheck.cli.data import as_json
    from drcheck.cli.discover import chosen
    from drcheck.cli.mutate_text import print_mutation
    from drcheck.cli.output_files import write_text
    from drcheck.cli.status import OK, UNDECIDED
    from drcheck.schemas import document
    from drcheck.verdicts.mutation import (
        LARGEST,
        as_data,
        as_markdown,
        mutation_tables,
        no_procedure,
        procedures_of,
    )
    from drcheck.workers.cluster import joined

    limits = limits_of(memory=memory, threads=threads)
    tables = []
    with prints_apart(form == "json"), display() as shown:
        designs = {design: settings_for(design, assignments) for design in chosen(targets)}
        without = [design for design, settings in designs.items() if not procedures_of(design, settings)]
        if without and (targets or len(without) == len(designs)):
            raise no_procedure(without)
        with joined(address, [design for design in designs if design not in without]) as cluster:
            for design, settings in designs.items():
                if design in without:
                    continue

                def show(done: int, of: int, name: str = design.name) -> None:
                    shown.say(f"{name}: step {min(done + 1, of)} of {of}: its mutants")

                tables += mutation_tables(
                    design,
                    settings,
                    largest=largest or LARGEST,
                    workers=limits.threads,
                    memory=limits.memory,
                    progress=show,
                    cluster=cluster,
                )
    names = [design.name for design in without]
    text = "# Procedures and what depends on their steps\n\n" + as_markdown(tables)
    if names:
        text += f"\nWithout a procedure: {', '.join(names)}.\n"
    if form == "json":
        click.echo(as_json(document("mutate", {"tables": as_data(tables), "without_procedure": names})))
    elif output is not None:
        write_text(output, text)
        click.echo(f"written: {output}")
    elif form == "markdown":
        click.echo(text)
    else:
        print_mutation(console(), tables, names)
    context.exit(UNDECIDED if tell_failed(() if cluster is None else cluster.failed) else OK)
