"""`drcheck tree`: fault trees of promises, from their minimal cut sets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs, properties
from drcheck.cli.options import (
    budget_option,
    json_option,
    order_option,
    search_options,
    set_option,
    settings_for,
    uses_option,
)

if TYPE_CHECKING:
    from drcheck.answers.cuts import CutsReport
    from drcheck.answers.fault_tree import FaultTree
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits


@click.command(
    "tree",
    epilog="""
\b
Examples:
  drcheck tree drcheck.examples:pair
  drcheck tree drcheck.examples:pair somebody_serves --output trees
  drcheck tree drcheck.examples:pair --output trees.xml

Without PROPERTY: the promises that decide a claim or measure something, or all where no claim is decided. --output FOLDER draws
each tree; FILE.xml writes all of them in the Open-PSA Model Exchange Format. docs/trees.md says more.

Exit status: 0 everything up to the order was decided, 2 an error, 3 something was not.
""",
)
@click.argument("target", metavar="TARGET", shell_complete=designs)
@click.argument("names", metavar="[PROPERTY]...", nargs=-1, shell_complete=properties)
@order_option
@uses_option
@budget_option
@set_option
@json_option
@search_options
@click.option("--output", type=click.Path(path_type=Path), default=None, help="A folder for drawings, or FILE.xml.")
@click.pass_context
def tree_command(
    context: click.Context,
    target: str,
    names: Sequence[str],
    order: int,
    by: str,
    budget: int | None,
    assignments: Sequence[str],
    as_json_: bool,
    engine: str,
    limits: Limits,
    output: Path | None,
) -> None:
    """Fault trees of promises: which single things, and which things together, make each of them fail.

    The trees have the minimal cut sets of `drcheck cuts`, no more and no fewer. TARGET is a design (module:design), PROPERTY the
    name of a property or the key of a claim.
    """
    from drcheck.answers.cuts import INTERRUPTED, cuts
    from drcheck.answers.fault_tree import fault_trees, top_level
    from drcheck.cli.console import display, prints_apart
    from drcheck.cli.data import as_json, parameters_data
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory
    from drcheck.cli.status import INTERRUPTED_LINE, OK, UNDECIDED
    from drcheck.report.fault_trees import trees_data
    from drcheck.schemas import document

    if output is not None:
        try_directory(output.parent if output.suffix == ".xml" else output)
    with prints_apart(as_json_), display() as shown:
        (design,) = chosen([target], limits)
        settings = settings_for(design, assignments)
        wanted = names or top_level(design.statements(settings))
        listener = shown.listener(design.name)
        report = cuts(
            design,
            settings,
            wanted,
            order=order,
            by_event=by == "event",
            budget=budget,
            engine=engine,
            limits=limits,
            listener=listener,
        )
        trees = fault_trees(report)
    if output is not None:
        _write(trees, design, output, err=as_json_)
    if as_json_:
        click.echo(as_json(document("tree", trees_data(report, trees, parameters_data))))
    elif output is None:
        _print(report, trees)
    if report.stopped == INTERRUPTED:
        click.echo(INTERRUPTED_LINE, err=True)
    context.exit(OK if all(promise.whole for promise in report.promises) else UNDECIDED)


def _write(trees: Sequence[FaultTree], design: Design, output: Path, *, err: bool) -> None:
    from drcheck.cli.output_files import write_text
    from drcheck.render.style import plural
    from drcheck.render.tree import tree_svg
    from drcheck.report.fault_trees import open_psa, tree_diagram

    if output.suffix == ".xml":
        write_text(output, open_psa(trees, design.name, design.title))
        click.echo(f"written: {output}", err=err)
        return
    drawn = {output / f"{tree.name}.svg": tree_svg(tree_diagram(tree, design.title)) for tree in trees}
    for path, text in drawn.items():
        write_text(path, text)
    click.echo(f"written: {plural(len(drawn), 'drawing')} in {output}", err=err)


def _print(report: CutsReport, trees: Sequence[FaultTree]) -> None:
    """The trees as indented text."""
    from drcheck.cli.console import output, plain
    from drcheck.render.style import plural
    from drcheck.render.tree import tree_text
    from drcheck.report.fault_trees import tree_diagram

    console = output()
    plain(console, f"{report.design.name}: {report.design.title}", style="bold")
    for tree in trees:
        diagram = tree_diagram(tree, report.design.title)
        plain(console)
        first, *others = tree_text(diagram)
        plain(console, first, style="bold red")
        for line in others:
            plain(console, line.lstrip(), indent=len(line) - len(line.lstrip()))
        for note in diagram.notes:
            plain(console, f"({note})")
    kept = [promise.name for promise in report.promises if not promise.cuts and promise.whole]
    unknown = [promise.name for promise in report.promises if not promise.whole]
    plain(console)
    for said, which in ((f"hold with any {report.order} at once", kept), ("not wholly decided", unknown)):
        if which:
            plain(console, f"{said}: {', '.join(which)}")
    stopped = f"; stopped: {report.stopped}" if report.stopped else ""
    plain(
        console,
        f"{plural(len(trees), 'fault tree')}; {report.searches:,} searches, {report.states:,} states{stopped}",
        style="bold",
    )


__all__ = ["tree_command"]
