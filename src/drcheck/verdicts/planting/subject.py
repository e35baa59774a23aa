"""A design with all that mutants are decided by: its systems under every set of parameters that properties are stated for.

One mutant is one fault in the source. Where other parameters compose the same source line, it is planted there, too; the same
line is known by its mutant's words, or else by file, line and order, as parameters write other numbers into one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drcheck.designs.design import Design
from drcheck.designs.parameter import settings_text
from drcheck.designs.preparing import stated_on
from drcheck.designs.selection import grouped
from drcheck.errors import DesignError
from drcheck.logic.kinds import Property
from drcheck.logic.observing import by_observers
from drcheck.logic.properties import Statement
from drcheck.system.fingerprint import Fingerprints, digest
from drcheck.system.lowering import lower
from drcheck.system.system import System
from drcheck.verdicts.planting.mutant import Mutant
from drcheck.verdicts.planting.operators import mutants_of


@dataclass(frozen=True)
class Variant:
    """The system under one set of parameters beyond those requested, `given`, and the properties stated for it."""

    given: Mapping[str, Any]
    label: str
    system: System
    statements: tuple[Statement, ...]
    properties: tuple[Property, ...]


@dataclass
class Subject:
    """A design, its variants, its mutants, and where each of these is planted: the number of the variant, and the mutant there.

    `digest` identifies the systems and the properties: with the same one, every mutant is decided alike.
    """

    design: Design
    settings: Mapping[str, Any]
    variants: list[Variant]
    mutants: list[Mutant] = field(default_factory=list)
    planted: dict[str, dict[int, Mutant]] = field(default_factory=dict)
    digest: str = ""


def subject_of(design: Design, settings: Mapping[str, Any] | None = None) -> Subject:
    """A design, to plant mutants in. Raises the errors of a design that is not well formed."""
    asked = dict(settings or {})
    groups, _ = grouped(design, asked, ())
    variants = []
    for key, statements in groups.items():
        system = design.build({**asked, **dict(key)})
        stated = [(s, p) for s in statements if isinstance(p := stated_on(s, design, system, asked), Property)]
        label = settings_text({**asked, **dict(key)}, design.roles)
        those = tuple(s for s, _ in stated), tuple(p for _, p in stated)
        variants.append(Variant(dict(key), label, system, *those))
    subject = Subject(design, asked, variants)
    _find_mutants(subject)
    subject.digest = digest_of((v.label, v.system, v.properties) for v in variants)
    return subject


def refuse_without_mutants(subjects: Sequence[Subject]) -> None:
    """Raise DesignError DR128 where there is nothing to change in any design."""
    if any(subject.mutants for subject in subjects):
        return
    names = ", ".join(subject.design.name for subject in subjects)
    raise DesignError(
        "DR128",
        f"nothing can be changed in {names}: no component has a transition",
        place=subjects[0].design.place if len(subjects) == 1 else None,
        remedy="give components transitions with on(...)",
    )


def _find_mutants(subject: Subject) -> None:
    """The mutants of all variants, those that are one fault of the source once."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for number, variant in enumerate(subject.variants):
        here: dict[tuple[object, ...], list[Mutant]] = {}
        for mutant in mutants_of(variant.system):
            here.setdefault(mutant.anchor, []).append(mutant)
        for anchor, those in here.items():
            alike = groups.get(anchor, [])
            for place, mutant in enumerate(those):
                key = mutant.key
                if (
                    key not in subject.planted
                    and len(alike) == len(those)
                    and number not in subject.planted[alike[place]]
                ):
                    key = alike[place]
                if key not in subject.planted:
                    subject.mutants.append(mutant)
                    groups.setdefault(anchor, []).append(key)
                subject.planted.setdefault(key, {})[number] = mutant


def digest_of(variants: Iterable[tuple[str, System, Sequence[Property]]]) -> str:
    """The digest of systems, each with a label and what is asked of it: equal ones have equal verdicts, traces and values."""
    known = Fingerprints()
    parts: list[object] = []
    for label, system, properties in variants:
        parts.append((label, known.system(system)))
        for group in by_observers(system, properties):
            for item in group.properties:
                parts += [item.name, item.kind, item.formula(), item.at_most, item.fairness, item.evidence, item.given]
                parts += [
                    known.expression(lower(group.system, part)) for _, part in item.in_system(group.system).parts()
                ]
                parts += [str(cause) for finding in item.findings for cause in finding.causes if isinstance(cause, str)]
                parts += [(role.role.value, key) for key, role in zip(item.claims, item.roles, strict=True)]
    return digest(parts)


__all__ = ["Subject", "Variant", "digest_of", "refuse_without_mutants", "subject_of"]
