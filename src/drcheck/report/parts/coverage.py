"""What the verdicts rest on, and what they do not speak of: assumptions, parameters, coverage, searches."""

from __future__ import annotations

from collections.abc import Iterator

from drcheck.report.blocks import Block, Heading, Items, Name, Para, Part, Row, Strong, Table, Words
from drcheck.report.content import DesignView, ParameterRow, SearchRow, Study
from drcheck.report.parts.phrases import claim_refs, joined, named_design
from drcheck.report.words import count, sentence


def assumptions_part(study: Study) -> Part:
    """Assumptions, the environment, parameters."""
    lead = "The verdicts are about the model: they carry over to an installation as far as these assumptions and values do."
    blocks: list[Block] = [Para((lead,))]
    for design in study.designs:
        blocks += [*named_design(study, design), *_assumptions(design, 4 if len(study.designs) > 1 else 3)]
    return Part("assumptions", "Assumptions and parameters", tuple(blocks), apart=65)


def _assumptions(design: DesignView, level: int) -> Iterator[Block]:
    """`level`: of the headings."""
    yield Heading(("Assumptions",), level)
    if design.assumptions:
        rows = (Row(((sentence(a.text),), joined([(Name(n),) for n in a.properties]))) for a in design.assumptions)
        yield Table(("Assumption", "Needed by"), tuple(rows), "assumed")
    else:
        yield Para(("No property states its own assumption.",))
    yield Heading(("What the environment may do",), level)
    if design.faults:
        rows = (Row(((f.kind,), (f.budget,), joined([(Name(n),) for n in f.events]))) for f in design.faults)
        yield Table(("Kind", "How often in one execution", "Events"), tuple(rows))
    else:
        yield Para(("Nothing: the design has no event of the environment.",))
    yield Heading(("Parameters",), level)
    if design.parameters:
        found: list[Row] = []
        for group in design.parameters_by_role:
            heading = group[0].heading
            found += [Row(((heading[:1].upper() + heading[1:],),), group=True)] if group[0].role else []
            found += [_parameter(p) for p in group]
        yield Table(("Parameter", "Value", "Default", "Meaning"), tuple(found), "parameters")
    else:
        yield Para(("The design has no parameters.",))


def _parameter(p: ParameterRow) -> Row:
    meaning = sentence(p.doc) + (f" Loses nothing: {sentence(p.argument)}" if p.argument else "")
    return Row(((Name(p.name),), (Strong(p.value) if p.changed else p.value,), (p.default,), (meaning,)))


def coverage_part(study: Study) -> Part:
    """What the verdicts do not speak of."""
    lead = (
        "What the verdicts do not cover: an event that never fires, a state that is never entered and a promise that holds "
        "vacuously are not tested by this review."
    )
    blocks: list[Block] = [Para((lead,))]
    for design in study.designs:
        blocks += [*named_design(study, design), *_coverage(design)]
    return Part("coverage", "Coverage", tuple(blocks), apart=70)


def _coverage(design: DesignView) -> Iterator[Block]:
    covered = design.coverage
    if not covered.known:
        why = "Slices do not see the states of the system" if covered.by_slices else "The main search is incomplete"
        said = f" {why}, so nothing can be said about what never happens."
        yield Para((Strong("Unknown."), said), tone="warning")
    else:
        fire = covered.events - len(covered.idle)
        states = [
            (
                Name(s.name),
                f" (but the search with {' or '.join(s.elsewhere)} does)"
                if s.elsewhere
                else " (nor does any other search)",
            )
            for s in covered.unentered
        ]
        entered: Words = ("It enters every control state of every component.",)
        if states:
            entered = ("Control states that it never enters: ", *joined(states), ".")
        yield Para((f"{fire} of {count(covered.events, 'event')} fire in the main search. ", *entered))
    if covered.idle:
        rows = (
            Row(((Name(e.name),), (e.event_kind,), (sentence(e.doc),), ("; ".join(e.elsewhere) or "none",)))
            for e in covered.idle
        )
        yield Table(("Event that never fires", "Kind", "Meaning", "Fires in the searches with"), tuple(rows))
    if covered.rows is None:
        why = "slices do not see which are" if covered.by_slices else "some search was incomplete"
        yield Para((f"Transitions that are never chosen are not known: {why}.",))
    for what, names in (
        ("Transitions that no search chooses", covered.rows),
        ("Transitions that the parameters keep from being chosen", covered.constant_rows),
    ):
        if names:
            yield Para((f"{what}: ", *joined([(Name(name),) for name in names]), "."))
    if covered.vacuous:
        yield Items(tuple((Name(name), f" is vacuous: {why}") for name, why in covered.vacuous))
    else:
        yield Para(("No property holds vacuously.",))
    if covered.skipped:
        skipped = []
        for row in covered.skipped:
            refs: Words = (" (claims ", *claim_refs(row.claims), ")") if row.claims else ()
            skipped.append((Name(row.name), f" was not run: {row.why}", *refs))
        yield Items(tuple(skipped))
    else:
        yield Para(("Every property was run.",))
    if design.remarks:
        yield Para(("Remarks, on what is well formed but may not be intended:",))
        yield Items(
            tuple(
                (f"{r.code} ", Name(r.subject), f": {r.message}{f' ({r.place})' if r.place else ''}; {r.remedy}.")
                for r in design.remarks
            )
        )
    if design.silenced:
        yield Para(("Remarks that are silenced:",))
        yield Items(tuple((f"{s.code} ", Name(s.subject), f": {s.reason}") for s in design.silenced))


def search_part(study: Study) -> Part:
    """Every search in numbers."""
    lead = (
        "States are stored exactly. Every trace in this review was replayed step by step on the live component machines before "
        "it was written down."
    )
    blocks: list[Block] = [Para((lead,))]
    head = (
        "Search",
        "Engine",
        "#States",
        "#Transitions",
        "#Depth",
        "#Bits a state",
        "#States without a step",
        "#Seconds",
        "Exhaustive",
    )
    for design in study.designs:
        blocks += named_design(study, design)
        blocks.append(Table(head, tuple(_search(s) for s in design.searches), "searches"))
    return Part("search", "The searches", tuple(blocks), apart=75)


def _search(row: SearchRow) -> Row:
    if not row.needed:
        none: Words = ()
        return Row(((row.purpose,), *([none] * 7), ("not searched: only facts of structure were stated",)))
    if row.by_slices:
        few: list[Words] = [(f"{row.states:,}, of slices and replays",), (), (), (f"{row.bits:,}",), ()]
        return Row(((row.purpose,), (row.engine,), *few, (f"{row.seconds:.2f}",), ("no: what the verdicts needed",)))
    exhaustive = "yes" if row.complete else f"no: stopped at {row.stopped or 'a limit'}"
    numbers = [f"{n:,}" for n in (row.states, row.transitions, row.depth, row.bits, row.stuck)]
    return Row(((row.purpose,), (row.engine,), *((n,) for n in numbers), (f"{row.seconds:.2f}",), (exhaustive,)))


__all__ = ["assumptions_part", "coverage_part", "search_part"]
