"""The result of a campaign as plain data, what of a stored one is still true, and what is still to be decided.

A result is that of one seed, one number of mutants and one limit of states. It names each design's digest: of its systems and
properties under every set of parameters. Where the digest is the same, what became of a mutant is the same, and it is not decided
again; where it is another one, the result is stale, and the mutants of the design are decided anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drcheck.designs.parameter import show
from drcheck.verdicts.planting.campaign import Result, Status
from drcheck.verdicts.planting.drawing import drawn
from drcheck.verdicts.planting.mutant import Mutant
from drcheck.verdicts.planting.subject import Subject

Row = dict[str, Any]
"""What became of one mutant, as plain data."""


@dataclass
class Plan:
    """What a campaign decides: of each design, the mutants that were drawn, and what is known of them."""

    subjects: list[Subject]
    seed: int
    number: int
    limit_states: int
    drawn: dict[str, list[Mutant]]
    known: dict[tuple[str, str], Row]
    stale: dict[str, str]

    @property
    def open(self) -> dict[str, list[Mutant]]:
        """The mutants that are not decided yet, by design."""
        return {
            design: [mutant for mutant in those if (design, mutant.key) not in self.known]
            for design, those in self.drawn.items()
        }

    def take(self, result: Result) -> None:
        """Remember what became of a mutant."""
        self.known[result.design, result.mutant.key] = row(result)

    def data(self) -> dict[str, Any]:
        """The result so far."""
        rows = [
            {**found, "place": _place(mutant)}  # lines move where a model does not change
            for design, those in self.drawn.items()
            for mutant in those
            if (found := self.known.get((design, mutant.key))) is not None
        ]
        return {
            "seed": self.seed,
            "number": self.number,
            "limit_states": self.limit_states,
            "planted": len(rows),
            "counts": counts(rows),
            "designs": [
                {
                    "design": subject.design.name,
                    "title": subject.design.title,
                    "settings": {name: show(value) for name, value in subject.settings.items()},
                    "digest": subject.digest,
                    "places": len(subject.mutants),
                    "drawn": len(self.drawn[subject.design.name]),
                }
                for subject in self.subjects
            ],
            "mutants": rows,
        }


def planned(
    subjects: Sequence[Subject], seed: int, number: int, limit_states: int, stored: Mapping[str, Any] | None = None
) -> Plan:
    """The mutants that are drawn, and what a stored result says of them that is still true."""
    chosen = drawn({subject.design.name: subject.mutants for subject in subjects}, seed, number)
    plan = Plan(list(subjects), seed, number, limit_states, chosen, {}, {})
    if stored is None:
        return plan
    digests = {one["design"]: one["digest"] for one in stored["designs"]}
    same_limit = stored["limit_states"] == limit_states
    for subject in subjects:
        name = subject.design.name
        if name not in digests:
            plan.stale[name] = "it is not in the stored result"
        elif digests[name] != subject.digest:
            plan.stale[name] = "the model or its properties have changed"
        elif not same_limit:
            plan.stale[name] = f"the stored result has another limit: {stored['limit_states']:,} states"
    for found in stored["mutants"]:
        if found["design"] in digests and found["design"] not in plan.stale:
            plan.known[found["design"], key_of(found)] = found
    for name, those in plan.open.items():
        if those and name not in plan.stale:
            missing = "1 mutant is" if len(those) == 1 else f"{len(those)} mutants are"
            plan.stale[name] = f"{missing} not decided in the stored result"
    return plan


def row(result: Result) -> Row:
    """What became of a mutant as plain data."""
    mutant = result.mutant
    return {
        "design": result.design,
        "operator": mutant.operator,
        "component": mutant.component,
        "where": mutant.where,
        "before": mutant.before,
        "after": mutant.after,
        "place": _place(mutant),
        "status": result.status.value,
        "by": result.by,
        "how": result.how,
        "given": result.given,
        "states": result.states,
        "undecided": result.undecided,
        "values": list(result.values),
    }


def _place(mutant: Mutant) -> str:
    return str(mutant.place or "")


def key_of(found: Mapping[str, Any]) -> str:
    """The key of the mutant that a row is about."""
    return " | ".join(str(found[name]) for name in ("operator", "component", "where", "before", "after"))


def counts(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many mutants were seen, how many are equivalent, how many survived; and how many of those seen were refused."""
    found = {status.value: 0 for status in Status} | {"refused": 0}
    for one in rows:
        found[one["status"]] += 1
        found["refused"] += one["how"].startswith("refused")
    return found


__all__ = ["Plan", "Row", "counts", "key_of", "planned", "row"]
