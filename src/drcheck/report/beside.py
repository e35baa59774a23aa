"""Several designs side by side: as plain data, in words, and their best points as a plot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drcheck.answers.sweeps.beside import Apart, Choice
from drcheck.answers.sweeps.sweep import SweepTable
from drcheck.designs.parameter import show
from drcheck.language.units import quantity
from drcheck.render.plot import Mark, Plot, PlotLine, PlotPanel
from drcheck.render.style import plural
from drcheck.report.sweeps import lines_of

Parameters = Callable[[Mapping[str, Any]], Any]


def beside_data(apart: Sequence[Apart], parameters: Parameters) -> list[dict[str, Any]]:
    """What tells designs apart, as data. `parameters` makes plain data of settings."""
    return [
        {
            "property": one.name,
            "at": parameters(one.at),
            "breaks": one.breaks.name,
            "keeps": one.keeps.name,
            "steps": None
            if one.found is None or one.found.steps is None
            else [{"event": event, "breaks": a, "keeps": b} for event, a, b in one.found.steps],
            "states": 0 if one.found is None else one.found.states,
            "why": apart_text(one)[-1] if one.found is None or one.found.steps is None else None,
        }
        for one in apart
    ]


def choices_data(choices: Sequence[Choice], names: tuple[str, str], parameters: Parameters) -> dict[str, Any]:
    """Points with two values each, as data."""
    return {
        "properties": list(names),
        "choices": [
            {"design": one.design.name, "at": parameters(one.at), "values": list(one.values), "best": one.best}
            for one in choices
        ],
    }


# -- in words ----------------------------------------------------------------------------------------------------------
def side_by_side(sweeps: Sequence[SweepTable]) -> tuple[list[str], list[tuple[list[str], list[str]]]]:
    """The headings of a column for each property and design, and the lines, as `lines_of` has them."""
    names = sweeps[0].names
    heads = [f"{name}: {short(one)}" for name in names for one in sweeps]
    return heads, lines_of(*sweeps)


def short(one: SweepTable) -> str:
    """What a design is called beside others."""
    return one.design.function.__name__


def _with(at: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={show(value)}" for name, value in at.items())


def apart_text(one: Apart) -> list[str]:
    """What tells two designs apart, in lines: a sentence, then the steps."""
    breaks, keeps = one.breaks.function.__name__, one.keeps.function.__name__
    breaks, keeps = (breaks, keeps) if breaks != keeps else (one.breaks.name, one.keeps.name)
    head = f"{one.name}, with {_with(one.at)}: {breaks} breaks it, {keeps} does not"
    if one.found is None:
        return [f"{head}; no execution of both is known: {one.why}"]
    if one.found.steps is None:
        whole = (
            "there is no execution of both"
            if one.found.whole
            else "the search ended before an execution of both was found"
        )
        return [f"{head}; {whole} under the same faults that shows it"]
    said = plural(len(one.found.steps), "step")
    lines = [f"{head}; a shortest execution of both that shows it has {said}:"]
    for number, (event, first, second) in enumerate(one.found.steps, 1):
        who = "both" if first and second else breaks if first else keeps
        lines.append(f"{number:>3} {event} ({who})")
    return lines


def choice_text(one: Choice, sweeps: Sequence[SweepTable], names: tuple[str, str]) -> tuple[str, str, str, str]:
    """A point as the cells of a table: the design, its values, and both worst cases with their units."""
    sweep = next(each for each in sweeps if each.design is one.design)
    values = [
        quantity(value, sweep.units.get(name) or "", sweep.tick) for name, value in zip(names, one.values, strict=True)
    ]
    return short(sweep), _with(one.at), values[0], values[1]


# -- as a plot ---------------------------------------------------------------------------------------------------------
def choices_plot(choices: Sequence[Choice], names: tuple[str, str], titles: Sequence[str]) -> Plot:
    """A point for each setting: the first worst case across, the second up; a line through the best, which guides the eye."""
    designs = list(dict.fromkeys(one.design.name for one in choices))
    lines = []
    for letter, design in zip("ABCDEFGH", designs, strict=False):
        own = sorted({one.values for one in choices if one.design.name == design})
        marks = [mark for x, y in own for mark in (Mark(x, y), None)]
        lines.append(PlotLine((letter,), tuple(marks)))
    best = sorted({one.values for one in choices if one.best})
    lines.append(PlotLine(("*",), tuple(Mark(x, y) for x, y in best)))
    ticks = sorted({0, *(one.values[0] for one in choices)})
    letters = (*zip("ABCDEFGH", designs, strict=False), ("*", "no other point is as good in both and better in one"))
    panel = PlotPanel("", tuple(lines))
    return Plot(
        f"{names[0]} and {names[1]}",
        tuple(titles),
        names[0],
        names[1],
        tuple((n, f"{n:,}") for n in ticks),
        ((panel,),),
        letters,
    )


__all__ = ["apart_text", "beside_data", "choice_text", "choices_data", "choices_plot", "short", "side_by_side"]
