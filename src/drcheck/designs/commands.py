"""Commands for a shell that do again what was done here: the design, the parameters that are not as declared, what was named."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from drcheck.designs.parameter import settings_words

if TYPE_CHECKING:
    from drcheck.designs.design import Design


def shell_command(action: str, design: Design, settings: Mapping[str, Any], *words: str) -> str:
    """`drcheck check module:design property --set patience=4h`; what follows `action` and the design are `words`."""
    changed = {name: value for name, value in settings.items() if design.parameter(name).default != value}
    return shlex.join(["drcheck", action, design.name, *words, *settings_words(changed)])


__all__ = ["shell_command"]
