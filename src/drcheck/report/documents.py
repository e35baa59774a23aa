"""What other commands print as JSON, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from drcheck.designs.parameter import show
from drcheck.render.plot import Mark, Plot, PlotLine, PlotPanel
from drcheck.render.tree import Branch, Leaf, TreeDiagram, tree_text
from drcheck.render.triangle import Pair, Triangle
from drcheck.report.blocks import (
    Badge,
    Block,
    Break,
    Cells,
    Chart,
    Code,
    Curves,
    Drawing,
    Heading,
    Items,
    Name,
    Pairs,
    Para,
    Row,
    Table,
    Word,
    Words,
    named,
)
from drcheck.report.sweep_plots import plots_of
from drcheck.report.ways import recover_blocks, why_not_blocks
from drcheck.report.why import why_said
from drcheck.report.words import count, sentence

Data = Mapping[str, Any]


def _combination(data: Data) -> str:
    """Adversities, as `drcheck cuts` prints them."""
    said = [kind if n == 1 else f"{n} x {kind}" for kind, n in data["uses"].items()]
    said += _changed(data["deviations"])
    return ", ".join(said) or "nothing"


def _changed(settings: Data) -> list[str]:
    """Parameters with their values, as people write them."""
    return [f"{name}={show(value)}" for name, value in settings.items()]


def _cuts(document: Data) -> Iterator[Block]:
    order = document["order"]
    yield Para((f"All combinations of up to {order} adversities were tried, but for what is listed below.",))
    rows, left = [], list[Words]()
    open_: dict[tuple[str, int], list[str]] = {}
    unknown = list[str]()
    for promise in document["promises"]:
        name: Words = (Name(promise["property"]),)
        number = promise["holds_with"]
        if number is None and not promise["cuts"]:
            unknown.append(promise["property"])
        holds = {None: "not decided", -1: "fails without any", 0: "none"}.get(number, f"any {number}")
        for cut in promise["cuts"] or (() if number is None else (None,)):
            breaks: Words = ()
            if cut is not None:
                breaks = (_combination(cut), f" ({cut['value_text']})" if cut["value_text"] else "")
                breaks = (*breaks, "" if cut["minimal"] else "; perhaps with less")
            steps = "" if cut is None or cut["steps"] is None else str(cut["steps"])
            known: Words = (Badge(cut["known"]),) if cut is not None and cut["known"] else ()
            rows.append(Row((name, (holds,), breaks, known, (steps,))))
            name, holds = (), ""
        for what in ("undecided", "impossible", "not_tried"):
            if promise[what]:
                open_.setdefault((what.replace("_", " "), len(promise[what])), []).append(promise["property"])
        left += [(f"Not varied: {line}",) for line in promise["untried"]]
    drawn = _triangle(document)
    if drawn is not None:
        yield Pairs(drawn)
    if rows:
        yield Table(("Promise", "Holds with", "Breaks with", "Known or new", "#Steps"), tuple(rows), "cuts")
    if unknown:
        left.append((f"Nothing is known yet of {count(len(unknown), 'promise')}: ", *named(unknown)))
    left += [
        (f"{sentence(what)[:-1]}: {count(number, 'combination')} of ", *named(names))
        for (what, number), names in open_.items()
    ]
    reasons = dict.fromkeys(each["reason"] for each in document["skipped"])
    for reason in reasons:
        names = [each["property"] for each in document["skipped"] if each["reason"] == reason]
        left.append((*named(names), f": not asked, {reason}"))
    if left:
        yield Items(tuple(dict.fromkeys(left)))
    stopped = f"; stopped: {document['stopped']}" if document["stopped"] else ""
    yield Para(
        (f"{count(document['searches'], 'search', 'searches')}, {count(document['states'], 'state')}{stopped}.",),
        tone="small",
    )


def _triangle(document: Data) -> Triangle | None:
    """How many promises each adversity breaks alone, and with each other one; None where none breaks any."""
    broken: dict[tuple[str, ...], list[tuple[str, bool]]] = {}
    larger = 0
    for promise in document["promises"]:
        for cut in promise["cuts"]:
            uses = sorted(cut["uses"].items())
            parts = [kind if n == 1 else f"{n} x {kind}" for kind, n in uses] + _changed(cut["deviations"])
            if len(parts) in (1, 2):
                what = promise["property"], cut["known"] == "NEW"
                broken.setdefault(tuple(sorted(parts)), []).append(what)
            else:
                larger += bool(parts)
    often = {name: sum(len(those) for key, those in broken.items() if name in key) for key in broken for name in key}
    names = sorted(often, key=lambda name: (-often[name], name))
    pairs = []
    for key, those in broken.items():
        places = sorted(map(names.index, key))
        title = f"{', '.join(key)}: {', '.join(name for name, _ in those)}"
        pairs.append(Pair(places[0], places[-1], len(those), title, any(new for _, new in those)))
    if not pairs:
        return None
    more = (
        f" {count(larger, 'combination')} of three or more {'stands' if larger == 1 else 'stand'} in the table alone."
    )
    return Triangle(
        document["title"],
        (f"Which adversities break promises, alone and together.{more if larger else ''}",),
        tuple(names),
        tuple(pairs),
        "how many promises are broken",
        "one of them at least by what no finding explains",
    )


def _curve(document: Data) -> Iterator[Block]:
    unit = f" in {document['unit']}" if document["unit"] else ""
    yield Para((Name(document["property"]), " along ", Name(document["along"]), f", exact at each value{unit}."))
    values, series = document["values"], document["series"]
    letters = [(chr(ord("A") + n % 26) * (1 + n // 26), _settings(one["settings"])) for n, one in enumerate(series)]
    lines = tuple(
        PlotLine((letter,), tuple(_mark(n, point) for n, point in enumerate(one["points"])))
        for (letter, _), one in zip(letters, series, strict=True)
    )
    ticks = tuple((n, value) for n, value in enumerate(values))
    yield Curves(
        Plot(
            document["property"],
            (),
            document["along"],
            document["unit"] or "value",
            ticks,
            ((PlotPanel("", lines),),),
            tuple(letters),
        )
    )
    head = ("Curve", "With", *values)
    rows = (
        Row(((letter,), (said,), *((_point(point),) for point in one["points"])))
        for (letter, said), one in zip(letters, series, strict=True)
    )
    yield Table(head, tuple(rows), "curve")


def _sweep(document: Data) -> Iterator[Block]:
    axes, names = [axis["name"] for axis in document["axes"]], [one["name"] for one in document["properties"]]
    for plot in plots_of(document):
        yield Curves(plot) if isinstance(plot, Plot) else Cells(plot)
    points: dict[tuple[str, ...], dict[str, str]] = {}
    for row in document["rows"]:
        said = row["value_text"] or "" if row["value"] is not None and row["verdict"] != "VIOLATED" else row["verdict"]
        said = f"{said}: {row['value_text']}" if row["verdict"] == "VIOLATED" and row["value_text"] else said
        points.setdefault(tuple(show(row["at"][name]) for name in axes), {})[row["property"]] = said.capitalize()
    rows = (Row(tuple((cell,) for cell in (*at, *said))) for at, said in runs_of(points, names))
    yield Table((*axes, *names), tuple(rows), "sweep")
    stopped = f"; stopped: {document['stopped']}" if document["stopped"] else ""
    yield Para(
        (f"{count(document['searches'], 'search', 'searches')}, {document['states']:,} states{stopped}.",), tone="small"
    )


def runs_of(
    points: Mapping[tuple[str, ...], Mapping[str, str]], names: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Points with what became of properties there; values of the first axis that follow one another with the same are one."""
    by_rest: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}
    for (first, *rest), cells in points.items():
        by_rest.setdefault(tuple(rest), []).append((first, [cells[name] for name in names]))
    for others, own in by_rest.items():
        for said, those in groupby(own, key=lambda one: one[1]):
            values = [value for value, _ in those]
            yield (values[0] if len(values) == 1 else f"{values[0]}..{values[-1]}", *others), said


def _settings(settings: Data) -> str:
    return ", ".join(_changed(settings)) or "nothing changed"


def _mark(place: int, point: Data) -> Mark | None:
    return None if point["value"] is None else Mark(place, point["value"], point["known"] == "exact")


def _point(point: Data) -> str:
    if point["value"] is None:
        return str(point["known"])
    return f"{point['value']:,}" if point["known"] == "exact" else str(point["value_text"])


def _repairs(document: Data) -> Iterator[Block]:
    for table in document["tables"]:
        rows = []
        for kind in ("alone", "pairs", "together", "with_slips"):
            for one in table[kind]:
                changes: Words = (", ".join(one["changes"]),)
                rows.append(Row((changes, *((", ".join(one[what]),) for what in ("mended", "broken", "undecided")))))
        if not rows:
            yield Para(("The design has no repairs.",))
            continue
        yield Table(("With", "Mends", "Breaks", "Leaves open"), tuple(rows), "repairs")


def _fmea(document: Data) -> Iterator[Block]:
    for found in document["designs"]:
        rows, harmless, open_ = [], list[str](), list[Words]()
        for row in found["rows"]:
            if row["happens"] and not row["broken"] and not row["undecided"] and not any(map(_worse, row["costs"])):
                harmless.append(row["fault"])
                continue
            what = "slip" if row["slip"] else row["kind"] or "mistake"
            beside = f", beside {', '.join(row['beside'])}" if row["beside"] else ""
            fault: Words = (Name(row["fault"]), f" ({what}{beside})", "" if row["happens"] else "; it never happens")
            costs = [(Name(c["property"]), f": {c['value_text'] or c['known']}") for c in row["costs"] if _worse(c)]
            noticed = [
                (f"{n['text']}{' by ' + n['notice'] if n['notice'] else ''}{' (loss)' if n['loss'] else ''}",)
                for n in row["noticed"]
            ]
            back = list(dict.fromkeys(_way(each) for each in [*row["broken"], *row["costs"]] if each["recovery"]))
            rows.append(
                Row(
                    (
                        fault,
                        _lines([_broken(each) for each in row["broken"]]),
                        _lines(costs),
                        _lines(list(dict.fromkeys(noticed))),
                        _lines([(way,) for way in back]),
                    )
                )
            )
            open_ += [(Name(row["fault"]), ", ", Name(u["property"]), f": {u['reason']}") for u in row["undecided"]]
        yield Table(("Fault, slip or mistake", "Breaks", "Costs at worst", "Noticed", "Way back"), tuple(rows), "fmea")
        if harmless:
            yield Para((f"{len(harmless)} more, each alone, break nothing and cost nothing: ", *named(harmless), "."))
        if found["failing"]:
            yield Para(("Fails where nothing goes wrong: ", *named(found["failing"]), "."))
        if open_:
            yield Para(("Not decided:",))
            yield Items(tuple(open_))
        if found["untold"] or found["not_tried"]:
            yield Para((f"Not judged: {'; '.join([*found['untold'], *found['not_tried']])}.",), tone="small")


def _worse(cost: Data) -> bool:
    """Whether a fault costs more than there is without it."""
    return bool(cost["value"] is None or cost["known"] != "exact" or cost["value"] != cost["without"])


def _broken(each: Data) -> Words:
    said = " (has a finding)" if each["findings"] else " (no finding)" if each["promised"] else " (not promised there)"
    return (Name(each["property"]), said)


def _way(each: Data) -> str:
    found = each["recovery"]
    by = f" ({', '.join(found['operators'])})" if found["operators"] else ""
    return f"{found['way']}{by}"


def _lines(entries: Sequence[Words]) -> Words:
    """Entries, each on a line of its own."""
    said: list[Word] = []
    for entry in entries:
        said += [Break(), *entry] if said else entry
    return tuple(said)


def _tree(document: Data) -> Iterator[Block]:
    """Fault trees, those that are alike once; what no more than lists what breaks a promise alone is not drawn."""
    yield Para((f"From the combinations of up to {document['order']} adversities that break each promise.",))
    alike: dict[str, list[Data]] = {}
    for tree in document["trees"]:
        alike.setdefault(str((tree["top"], tree["events"], tree["notes"])), []).append(tree)
    for first, *others in alike.values():
        top = None if first["top"] is None else _node(first["top"], {e["label"]: e["number"] for e in first["events"]})
        diagram = TreeDiagram(first["property"], (), top, tuple(first["notes"]))
        yield Heading(named([first["property"], *(tree["property"] for tree in others)]), 4)
        if isinstance(top, Branch) and (top.operator != "or" or any(isinstance(part, Branch) for part in top.below)):
            yield Drawing(diagram, first["property"])
        yield Code((*tree_text(diagram), *first["notes"]))
    if document["kept"]:
        yield Para(("Broken by nothing up to that order: ", *named(document["kept"]), "."))
    if document["undecided"]:
        yield Para(("Not wholly decided: ", *named(document["undecided"]), "."), tone="warning")


def _node(data: Data, numbers: Mapping[str, int]) -> Branch | Leaf:
    """A node of a fault tree; a deviation of a parameter is what number 0 says."""
    if "event" in data:
        return Leaf(data["event"], chosen=numbers.get(data["event"]) == 0)
    return Branch(data["gate"], tuple(_node(part, numbers) for part in data["inputs"]))


def _staircase(document: Data) -> Iterator[Block]:
    yield Para((Name(document["property"]), f": combinations of up to {document['order']} adversities."))
    rows = []
    for step in document["steps"]:
        said = _combination(step)
        lengths = _changed(step["lengths"])
        told = ", ".join([*([said] if said != "nothing" or not lengths else []), *lengths])
        rows.append(
            Row(((step["value_text"] or step["known"],), (told, "" if step["minimal"] else "; perhaps with less")))
        )
    yield Table(("At worst", "With no less than"), tuple(rows), "staircase")
    yield Para((f"{_reached(document)}.",), tone="small")
    if document["untried"]:
        yield Items(tuple((f"Not varied: {line}",) for line in document["untried"]))


def _reached(document: Data) -> str:
    """Of how many combinations the value is known, and why of some it is not."""
    by: dict[str, list[Data]] = {}
    for one in document["tried"]:
        by.setdefault(one["known"], []).append(one)
    said = [f"exact of {count(len(by.pop('exact', ())), 'combination')}"]
    for known, those in by.items():
        some = "; ".join(_combination(one) for one in those[:NAMED])
        rest = f" and {len(those) - NAMED} more" if len(those) > NAMED else ""
        reasons = dict.fromkeys(one["reason"] for one in those if one["reason"]) if known == "not tried" else ()
        why = f", as {' and '.join(reasons)}" if reasons else ""
        more = " and what contains them" if known == "not tried" else ""
        said.append(f"{known} of {len(those)}{more}{why} ({some}{rest})")
    ending = f"{count(document['searches'], 'search', 'searches')}, {count(document['states'], 'state')}"
    return f"The value is {'; '.join(said)}. {ending}"


NAMED = 3
"""How many combinations are named of those whose value is not exact."""


def by_number(documents: Mapping[str, Data]) -> Iterator[Block]:
    """The greatest values with no, one, two adversities at most, of staircases of one worst case under different settings.

    `documents`: the staircases by what the settings are called.
    """
    courses = {name: list(_worst_by_number(document)) for name, document in documents.items()}
    if not any(point["value"] is not None for course in courses.values() for point in course):
        return
    first = next(iter(documents.values()))
    letters = tuple((chr(ord("A") + n), name) for n, name in enumerate(courses))
    lines = tuple(
        PlotLine((letter,), tuple(_mark(n, point) for n, point in enumerate(courses[name]))) for letter, name in letters
    )
    numbers = tuple((n, str(n)) for n in range(first["order"] + 1))
    unit = first["unit"] or "value"
    yield Curves(Plot(first["property"], (), "adversities at most", unit, numbers, ((PlotPanel("", lines),),), letters))
    rows = tuple(
        Row(((f"{letter} ", name), *((str(point["value_text"] or point["known"]),) for point in courses[name])))
        for letter, name in letters
    )
    heads = (
        "At worst",
        *("without any" if not n else "with one" if n == 1 else f"with {n}" for n in range(len(numbers))),
    )
    yield Table(heads, rows, "curve")


def _worst_by_number(document: Data) -> Iterator[Data]:
    """For each number of adversities the greatest value with at most so many; exact if that of each combination is."""
    sizes = [(sum(one["uses"].values()) + len(one["deviations"]), one) for one in document["tried"]]
    for number in range(document["order"] + 1):
        mine = [one for size, one in sizes if size <= number]
        worst = max(mine, key=lambda one: -1 if one["value"] is None else one["value"])
        exact = all(one["known"] in ("exact", "cannot be stated") for one in mine)
        if exact or worst["value"] is None:
            yield worst
        else:
            text = str(worst["value_text"]).removeprefix("at least ")
            yield {**worst, "known": "at least", "value_text": f"at least {text}"}


def _why(document: Data) -> Iterator[Block]:
    yield Heading((Name(document["property"]),), 4)
    yield Para((document["statement"] or document["formula"],))
    for said in why_said(document):
        yield Para((said.sentence,), tone="warning" if said.warning else "")
        if said.as_it_is:
            yield Chart(said.lines)
        elif said.lines:
            yield Items(tuple((line,) for line in said.lines))
    if document["explore"]:
        yield Code((document["explore"],), "sh")
    stopped = f"; stopped: {document['stopped']}" if document["stopped"] else ""
    yield Para(
        (f"{count(document['searches'], 'search', 'searches')}, {document['states']:,} states{stopped}.",), tone="small"
    )


BLOCKS: dict[str, Callable[[Data], Iterator[Block]]] = {
    "cuts": _cuts,
    "curve": _curve,
    "fmea": _fmea,
    "recover": recover_blocks,
    "repairs": _repairs,
    "tree": _tree,
    "staircase": _staircase,
    "why": _why,
    "sweep": _sweep,
    "why-not": why_not_blocks,
}
"""What makes blocks of a document, by its kind."""

__all__ = ["BLOCKS", "Data", "by_number"]
