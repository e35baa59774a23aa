"""The architecture of each design, and every machine."""

from __future__ import annotations

from drcheck.report.anchors import anchor
from drcheck.report.blocks import Block, Drawing, Entry, Name, Para, Part, Words
from drcheck.report.content import MachineView, Study
from drcheck.report.parts.phrases import joined, named_design
from drcheck.report.words import paragraphs


def drawings_part(study: Study) -> Part:
    """Design by design: its architecture, then its machines."""
    blocks: list[Block] = []
    for design in study.designs:
        blocks += named_design(study, design)
        what = f"The components of {design.title} and the events that they share"
        blocks.append(
            Entry(architecture_address(design.id), (what,), (Drawing(design.architecture, "the architecture"),))
        )
        blocks += [_machine(machine) for machine in design.machines if not machine.same_as]
        again = [(Name(m.diagram.component), f" (the machine {m.same_as})") for m in design.machines if m.same_as]
        if again:
            blocks.append(Para(("Not drawn again: ", *joined(again), ".")))
    return Part("drawings", "Architecture and machines", tuple(blocks), apart=100)


def architecture_address(design: str) -> str:
    """The address of a design's architecture."""
    return anchor(design, "architecture")


def _machine(machine: MachineView) -> Entry:
    title: Words = (Name(machine.diagram.component), f" at {machine.site}" if machine.site else "")
    said = tuple(Para((text,)) for text in paragraphs(machine.diagram.doc)[:1])
    return Entry(machine.id, title, (*said, Drawing(machine.diagram, machine.diagram.component)))


__all__ = ["architecture_address", "drawings_part"]
