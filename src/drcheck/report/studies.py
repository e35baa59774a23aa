"""Studies: the designs of one folder are reviewed together, in one file, by the people whom they concern."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from drcheck.designs.design import Design
from drcheck.report.words import paragraphs

QUESTION = (
    "Does {what} keep what {its} documents promise, what does each disruption cost at worst, and does anybody notice?"
)
"""What is asked of a study whose package asks nothing."""


@dataclass(frozen=True)
class Group:
    """The designs of one study, and their positions among all. `key` names its files."""

    key: str
    title: str
    question: str
    designs: tuple[Design, ...]
    positions: tuple[int, ...]


def studies(designs: Sequence[Design]) -> list[Group]:
    """The designs by study, in the order of their first designs.

    Designs of one package are one study: the package's docstring is its title, and a second paragraph of it that ends with a
    question mark its question. A design of a module by itself is a study.
    """
    found: dict[str, list[int]] = {}
    for position, design in enumerate(designs):
        found.setdefault(_package(design), []).append(position)
    taken: dict[str, int] = {}
    result = []
    for package, positions in found.items():
        group = tuple(designs[position] for position in positions)
        key = package.rpartition(".")[2]
        taken[key] = taken.get(key, 0) + 1
        key = key if taken[key] == 1 else f"{key}-{taken[key]}"
        title, question = _described(package, group)
        result.append(Group(key, title, question, group, tuple(positions)))
    return result


def _package(design: Design) -> str:
    module: str = design.function.__module__
    return module.rpartition(".")[0] or module


def _described(package: str, designs: Sequence[Design]) -> tuple[str, str]:
    """The title and the question of a study."""
    module = sys.modules.get(package)
    is_package = module is not None and hasattr(module, "__path__") and designs[0].function.__module__ != package
    said = paragraphs(inspect.getdoc(module) or "") if is_package else []
    several = len(designs) > 1
    question = next((text for text in said[1:2] if text.endswith("?")), "")
    if said and (several or question):
        title = said[0].rstrip(".")
    else:
        title = "; ".join(design.title for design in designs)
    what = ("the designs", "their") if several else ("the design", "its")
    return title, question or QUESTION.format(what=what[0], its=what[1]).replace("Does the designs", "Do the designs")


__all__ = ["QUESTION", "Group", "studies"]
