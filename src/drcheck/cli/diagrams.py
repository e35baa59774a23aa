"""The whole set of drawings of several designs, with a page that shows them.

The set that is kept in a repository is what its reader looks at: architectures, machines, and the sequence charts of the
findings that are declared with `chart=True`. It is drawn as SVG, for whoever looks, and as Mermaid, for whoever compares:
Mermaid is the one text form that every drawing has (DOT has no sequence charts, text has nothing else), and code hosts
show it as a picture. The complete set has every counterexample and worst case, in all formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drcheck.cli.console import Display
from drcheck.cli.formats import ENDINGS
from drcheck.designs.design import Design
from drcheck.designs.objectives import under_disruptions
from drcheck.designs.parameter import settings_text
from drcheck.engines.protocol import Limits
from drcheck.logic.roles import as_stated
from drcheck.render.document import Document, SequenceChart
from drcheck.render.drawing import draw
from drcheck.render.machine import machine_diagram
from drcheck.render.shown_trace import trace_view
from drcheck.render.structure import architecture
from drcheck.system.composition import FAULTS
from drcheck.system.system import System
from drcheck.verdicts.check import check_design
from drcheck.verdicts.verdict import Conclusion, Verdict
from drcheck.verdicts.wording import run_label, value_text

PAGE = "README.md"
FORMS = ("svg", "mermaid")
"""The formats of the set that is kept."""


@dataclass(frozen=True)
class Drawing:
    """A document, where its files go (without ending), and what the page says of it. `same`: it is drawn there."""

    path: str
    title: str
    text: str
    document: Document
    same: str = ""


def chart_of(verdict: Verdict) -> SequenceChart:
    """A verdict's trace as a chart that says what it shows."""
    assert verdict.trace is not None
    view = trace_view(verdict.trace, verdict.property, value_text(verdict))
    return replace(view.chart, title=f"{verdict.property.name}: {view.caption}")


def drawn(
    designs: Sequence[Design],
    settings: Sequence[Mapping[str, Any]],
    forms: Sequence[str],
    command: str,
    *,
    complete: bool,
    engine: str,
    limits: Limits,
    shown: Display,
) -> dict[str, str]:
    """All files of the set, path to text: the same for the same designs and parameters. The page shows `command`."""
    files: dict[str, str] = {}
    known: dict[Document, str] = {}
    sections = []
    for design, own, folder in zip(designs, settings, folders(designs), strict=True):
        groups: dict[str, list[Drawing]] = {}
        shown.say(f"composing {design.name}")
        system = design.build(own)
        drawings = structure(design, own, system, folder, known)
        if complete or charted(design):
            names = [] if complete else charted(design)
            drawings += [*_charts(design, own, names, folder, engine, limits, shown)]
        for group, drawing in drawings:
            groups.setdefault(group, []).append(drawing)
            if drawing.same:
                continue
            known[drawing.document] = drawing.path
            for form in _forms(drawing.document, forms):
                shown.say(f"drawing {drawing.path}{ENDINGS[form]}")
                files[drawing.path + ENDINGS[form]] = draw(drawing.document, form).rstrip("\n") + "\n"
        sections.append(_section(design, own, groups, files))
    files[PAGE] = _HEAD.format(command=command, what=_COMPLETE if complete else _KEPT) + "".join(sections)
    return files


def leftovers(root: Path, files: Mapping[str, str]) -> list[Path]:
    """Drawings in the set's directories that do not belong to it (any more)."""
    places = {(root / path).parent for path in files if path != PAGE}
    places |= {place.parent / name for place in places for name in _PARTS if place.name in _PARTS}
    there = [p for place in sorted(places) if place.is_dir() for p in sorted(place.iterdir())]
    endings = tuple(ENDINGS.values())
    return [p for p in there if p.suffix in endings and p.relative_to(root).as_posix() not in files]


_PARTS = ("components", "traces")
_HEAD = """\
# Diagrams

Generated; edit the designs, not these files. To write them anew:

    {command}

{what} DOT, Mermaid and text come out the same, byte for byte, each time; the layout of SVG depends on the version of Graphviz.
"""
_COMPLETE = (
    "Here is everything that can be drawn of the designs: architectures, counterexamples, worst cases, components."
)
_KEPT = """\
Here is what a reader looks at first: the architecture of each design, the counterexamples of the findings that cost most (they
are declared with `chart=True`), and the machine of every component. With `--complete`, all other counterexamples and worst cases
are drawn as well, in all formats."""


def folders(designs: Sequence[Design]) -> list[str]:
    """The directory of each design: the packages between `model` and its module, then its function's name.

    Where two designs would have one directory, the module's name stands before that of the function.
    """
    parts = [design.function.__module__.split(".") for design in designs]
    plain = [
        "/".join([*modules[1:-1], design.function.__name__]) for design, modules in zip(designs, parts, strict=True)
    ]
    return [
        path if plain.count(path) == 1 else "/".join([*modules[1:], design.function.__name__])
        for path, design, modules in zip(plain, designs, parts, strict=True)
    ]


def charted(design: Design) -> list[str]:
    """The names of the properties of which a chart is drawn, one for each finding with `chart=True`.

    That is the first that it breaks as the document states it, or the first if there is none.
    """
    shown: dict[int, str] = {}
    statements = design.statements()
    stated = [s for s in statements if any(role == as_stated for role in s.details["roles"])]
    for statement in [*stated, *statements]:
        for finding in statement.findings:
            if finding.chart:
                shown.setdefault(id(finding), statement.name)
    return [s.name for s in statements if s.name in shown.values()]


def structure(
    design: Design, settings: Mapping[str, Any], system: System, folder: str, known: Mapping[Document, str]
) -> list[tuple[str, Drawing]]:
    """The architecture and the machines of a design, each with the heading that it stands under."""
    found = [
        (
            "Architecture",
            Drawing(f"{folder}/architecture", "", "", architecture(system, under_disruptions(design, settings))),
        )
    ]
    for component in system.components:
        if component.name == FAULTS:
            continue
        document = machine_diagram(component, system)
        site = system.site_of(component)
        title = component.name + (f" at {site}" if site else "")
        path, text = f"{folder}/components/{component.name}", " ".join(component.doc.split())
        found.append(("Components", Drawing(path, title, text, document, known.get(document, ""))))
    return found


def _charts(
    design: Design,
    settings: Mapping[str, Any],
    names: Sequence[str],
    folder: str,
    engine: str,
    limits: Limits,
    shown: Display,
) -> Iterator[tuple[str, Drawing]]:
    """The charts of the violations and worst cases of these properties, of all if none is named."""
    report = check_design(
        design, settings, names, engine=engine, limits=limits, listener=shown.listener(design.name), causes=False
    )
    if report.interrupted:  # half a set of drawings would replace a whole one
        raise KeyboardInterrupt
    for verdict in report.verdicts:
        if verdict.trace is None or (verdict.conclusion is not Conclusion.VIOLATED and verdict.value is None):
            continue
        item = verdict.property
        heading = "Counterexamples" if verdict.conclusion is Conclusion.VIOLATED else "Worst cases"
        said = [item.statement, f"{verdict.conclusion.value}: {verdict.reason}."]
        if verdict.run.given:
            said.append(f"With {run_label(verdict.run)}.")
        said += [f"Known finding: {finding.title}." for finding in item.findings]
        title = item.name + (f" ({', '.join(item.claims)})" if item.claims else "")
        yield heading, Drawing(f"{folder}/traces/{item.name}", title, " ".join(filter(None, said)), chart_of(verdict))


def _forms(document: Document, wanted: Sequence[str]) -> list[str]:
    """The formats of those wanted that a document has."""
    not_there = "dot" if isinstance(document, SequenceChart) else "text"
    return [form for form in wanted if form != not_there]


# -- the page ---------------------------------------------------------------------------------------------------------
def _section(
    design: Design, settings: Mapping[str, Any], groups: Mapping[str, Sequence[Drawing]], files: Mapping[str, str]
) -> str:
    """The page's part on one design."""
    lines = [f"\n## {_text(design.title)} (`{design.name}`)\n"]
    if settings:
        lines.append(f"\nWith {settings_text(settings, design.roles)}.\n")
    for heading in ("Architecture", "Counterexamples", "Worst cases"):
        if heading not in groups:
            continue
        lines.append(f"\n### {heading}\n")
        for drawing in groups[heading]:
            lines += [f"\n#### {_text(drawing.title)}\n"] if drawing.title else []
            lines += [f"\n{_text(drawing.text)}\n"] if drawing.text else []
            lines.append(_shown(drawing, files))
    if "Components" in groups:
        lines.append("\n### Components\n\n| component | what it is | drawn |\n|---|---|---|\n")
        for drawing in groups["Components"]:
            note = " (the same machine as there)" if drawing.same else ""
            lines.append(f"| {_text(drawing.title)} | {_text(drawing.text)} | {_links(drawing, files)}{note} |\n")
    return "".join(lines)


def _shown(drawing: Drawing, files: Mapping[str, str]) -> str:
    """A drawing as a picture, if there is one, and links to its files."""
    svg = f"{drawing.path}.svg"
    picture = f"\n![{_text(drawing.title or 'architecture')}]({svg})\n" if svg in files else ""
    return f"{picture}\n{_links(drawing, files)}\n"


def _links(drawing: Drawing, files: Mapping[str, str]) -> str:
    path = drawing.same or drawing.path
    names = {"dot": "DOT", "svg": "SVG", "mermaid": "Mermaid", "text": "text"}
    return ", ".join(f"[{names[f]}]({path}{ending})" for f, ending in ENDINGS.items() if path + ending in files)


def _text(text: str) -> str:
    """Text that Markdown takes as it is."""
    return "".join(f"\\{c}" if c in "\\`*[]<>|#" else c for c in text)
