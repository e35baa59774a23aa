"""The languages of other checkers in which a System can be written: what each is called, and how its checker is run.

To add a language: a module with its reading of a System, and an entry in `LANGUAGES`. `drcheck export` and its tests find it
there; `tests/interop/test_export.py` has the checker count the states.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from drcheck.errors import OutputError
from drcheck.language.expressions import BOOLEAN, Expression, Operation
from drcheck.logic.kinds import Always, Property
from drcheck.system.lowering import lower
from drcheck.system.system import System
from drcheck.system.terms import conjunction

Write = Callable[[System, Mapping[str, Expression]], str]
"""The text of a model: of a system, with the lowered conditions of its bad states, by name. Raises OutputError DR604."""


@dataclass(frozen=True)
class Language:
    """A language of another checker.

    `ending`: of its files. `checker`: what reads it. `commands`: how that is run on a file `{file}`, so that it finds exactly
    drcheck's states. `write`: the text of a model.
    """

    name: str
    ending: str
    checker: str
    commands: tuple[str, ...]
    write: Write


def _promela(system: System, bad: Mapping[str, Expression]) -> str:
    from drcheck.interop.promela import source

    return source(system, tuple(bad.values()), names=tuple(bad))


def _murphi(system: System, bad: Mapping[str, Expression]) -> str:
    from drcheck.interop.murphi import source

    return source(system, tuple(bad.values()), names=tuple(bad))


def _jani(system: System, bad: Mapping[str, Expression]) -> str:
    from drcheck.interop.jani import source

    return source(system, tuple(bad.values()), names=tuple(bad))


_STORM = "import sys, stormpy; print(stormpy.build_model(stormpy.parse_jani_model(sys.argv[1])[0]))"

LANGUAGES = {
    language.name: language
    for language in (
        Language(
            "promela",
            ".pml",
            "Spin",
            ("spin -a -n -o2 {file}", "cc -O2 -w -DSAFETY -DNOREDUCE -o pan pan.c", "./pan -n -m1000000"),
            _promela,
        ),
        Language(
            "murphi",
            ".m",
            "Rumur",
            (
                "rumur --deadlock-detection off --output verifier.c {file}",
                "cc -O2 -w -std=gnu11 -mcx16 -o verifier verifier.c -lpthread",
                "./verifier",
            ),
            _murphi,
        ),
        Language("jani", ".jani", "Storm", (f'python -c "{_STORM}" {{file}}',), _jani),
    )
}
"""All languages, by name."""


def language_named(name: str) -> Language:
    """The language of a name. Raises OutputError DR605."""
    if name not in LANGUAGES:
        raise OutputError("DR605", f"there is no language {name!r} to export to", available=LANGUAGES, asked=name)
    return LANGUAGES[name]


def bad_states(system: System, properties: Sequence[Property]) -> dict[str, Expression]:
    """The lowered condition of the states that break each of some invariants, by its name.

    Raises OutputError DR606 for a property that is none: that is of another kind, or speaks of steps.
    """
    from drcheck.logic.observing import by_observers

    found: dict[str, Expression] = {}
    for item in properties:
        (group,) = by_observers(system, [item])
        if not isinstance(item, Always) or group.system is not system or item.condition is None:
            said = "speaks of events or of time" if group.system is not system else f"is of kind {item.kind}"
            raise OutputError(
                "DR606",
                f"{item.name} cannot be exported: it {said}",
                place=item.place,
                remedy="name invariants, always(...) and never(...) of states; the other kinds are decided by drcheck alone",
            )
        broken: Expression = Operation("not", (lower(system, item.condition, item.place),), BOOLEAN)
        if item.trigger is not None:
            broken = conjunction([lower(system, item.trigger, item.place), broken])
        found[item.name] = broken
    return found


__all__ = ["LANGUAGES", "Language", "bad_states", "language_named"]
