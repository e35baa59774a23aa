"""A small project as a user would have it: a design of a server and its standby, its properties, and its claims."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

DESIGN = '''
"""A server and its standby."""
from typing import Annotated

from drcheck import Age, Component, Duration, System, compose, hours, on
from drcheck.designs.design import design


@design(title="A pair of servers", properties="properties.pair")
def pair(
    threshold: Annotated[Duration, "how long the standby waits"] = hours(2),
    failures: Annotated[int, "how many failures may happen", range(0, 3)] = 1,
    prompt: Annotated[bool, "whether the standby may serve at once"] = False,
) -> System:
    """One server works, the other [b]waits[/b]."""
    waited = Age("waited", cap=threshold)
    primary = Component("primary", ["up", "down"], transitions=[
        on("primary_fails", "up", "down", kind="environment", fault="failure"),
        on("tick", "up"),
    ])
    standby = Component("standby", ["idle", "serving"], variables=[waited], transitions=[
        on("tick", "idle", when=primary.up),
        on("tick", "idle", when=primary.down & (waited < threshold), then={waited: waited + 1}),
        on("take_over", "idle", "serving", when=primary.down & ((waited == threshold) | prompt)),
        on("hand_back", "serving", "idle", when=primary.up, kind="operator"),
    ])
    return compose("pair", [primary, standby], tick=hours(1), faults={"failure": failures})
'''

PROPERTIES = '''
from drcheck.logic.kinds import Finding
from drcheck.logic.properties import always, leads_to, never, stated, whenever, worst_case
from drcheck.logic.fairness import weakly_fair


@stated(claims="P-1", source="the book, page 1")
def one_at_a_time(d):
    """Never do both serve."""
    return never(d.primary.up & d.standby.serving)


@stated(claims=["P-2"], finding=Finding("Nobody serves for a while", "The standby waits.", "Do not wait.", chart=True))
def somebody_serves(d):
    """Somebody always serves."""
    return always(d.primary.up | d.standby.serving)


@stated(claims="P-2", given={"prompt": True}, assumptions="nobody hurries")
def longest_wait(d):
    """How long nobody serves at worst."""
    return worst_case(d.standby.waited)


@stated()
def standby_takes_over(d):
    """The standby serves in the end."""
    return leads_to(d.primary.down, d.standby.serving, fairness=weakly_fair("automatic", "time"))
'''

CLAIMS = """
from drcheck.verdicts.claims import Claim

CLAIMS = (
    Claim("P-1", "At most one serves.", "the book", "page 1"),
    Claim("P-2", "Someone serves.", "the book", "page 2"),
    Claim("P-3", "The servers are blue.", "the book", "page 3"),
)
"""


COUNTERS = '''
"""A system of 10,201 states, in which a search takes long enough to be stopped."""
from drcheck import Component, Integer, System, compose, on
from drcheck.designs.design import design
from drcheck.logic.properties import always


@design
def counters() -> System:
    """Two counters that count to a hundred."""
    parts = []
    for name in ("a", "b"):
        n = Integer("n", 0, 100)
        counts = on(f"{name}_counts", "on", when=n < 100, then={n: n + 1})
        parts.append(Component(name, ["on"], variables=[n], transitions=[counts]))
    first, second = (part.n for part in parts)
    promises = [always(first + second <= 200, name="sum"), always(first < 9, name="early")]
    return compose("counters", parts, properties=promises)
'''


def write(root: Path, files: dict[str, str]) -> None:
    """Write modules below a directory, with the packages that they are in."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.parent != root:
            (path.parent / "__init__.py").touch()
        path.write_text(textwrap.dedent(text), encoding="utf-8")


def write_project(root: Path) -> None:
    """The project's files."""
    write(root, {"model/pair.py": DESIGN, "properties/pair.py": PROPERTIES, "properties/claims.py": CLAIMS})


def enter(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a directory the working directory of a user who has imported nothing yet."""
    for name in list(sys.modules):
        if name.split(".")[0] in ("model", "properties"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if not (Path(p) / "model").is_dir()])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.chdir(root)


def leave(before: set[str]) -> None:
    """Forget the modules of the project that were imported since `before`."""
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("model", "properties"):
            del sys.modules[name]


@contextmanager
def entered(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory as the working directory of a user, until the modules of the project are forgotten again."""
    before = set(sys.modules)
    enter(root, monkeypatch)
    try:
        yield root
    finally:
        leave(before)


def read_all(terminal: int) -> bytes:
    """What is written to the other end of a pseudo-terminal until it is closed; ours is closed then, too."""
    seen = b""
    with suppress(OSError):  # Linux says so that the other end is closed
        while part := os.read(terminal, 4096):
            seen += part
    os.close(terminal)
    return seen
