"""What a path is saved as: a test for pytest, a sequence chart, ITF, JSON, and the path itself. All of it is text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pprint import pformat
from typing import Any

from drcheck.designs.parameter import show
from drcheck.errors import PathError
from drcheck.explorer.subject import Subject
from drcheck.interop.itf import itf_data
from drcheck.render.chart import sequence_chart
from drcheck.render.sequence_svg import sequence_svg
from drcheck.render.text import chart_text


def _test(subject: Subject, number: int) -> str:
    """A test that follows the path on the design and compares every value that has changed since the beginning."""
    trace, system = subject.session.trace(number), subject.system
    first, last = system.decode(trace.states[0]), system.decode(trace.states[-1])
    expected = {name: value for name, value in last.items() if value != first[name]}
    settings = {name: show(value) for name, value in subject.design.changed(system.parameters).items()}
    words = str(subject.session.path(number)).split(" ")
    lines, width = [""], 100
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    path = "\n".join(f"    {line + (' ' if n < len(lines) else '')!r}" for n, line in enumerate(lines, 1)).replace(
        "'", '"'
    )
    name = re.sub(r"\W+", "_", subject.design.name.rpartition(":")[2]).strip("_")
    return f'''"""A path of {subject.design.name}, saved from the explorer: {len(trace)} steps.

Open it again: {subject.command(number)}
"""

from drcheck.designs.design import load
from drcheck.system.path_text import followed, read_path

SETTINGS = {pformat(settings, width=width)}
PATH = (
{path}
)
EXPECTED = {pformat(expected, width=width, sort_dicts=False)}


def test_{name}_follows_the_path():
    """Each step is possible, and the values that changed are those that were seen."""
    design = load("{subject.design.name}")
    system = design.build(design.taken(SETTINGS))
    found = followed(read_path(PATH), system)
    last = system.decode(found.trace.states[-1])
    assert {{name: last[name] for name in EXPECTED}} == EXPECTED
'''


def _chart(subject: Subject, number: int) -> str:
    return sequence_svg(sequence_chart(subject.session.trace(number)))


def _text(subject: Subject, number: int) -> str:
    return "\n".join(chart_text(sequence_chart(subject.session.trace(number)))) + "\n"


def _itf(subject: Subject, number: int) -> str:
    data = itf_data(subject.session.trace(number), subject.design.name, subject.system.title)
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _json(subject: Subject, number: int) -> str:
    session = subject.session
    data: dict[str, Any] = {
        "design": subject.design.name,
        "parameters": {name: show(value) for name, value in subject.system.parameters.items()},
        "path": str(session.path(number)),
        "trace": session.trace(number).as_data(),
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _path(subject: Subject, number: int) -> str:
    return f"{subject.session.path(number)}\n"


FORMS: dict[str, tuple[str, str, Callable[[Subject, int], str]]] = {
    "test": ("test_{name}.py", "text/x-python", _test),
    "chart": ("{name}.svg", "image/svg+xml", _chart),
    "text": ("{name}.txt", "text/plain", _text),
    "itf": ("{name}.itf.json", "application/json", _itf),
    "json": ("{name}.json", "application/json", _json),
    "path": ("{name}.path", "text/plain", _path),
}
"""The forms, each with the name of its file, its type, and what makes the text."""


def saved(subject: Subject, number: int, form: str) -> tuple[str, str, str]:
    """The path to a node in a form: the name of a file for it, its media type, the text. Raises PathError DR522."""
    if form not in FORMS:
        raise PathError("DR522", f"a path cannot be saved as {form!r}", available=list(FORMS), asked=form)
    file, media, make = FORMS[form]
    name = re.sub(r"\W+", "_", subject.design.name.rpartition(":")[2]).strip("_") or "path"
    return file.format(name=f"{name}_{subject.session.node(number).depth}_steps"), media, make(subject, number)


__all__ = ["FORMS", "saved"]
