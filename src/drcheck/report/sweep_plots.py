"""Sweeps, as data, as plots: curves of worst cases, maps of verdicts, contours of values."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drcheck.designs.parameter import show
from drcheck.errors import UsageError
from drcheck.language.units import TICKS
from drcheck.render.cell_map import CellMap, MapCell, MapPanel, levels_between, map_svg
from drcheck.render.plot import Mark, Plot, PlotLine, PlotPanel, plot_svg
from drcheck.verdicts.wording import HOLDS, INCONCLUSIVE, VACUOUS, VIOLATED

Data = Mapping[str, Any]
BECAME = {HOLDS: "holds", VACUOUS: "vacuous", VIOLATED: "violated", INCONCLUSIVE: "undecided"}


def drawn(found: Data, form: str = "auto") -> str:
    """A sweep as one SVG picture. `form`: "curves", "map", "contours", or "auto": curves of worst cases, maps of others.

    Raises UsageError DR401 for a form that cannot show it.
    """
    plots = list(plots_of(found, form))
    if len(plots) > 1:
        raise UsageError(
            "DR401",
            f"one picture shows one property, and the sweep has {len(plots)}",
            available=[one["name"] for one in found["properties"]],
            remedy="name one of them",
        )
    return plot_svg(plots[0]) if isinstance(plots[0], Plot) else map_svg(plots[0])


def plots_of(found: Data, form: str = "auto") -> Iterator[Plot | CellMap]:
    """A plot for each property. Raises UsageError DR401 for a form that cannot show it."""
    for item in found["properties"]:
        rows = [row for row in found["rows"] if row["property"] == item["name"]]
        valued = any(row["value"] is not None for row in rows)
        wanted = ("curves" if valued else "map") if form == "auto" else form
        if wanted in ("curves", "contours") and not valued:
            raise UsageError(
                "DR401", f"{item['name']} has no values to draw {wanted} of", remedy="name a worst case, or draw a map"
            )
        if wanted == "curves":
            yield _curves(found, item, rows)
        else:
            yield _map(found, item, rows, values=wanted == "contours")


def _unit(found: Data, item: Data) -> str:
    unit = item["unit"] or ""
    return f"ticks of {found['tick']}" if unit == TICKS and found["tick"] is not None else unit


def _texts(found: Data) -> tuple[str, ...]:
    held = ", ".join(f"{name}={show(value)}" for name, value in found["parameters"].items())
    told = [found["title"], *([f"with {held}"] if held else [])]
    return (*told, *([f"stopped: {found['stopped']}"] if found["stopped"] else []))


def _at(row: Data, name: str) -> str:
    return show(row["at"][name])


# -- curves ------------------------------------------------------------------------------------------------------------
def _curves(found: Data, item: Data, rows: Sequence[Data]) -> Plot:
    """A line for each combination of the values of the second and further axes; a panel for each of the third on."""
    first, *others = found["axes"]
    along, beside = others[:1], others[1:]
    names = [f"{axis['name']}={value}" for axis in along for value in axis["values"]] or [item["name"]]
    letters = dict(zip(names, _letters(), strict=False))
    places = dict(zip(first["values"], first["places"], strict=True))
    panels: list[PlotPanel] = []
    for combination in itertools.product(*(axis["values"] for axis in beside)):
        fixed = dict(zip((axis["name"] for axis in beside), combination, strict=True))
        lines: dict[tuple[Mark | None, ...], list[str]] = {}
        for value in along[0]["values"] if along else [None]:
            here = {**fixed, **({along[0]["name"]: value} if along else {})}
            own = {_at(row, first["name"]): row for row in rows if all(_at(row, k) == v for k, v in here.items())}
            marks = tuple(_mark(own[text], place) for text, place in places.items())
            name = f"{along[0]['name']}={value}" if along else item["name"]
            lines.setdefault(marks, []).append(letters[name])
        title = ", ".join(f"{name}={value}" for name, value in fixed.items())
        panels.append(PlotPanel(title, tuple(PlotLine(tuple(own), marks) for marks, own in lines.items())))
    return Plot(
        item["name"],
        _texts(found),
        first["name"],
        _unit(found, item) or "value",
        tuple(zip(first["places"], first["values"], strict=True)),
        _in_rows(panels, beside),
        tuple((letter, name) for name, letter in letters.items()),
    )


def _mark(row: Data, place: int) -> Mark | None:
    return None if row["value"] is None else Mark(place, row["value"], row["known"] == "exact")


def _letters() -> Iterator[str]:
    yield from string.ascii_uppercase
    yield from (first + second for first in string.ascii_uppercase for second in string.ascii_uppercase)


def _in_rows(panels: Sequence[Any], beside: Sequence[Data]) -> tuple[tuple[Any, ...], ...]:
    """Panels in rows, in which the values of the last of the further parameters stand side by side."""
    across = len(beside[-1]["values"]) if beside else 1
    return tuple(tuple(panels[n : n + across]) for n in range(0, len(panels), across))


# -- maps --------------------------------------------------------------------------------------------------------------
def _map(found: Data, item: Data, rows: Sequence[Data], *, values: bool) -> CellMap:
    """A cell for each value of the first two axes; a panel for each combination of the others."""
    first, *others = found["axes"]
    second, beside = others[:1], others[1:]
    panels = []
    for combination in itertools.product(*(axis["values"] for axis in beside)):
        fixed = dict(zip((axis["name"] for axis in beside), combination, strict=True))
        own = [row for row in rows if all(_at(row, k) == v for k, v in fixed.items())]
        by_place = {(_at(row, first["name"]), *(_at(row, axis["name"]) for axis in second)): row for row in own}
        lines = [
            tuple(_cell(by_place[(x, *y)], values=values) for x in first["values"])
            for y in ([(value,) for value in second[0]["values"]] if second else [()])
        ]
        panels.append(MapPanel(", ".join(f"{name}={value}" for name, value in fixed.items()), tuple(lines)))
    numbers = [row["value"] for row in rows if row["value"] is not None] if values else []
    return CellMap(
        item["name"],
        _texts(found),
        first["name"],
        second[0]["name"] if second else "",
        tuple(first["values"]),
        tuple(second[0]["values"]) if second else ("",),
        _in_rows(panels, beside),
        levels_between(min(numbers), max(numbers)) if numbers else (),
        _unit(found, item),
    )


def _cell(row: Data, *, values: bool) -> MapCell:
    at = ", ".join(f"{name}={show(value)}" for name, value in row["at"].items())
    said = f"{at}: {row['verdict']}" + (f", {row['value_text']}" if row["value_text"] else "")
    became = BECAME.get(row["verdict"], "none")
    if not values or row["value"] is None:
        return MapCell(became, title=said)
    number = f"{row['value']:,}"
    return MapCell(became, row["value"], number if row["known"] == "exact" else f"≥ {number}", said)


__all__ = ["drawn", "plots_of"]
