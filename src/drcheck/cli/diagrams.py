"""The whole set of drawings of several designs, with a page that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drcheck.cli.console import Display
from drcheck.cli.formats import ENDINGS
from drcheck.designs.design import Design, show
from drcheck.engines.protocol import Limits
from drcheck.render import Document, SequenceChart, architecture, draw, machine_diagram
from drcheck.render.shown_trace import trace_view
from drcheck.system.composition import FAULTS
from drcheck.verdicts.check import Outcome, Verdict, check_design

PAGE = "README.md"


@dataclass(frozen=True)
class _Drawing:
    """A document, where its files go (without ending), and what the page says of it. `same`: it is drawn there."""

    path: str
    title: str
    text: str
    document: Document
    same: str = ""


def chart_of(verdict: Verdict) -> SequenceChart:
    """A verdict's trace as a chart that says what it shows."""
    view = trace_view(verdict)
    return replace(view.chart, title=f"{verdict.property.name}: {view.caption}")


def drawn(
    designs: Sequence[Design],
    settings: Sequence[Mapping[str, Any]],
    forms: Sequence[str],
    command: str,
    *,
    engine: str,
    limits: Limits,
    shown: Display,
) -> dict[str, str]:
    """All files of the set, path to text: the same for the same designs and parameters. The page tells `command`."""
    files: dict[str, str] = {}
    known: dict[Document, str] = {}
    sections = []
    for design, own in zip(designs, settings, strict=True):
        folder = _folder(design, designs)
        groups: dict[str, list[_Drawing]] = {}
        for group, drawing in _drawings(design, own, folder, known, engine, limits, shown):
            groups.setdefault(group, []).append(drawing)
            if drawing.same:
                continue
            known[drawing.document] = drawing.path
            for form in _forms(drawing.document, forms):
                shown.say(f"drawing {drawing.path}{ENDINGS[form]}")
                files[drawing.path + ENDINGS[form]] = draw(drawing.document, form).rstrip("\n") + "\n"
        sections.append(_section(design, own, groups, files))
    files[PAGE] = _HEAD.format(command=command) + "".join(sections)
    return files


def leftovers(root: Path, files: Mapping[str, str]) -> list[Path]:
    """Drawings in the set's directories that do not belong to it (any more)."""
    folders = {(root / path).parent for path in files if path != PAGE}
    there = [p for folder in sorted(folders) for p in sorted(folder.iterdir()) if p.suffix in ENDINGS.values()]
    return [path for path in there if path.relative_to(root).as_posix() not in files]


_HEAD = """\
# Diagrams

Generated; edit the designs, not these files. To write them anew:

    {command}

DOT, Mermaid and text come out the same, byte for byte, each time; the layout of SVG depends on the version of Graphviz.
"""


def _folder(design: Design, designs: Sequence[Design]) -> str:
    """The directory of a design: its function's name, with the module's where that is not enough."""
    name = design.function.__name__
    unique = sum(other.function.__name__ == name for other in designs) == 1
    return name if unique else f"{design.function.__module__}.{name}"


def _drawings(
    design: Design,
    settings: Mapping[str, Any],
    folder: str,
    known: Mapping[Document, str],
    engine: str,
    limits: Limits,
    shown: Display,
) -> Iterator[tuple[str, _Drawing]]:
    """Everything there is to draw of a design, by the heading that it stands under."""
    shown.say(f"composing {design.name}")
    system = design.build(settings)
    yield "Architecture", _Drawing(f"{folder}/architecture", "", "", architecture(system))
    report = check_design(design, settings, engine=engine, limits=limits, listener=shown.listener(design.name))
    if report.interrupted:  # half a set of drawings would replace a whole one
        raise KeyboardInterrupt
    for verdict in report.verdicts:
        if verdict.trace is None or (verdict.outcome is not Outcome.VIOLATED and verdict.value is None):
            continue
        item = verdict.property
        heading = "Counterexamples" if verdict.outcome is Outcome.VIOLATED else "Worst cases"
        said = [item.statement, f"{verdict.outcome.value}: {verdict.reason}."]
        if verdict.run.given:
            said.append(f"With {', '.join(f'{k}={show(v)}' for k, v in verdict.run.given.items())}.")
        if item.finding is not None:
            said.append(f"Known finding: {item.finding.title}.")
        title = item.name + (f" ({', '.join(item.claims)})" if item.claims else "")
        yield heading, _Drawing(f"{folder}/traces/{item.name}", title, " ".join(filter(None, said)), chart_of(verdict))
    del report
    for component in system.components:
        if component.name == FAULTS:
            continue
        document = machine_diagram(component, system)
        path = f"{folder}/components/{component.name}"
        site = system.site_of(component)
        title = component.name + (f" at {site}" if site else "")
        yield "Components", _Drawing(path, title, " ".join(component.doc.split()), document, known.get(document, ""))


def _forms(document: Document, wanted: Sequence[str]) -> list[str]:
    """The formats of those wanted that a document has."""
    not_there = "dot" if isinstance(document, SequenceChart) else "text"
    return [form for form in wanted if form != not_there]


def _section(
    design: Design, settings: Mapping[str, Any], groups: Mapping[str, Sequence[_Drawing]], files: Mapping[str, str]
) -> str:
    """The page's part on one design."""
    lines = [f"\n## {_text(design.title)} (`{design.name}`)\n"]
    if settings:
        lines.append(f"\nWith {', '.join(f'{name}={show(value)}' for name, value in settings.items())}.\n")
    for heading in ("Architecture", "Counterexamples", "Worst cases", "Components"):
        if heading not in groups:
            continue
        lines.append(f"\n### {heading}\n")
        for drawing in groups[heading]:
            lines += [f"\n#### {_text(drawing.title)}\n"] if drawing.title else []
            lines += [f"\n{_text(drawing.text)}\n"] if drawing.text else []
            lines.append(_links(drawing, files))
    return "".join(lines)


def _links(drawing: _Drawing, files: Mapping[str, str]) -> str:
    path = drawing.same or drawing.path
    there = {form: path + ending for form, ending in ENDINGS.items() if path + ending in files}
    names = {"dot": "DOT", "svg": "SVG", "mermaid": "Mermaid", "text": "text"}
    links = ", ".join(f"[{names[form]}]({target})" for form, target in there.items())
    if drawing.same:
        return f"\nThe same machine as above: {links}\n"
    picture = f"\n![{_text(drawing.title or 'architecture')}]({there['svg']})\n" if "svg" in there else ""
    return f"{picture}\n{links}\n"


def _text(text: str) -> str:
    """Text that Markdown takes as it is."""
    return "".join(f"\\{c}" if c in "\\`*[]<>|#" else c for c in text)
