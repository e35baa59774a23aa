"""Names of jani-model, which are any texts, as names of drcheck: letters, digits and underscores, each once and none reserved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from keyword import iskeyword, issoftkeyword

from drcheck.language.component import TICK, Component
from drcheck.language.reserved import MODEL, hidden_by
from drcheck.system.composition import FAULTS
from drcheck.system.system import System

_SET_BY_COMPONENTS = (
    *("place", "name", "states", "doc", "arrays", "variables", "initial", "initial_states", "transitions"),
)
_LONGEST = 60


class Names:
    """Gives out names: the one that is asked for where it can be had, otherwise one like it."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, asked: str, avoid: Iterable[str] = ()) -> str:
        """A name like the one that is asked for, which was not given out before."""
        plain = re.sub(r"[^A-Za-z0-9_]", "_", asked)[:_LONGEST].strip("_") or "x"
        if plain[0].isdigit():
            plain = f"n{plain}"
        if iskeyword(plain) or (issoftkeyword(plain) and plain != "type"):
            plain += "_"
        name, number = plain, 1
        while name in self._taken or name in avoid or self.is_reserved(name):
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name)
        return name

    def is_reserved(self, name: str) -> bool:
        """Whether a name is taken by drcheck."""
        return False


class ComponentNames(Names):
    """Names of components of one system."""

    def is_reserved(self, name: str) -> bool:
        """Whether a name is taken by drcheck."""
        return name == FAULTS or hidden_by(System, name) or hasattr(System, name)


class MemberNames(Names):
    """Names of variables and states of one component."""

    def is_reserved(self, name: str) -> bool:
        """Whether a name is taken by drcheck."""
        return hidden_by(Component, name, _SET_BY_COMPONENTS) or hasattr(Component, name)


class TriggerNames(Names):
    """Names of triggers of one component, or of events."""

    def is_reserved(self, name: str) -> bool:
        """Whether a name is taken by drcheck."""
        return name in (TICK, *MODEL) or name.startswith(("is_", "to_", "may_", "__"))


__all__ = ["ComponentNames", "MemberNames", "Names", "TriggerNames"]
