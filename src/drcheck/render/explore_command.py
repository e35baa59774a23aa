"""The command that opens the explorer at the end of a trace: `drcheck explore DESIGN --set ... --at 'system=... ...'`."""

from __future__ import annotations

import shlex
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_words
from drcheck.system.path_text import LONG
from drcheck.system.system import System

FILE = "@FILE"


def changed_settings(design: Design, system: System) -> dict[str, Any]:
    """The parameters of a composed system that are not those of the design by default: every `--set` of it."""
    return {
        p.name: system.parameters[p.name]
        for p in design.parameters
        if p.name in system.parameters and system.parameters[p.name] != p.default
    }


def explore_command(design: Design, system: System, path: str) -> str:
    """The command that opens a path on a design, composed as this system.

    A path that is too long for a command stands in a file, whose name takes the place of FILE.
    """
    at = path if len(path) <= LONG else FILE
    words = ["drcheck", "explore", design.name, *settings_words(changed_settings(design, system))]
    return shlex.join([*words, "--at", at])


__all__ = ["FILE", "changed_settings", "explore_command"]
