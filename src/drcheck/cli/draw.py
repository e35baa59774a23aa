"""`drcheck draw`: one drawing, or the whole set."""

from __future__ import annotations

import contextlib
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drcheck.cli.complete import designs
from drcheck.cli.formats import ENDINGS
from drcheck.cli.options import assignments_of, search_options, set_option
from drcheck.errors import OutputError, UsageError

if TYPE_CHECKING:
    from drcheck.cli.console import Display
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits
    from drcheck.render.document import Document
    from drcheck.system.system import System

DEFAULT = "mermaid"
"""The one format that every drawing has, for standard output."""


@click.command(
    "draw",
    epilog="""
\b
Examples:
  drcheck draw drcheck.examples:pair --architecture --output architecture.svg
  drcheck draw drcheck.examples:pair --component primary --format dot
  drcheck draw drcheck.examples:pair --counterexample somebody_serves --format svg --output trace.svg
  drcheck draw drcheck.examples:pair --quotient primary,standby --output pair.svg
  drcheck draw --all --output diagrams
  drcheck draw --all --complete --output everything

Sequence charts of counterexamples exist as SVG, Mermaid and text; machines and architectures as DOT, SVG and Mermaid.
With --all, the architecture of each design, every component, and the counterexamples of the findings that are declared
with chart=True are drawn as SVG and Mermaid, and README.md shows them; with --complete as well, every counterexample
and worst case, in all formats. DOT, Mermaid and text come out the same, byte for byte, each time; the layout of SVG
depends on the version of Graphviz.
""",
)
@click.argument("targets", metavar="[TARGET]...", nargs=-1, shell_complete=designs)
@click.option("--component", metavar="NAME", help="Draw the state machine of one component.")
@click.option("--architecture", is_flag=True, help="Draw the components, sites and shared events (the default).")
@click.option("--counterexample", metavar="PROPERTY", help="Decide a property and draw its trace as a sequence chart.")
@click.option(
    "--quotient",
    "terms",
    metavar="TERM,...",
    multiple=True,
    help="Explore, and draw the states by these components, variables or conditions, with the steps between.",
)
@click.option(
    "--events",
    "named",
    metavar="NAME,...",
    multiple=True,
    help="With --quotient: the events (or kinds) that matter; states are drawn as one only where they cannot be told apart.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Draw what a reader looks at first, of all designs without TARGET."
)
@click.option(
    "--complete", is_flag=True, help="With --all: also all other counterexamples and worst cases, in all formats."
)
@click.option("--format", "form", metavar="FORMAT", help="dot, svg, mermaid or text; otherwise as --output ends.")
@click.option("--output", metavar="FILE|DIR", help="Where to write; without it, standard output.")
@set_option
@search_options
def draw_command(
    targets: Sequence[str],
    component: str | None,
    architecture: bool,
    counterexample: str | None,
    terms: Sequence[str],
    named: Sequence[str],
    everything: bool,
    complete: bool,
    form: str | None,
    output: str | None,
    assignments: Sequence[str],
    engine: str,
    limits: Limits,
) -> None:
    """Draw a component, an architecture, a counterexample or the states of the design TARGET (module:design)."""
    from drcheck.cli.console import display

    texts = assignments_of(assignments)
    if sum(map(bool, (component, architecture, counterexample, terms, everything))) > 1:
        raise UsageError(
            "DR401",
            "one drawing at a time",
            available=["--component", "--architecture", "--counterexample", "--quotient", "--all"],
            remedy="keep one of them",
        )
    if named and not terms:
        raise UsageError("DR401", "--events goes with --quotient", remedy="write --quotient TERM,... --events NAME,...")
    if complete and not everything:
        raise UsageError("DR401", "--complete goes with --all", remedy="write --all --complete --output DIR")
    if everything:
        with display() as shown:
            written = _everything(targets, texts, complete, form, output, engine, limits, shown)
        click.echo(f"written: {written} files in {output}")
        return
    if len(targets) != 1:
        raise UsageError("DR401", f"draw takes one design, not {len(targets)}", remedy="use --all for several")
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.designs.design import load
    from drcheck.render.drawing import draw

    form = _format(form, output)
    if output is not None:
        try_directory(Path(output).parent)
    # What a model prints must not come between the lines of a drawing on standard output.
    with contextlib.redirect_stdout(sys.stderr), display() as shown:
        shown.say("composing")
        design = load(targets[0])
        settings = design.settings(texts)
        name, document = counterexample or component or ("states" if terms else "architecture"), None
        if terms:
            document = _states(design, settings, terms, named, engine, limits, shown)
        elif counterexample is None:
            document = _structure(design, settings, component)
        else:
            document = _trace(design, settings, counterexample, engine, limits, shown)
        text = draw(document, form)
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    path = Path(output)
    if path.is_dir():
        path /= f"{name}{ENDINGS[form]}"
    write_text(path, text if text.endswith("\n") else f"{text}\n")
    click.echo(f"written: {path}")


def _format(form: str | None, output: str | None) -> str:
    """The format requested, or that of the file's ending. Raises OutputError DR602."""
    if form is not None and form not in ENDINGS:
        raise OutputError("DR602", f"there is no format {form!r}", available=ENDINGS, asked=form)
    if form is not None:
        return form
    endings = {ending: name for name, ending in ENDINGS.items()} | {".gv": "dot", ".mermaid": "mermaid"}
    return endings.get(Path(output).suffix.lower(), DEFAULT) if output else DEFAULT


def _structure(design: Design, settings: dict[str, object], component: str | None) -> Document:
    """The drawing of a component, or of the architecture. Raises OutputError DR603 for an unknown component."""
    from drcheck.designs.objectives import under_disruptions
    from drcheck.render.machine import machine_diagram
    from drcheck.render.structure import architecture
    from drcheck.system.composition import FAULTS
    from drcheck.system.system import observers

    system = design.build(settings)
    if component is None:
        return architecture(system, under_disruptions(design, settings))
    names = [c.name for c in system.components if c.name != FAULTS]
    if component not in names:
        system = _observed(design, settings, component, system)
        names += [observer.name for observer in observers(system)]
    if component not in names:
        raise OutputError(
            "DR603",
            f"design {design.name} has no component {component!r} with these parameters",
            available=names,
            asked=component,
        )
    return machine_diagram(system.component(component), system)


def _states(
    design: Design,
    settings: dict[str, object],
    terms: Sequence[str],
    named: Sequence[str],
    engine: str,
    limits: Limits,
    shown: Display,
) -> Document:
    """The drawing of a design's states by some terms; an option names several with commas between, or one condition."""
    from drcheck.interop.quotient_graph import quotient_graph
    from drcheck.render.quotient import quotient_diagram

    system = design.build(settings)
    by = list[str]()
    for text in terms:
        names = [name.strip() for name in text.split(",")]
        by += names if all(re.fullmatch(r"[\w.\[\]]*", name) for name in names) else [text]
    listener = shown.listener(design.name)("")
    events = [name.strip() for text in named for name in text.split(",")] or None
    return quotient_diagram(quotient_graph(system, by, events, engine=engine, limits=limits, listener=listener))


def _observed(design: Design, settings: dict[str, object], component: str, otherwise: System) -> System:
    """The system with the observer of this name that some property of the design has, or another where none has."""
    from drcheck.designs.preparing import variants_of
    from drcheck.designs.selection import grouped
    from drcheck.system.system import observers

    groups, _ = grouped(design, settings, ())
    variants, _ = variants_of(design, settings, groups, lambda system, item: None)
    systems = [variant.system for variant in variants]
    return next((s for s in systems if any(component == observer.name for observer in observers(s))), otherwise)


def _trace(
    design: Design, settings: dict[str, object], name: str, engine: str, limits: Limits, shown: Display
) -> Document:
    """The sequence chart of a property's trace. Raises OutputError DR603 if there is none, or more than one."""
    from drcheck.cli.check import decide
    from drcheck.cli.diagrams import chart_of

    report = decide(design, settings, [name], engine=engine, limits=limits, listener=shown.listener(design.name))
    if report.interrupted:
        raise KeyboardInterrupt
    traced = [v for v in report.verdicts if v.trace is not None]
    if len(traced) > 1:  # a claim's key stands for several properties
        raise OutputError(
            "DR603",
            f"{name} has {len(traced)} traces",
            available=[v.property.name for v in traced],
            remedy="name one of these properties",
        )
    if not traced:
        asked = [v for v in report.verdicts if name in (v.property.name, *v.property.claims)]
        said = "; ".join(f"{v.property.name} {v.conclusion.value}: {v.reason}" for v in asked)
        skipped = "; ".join(f"{s.name} was skipped: {reason}" for s, reason in report.skipped)
        raise OutputError("DR603", f"{name} has no trace to draw ({'; '.join(filter(None, (said, skipped)))})")
    return chart_of(traced[0])


def _everything(
    targets: Sequence[str],
    texts: dict[str, str],
    complete: bool,
    form: str | None,
    output: str | None,
    engine: str,
    limits: Limits,
    shown: Display,
) -> int:
    """Draw the whole set; returns the number of files. Nothing is written before everything is drawn."""
    from drcheck.cli.diagrams import FORMS, drawn, leftovers
    from drcheck.cli.discover import chosen
    from drcheck.cli.output_files import try_directory, write_text
    from drcheck.designs.parameter import settings_words
    from drcheck.report.digest import settings_of_each

    if output is None:
        raise UsageError("DR401", "--all needs a directory", remedy="write --output diagrams")
    root = Path(output)
    if root.exists() and not root.is_dir():
        raise OutputError("DR601", f"{root} is a file", remedy="name a directory with --output")
    try_directory(root)
    usual = tuple(ENDINGS) if complete else FORMS
    forms = usual if form is None else (_format(form, None),)
    designs = chosen(targets)
    words = [*targets, *settings_words(texts)]
    words += [] if form is None else ["--format", form]
    words = ["--all", *(["--complete"] if complete else []), *words]
    files = drawn(
        designs,
        settings_of_each(designs, texts),
        forms,
        shlex.join(["drcheck", "draw", *words, "--output", "diagrams"]),
        complete=complete,
        engine=engine,
        limits=limits,
        shown=shown,
    )
    for path, text in files.items():
        write_text(root / path, text)
    for old in leftovers(root, files):
        click.echo(f"note: {old} was not drawn this time; remove it if nothing needs it", err=True)
    return len(files)
