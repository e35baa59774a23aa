"""A document as text in one of the formats: DOT, SVG, Mermaid, plain text."""

from __future__ import annotations

from drcheck.errors import OutputError
from drcheck.render.document import ArchitectureDiagram, Document, MachineDiagram, SequenceChart
from drcheck.render.dot import machine_dot
from drcheck.render.dot_architecture import architecture_dot
from drcheck.render.mermaid import architecture_mermaid, machine_mermaid, sequence_mermaid
from drcheck.render.sequence_svg import sequence_svg
from drcheck.render.svg import architecture_svg, machine_svg
from drcheck.render.text import chart_text
from drcheck.render.ways import ways_dot

FORMATS = ("dot", "svg", "mermaid", "text")
"""What `draw` can make. DOT is for machines and architectures, text for sequence charts."""


def to_dot(document: Document) -> str:
    """A machine or an architecture as DOT text. Raises OutputError DR602 for a sequence chart."""
    if isinstance(document, MachineDiagram):
        return machine_dot(document)
    if isinstance(document, ArchitectureDiagram):
        return ways_dot(document) if document.ways else architecture_dot(document)
    raise OutputError(
        "DR602",
        "a sequence chart cannot be written as DOT",
        available=["svg", "mermaid", "text"],
        remedy="Graphviz has no sequence charts; choose another format",
    )


def to_svg(document: Document) -> str:
    """A document as one SVG picture. Raises OutputError DR602 when it cannot be drawn."""
    if isinstance(document, MachineDiagram):
        return machine_svg(document)
    if isinstance(document, ArchitectureDiagram):
        return architecture_svg(document)
    return sequence_svg(document)


def to_mermaid(document: Document) -> str:
    """A document as Mermaid text (without the fence)."""
    if isinstance(document, MachineDiagram):
        return machine_mermaid(document)
    if isinstance(document, ArchitectureDiagram):
        return architecture_mermaid(document)
    return sequence_mermaid(document)


def draw(document: Document, form: str) -> str:
    """A document in one of `FORMATS`. Raises OutputError DR602 for a format that it does not have."""
    if form == "dot":
        return to_dot(document)
    if form == "svg":
        return to_svg(document)
    if form == "mermaid":
        return to_mermaid(document)
    if form == "text" and isinstance(document, SequenceChart):
        return "\n".join(chart_text(document)) + "\n"
    available = FORMATS if isinstance(document, SequenceChart) else FORMATS[:3]
    raise OutputError("DR602", f"this cannot be drawn as {form!r}", available=available, asked=form)


__all__ = ["FORMATS", "draw", "to_dot", "to_mermaid", "to_svg"]
