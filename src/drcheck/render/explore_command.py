"""The command that opens the explorer at the end of a trace: `drcheck explore DESIGN --set ... --at 'system=... ...'`."""

from __future__ import annotations

import shlex
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_words
from drcheck.system.path_text import LONG, path_of
from drcheck.system.system import System
from drcheck.system.trace import Trace

FILE = "@FILE"


def changed_settings(design: Design, system: System) -> dict[str, Any]:
    """The parameters of a composed system that are not those of the design by default: every `--set` of it."""
    return {
        p.name: system.parameters[p.name]
        for p in design.parameters
        if p.name in system.parameters and system.parameters[p.name] != p.default
    }


def explore_command(design: Design, trace: Trace, path: str | None = None) -> str:
    """The command that opens a trace of a design; `path`: its path, if it is known.

    One that is too long for a command stands in a file, whose name takes the place of FILE.
    """
    path = str(path_of(trace)) if path is None else path
    at = path if len(path) <= LONG else FILE
    words = ["drcheck", "explore", design.name, *settings_words(changed_settings(design, trace.system))]
    return shlex.join([*words, "--at", at])


__all__ = ["FILE", "changed_settings", "explore_command"]
