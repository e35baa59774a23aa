"""What `drcheck recover` and `drcheck why-not` print as JSON, as blocks of a review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drcheck.answers.missing import values_text
from drcheck.report.blocks import Block, Break, Code, Heading, Items, Name, Para, Row, Table, Word, Words
from drcheck.report.returning import means_text, none_lines, states_text
from drcheck.report.why_not import apart_text, verdict_text
from drcheck.report.words import count, sentence

Data = Mapping[str, Any]
SHOWN = 12
"""How many conditions, and points of no return, are shown."""


def recover_blocks(document: Data) -> Iterator[Block]:
    """The way back to service: the runbook, and where the way is lost."""
    here, everywhere = document["here"], document["everywhere"]
    declared: Words = (" (", Name(document["property"]), ")") if document["property"] else ()
    yield Para(
        ("In service means ", Name(document["service"]), *declared, f". Brought back {means_text(document['means'])}.")
    )
    if document["statement"]:
        yield Para((document["statement"],), tone="small")
    way = everywhere["farthest"] if here is None else here["way"]
    if here is not None:
        yield Para(
            (
                sentence(
                    f"{'There is a way back' if way else 'There is no way back' if here['certain'] else 'Not known'}"
                ),
            )
        )
        yield Code(tuple(here["path"]["told"]))
    if way is None:
        yield Items(tuple((line,) for line in none_lines(document)))
    else:
        if here is None:
            yield Para((f"The longest way back has {count(way['steps'], 'step')}. It begins after these:",))
            yield Code(tuple(way["start"]["told"]))
        yield Items(tuple(_step(step) for step in way["runbook"]), ordered=True)
    yield Para((states_text(everywhere),), tone="answer" if here is None else "")
    points = everywhere["points"]
    if points:
        yield Heading(("Points of no return",), 4)
        rows = [
            Row(((Name(p["event"]),), (p["kind"],), (p["needs"],), (str(p["way"]["steps"]),), (str(p["faults"]),)))
            for p in points[:SHOWN]
        ]
        yield Table(("After", "Kind", "Then it takes", "#Steps to it", "#Faults"), tuple(rows), "points")
        if len(points) > SHOWN:
            yield Para((f"And {len(points) - SHOWN} more.",), tone="small")


def _step(step: Data) -> Words:
    said: list[Word] = [f"{step['who']}: " if step["who"] != "wait" else "wait "]
    said.append(Name(step["does"]) if step["who"] != "wait" else step["does"])
    if step["steps"] > 1 and step["who"] != "wait":
        said.append(f", {step['steps']} times")
    if step["doc"]:
        said.append(f": {step['doc']}")
    before = step["before"] if step["who"] != "by itself" else ()
    for head, parts in (("before", before), ("it may also end otherwise", step["otherwise"])):
        if parts:
            said += [Break(), f"{head}: {'; '.join(parts)}"]
    return tuple(said)


def why_not_blocks(document: Data) -> Iterator[Block]:
    """Why something never happens."""
    if document["at"] is not None:
        yield Code(tuple(document["at"]["told"]))
    yield Para(_words(verdict_text(document)), tone="answer")
    if document["trace"] is not None:
        yield Code(tuple(document["trace"]["told"]))
        return
    if document["apart"]:
        yield Para(_words(apart_text(document)))
    conditions = document["conditions"]
    if conditions:
        of = any(row["of"] for row in conditions)
        rows = [
            Row(
                (
                    *(((row["of"] or "",),) if of else ()),
                    (Name(row["condition"]),),
                    (f"{row['fails']:,}",),
                    (f"{row['alone']:,}",),
                )
            )
            for row in conditions[:SHOWN]
        ]
        figures = (f"#Of {document['states']:,} states in", "#It alone in")
        head = (*(("Needed by",) if of else ()), "Condition that fails", *figures)
        yield Table(head, tuple(rows), "conditions")
    nearest = document["nearest"]
    if nearest is not None:
        yield Para(("The nearest state lacks:",))
        yield Items(tuple(_missing(each) for each in nearest["missing"]))
        yield Code(tuple(nearest["way"]["told"]))


def _words(text: str) -> Words:
    """A text in which what stands between backticks is a name."""
    return tuple(Name(part) if number % 2 else part for number, part in enumerate(text.split("`")) if part)


def _missing(each: Data) -> Words:
    values: Sequence[Data] = each["values"]
    told = values_text([(v["name"], v["value"]) for v in values])
    return (Name(each["condition"]), f" ({told})" if told else "")


__all__ = ["recover_blocks", "why_not_blocks"]
