"""The roles in which properties decide a claim of a document.

A claim is judged on what the document says. A property may say just that, or something else about the same promise: what one
more adversity does to it, how it reads if an ambiguous sentence means something else, that what it speaks of does happen, or
under which condition that the document does not state it can be proved. Only the role tells these apart, so each property has
one for each claim that it names.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drcheck.errors import PropertyError, caller, shown
from drcheck.logic.details import cannot_be, texts_of


class Role(enum.Enum):
    """In which way a property decides a claim."""

    AS_STATED = "as stated"
    """What the document says: its own conditions, defaults and procedure, and nothing added."""
    STRESS = "stress"
    """One named adversity, or freedom, more than the document allows."""
    READING = "reading"
    """The claim in another reading of an ambiguous sentence."""
    WITNESS = "witness"
    """That what the claim speaks of does happen."""
    CONDITION = "condition"
    """The same promise as one in the role AS_STATED, under a condition that the document does not state."""


@dataclass(frozen=True)
class ClaimRole:
    """A role, and what it adds to the document, in words: the adversity of a stress, the meaning in a reading."""

    role: Role
    what: str = ""

    def __str__(self) -> str:
        return f"{self.role.value}: {self.what}" if self.what else self.role.value


Claims = str | Sequence[str] | Mapping[str, ClaimRole]
"""The keys of claims: one, several, or each with the role in which they are decided."""

as_stated = ClaimRole(Role.AS_STATED)
witness = ClaimRole(Role.WITNESS)
condition = ClaimRole(Role.CONDITION)


def stress(adversity: str) -> ClaimRole:
    """The role of a property with one adversity, or freedom, more than the document allows. Raises PropertyError DR309."""
    return ClaimRole(
        Role.STRESS, _named("adversity of a stress", adversity, "a second outage while the first is made up for")
    )


def reading(meaning: str) -> ClaimRole:
    """The role of a property in another reading of an ambiguous sentence. Raises PropertyError DR309."""
    return ClaimRole(
        Role.READING, _named("meaning of a reading", meaning, "the threshold counts from the last success")
    )


def _named(what: str, text: object, example: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise PropertyError(
            "DR309",
            f"the {what} cannot be {shown(text)}",
            place=caller(),
            remedy=f"name it, in words: {example!r}",
        )
    return " ".join(text.split())


def checked_role(value: object) -> ClaimRole:
    """A role as it was given. Raises PropertyError DR309 for anything else."""
    if isinstance(value, ClaimRole):
        return value
    takes = {"stress": stress, "reading": reading}
    name = next((name for name, function in takes.items() if value is function), "")
    raise PropertyError(
        "DR309",
        f"the role of a property cannot be {name or shown(value)}",
        place=caller(),
        available=["as_stated", 'stress("...")', 'reading("...")', "witness", "condition"],
        remedy=f'say which: {name}("...")' if name else "import the roles from drcheck",
    )


def claims_and_roles(claims: object, role: object) -> tuple[tuple[str, ...], tuple[ClaimRole, ...]]:
    """The keys of claims, and the role of each. Raises PropertyError DR309 for a role without a claim and for two of a claim."""
    if isinstance(claims, Mapping):
        if role is not None:
            raise PropertyError(
                "DR309",
                "claims= gives each claim its role, and role= another one",
                place=caller(),
                remedy="leave out role=",
            )
        return claim_keys(tuple(claims)), tuple(checked_role(value) for value in claims.values())
    keys = claim_keys(claims)
    if role is not None and not keys:
        raise PropertyError(
            "DR309",
            "a property has a role for the claims that it decides, and no claim is named",
            place=caller(),
            remedy='name it: @stated(claims="...", role=...)',
        )
    return keys, (as_stated if role is None else checked_role(role),) * len(keys)


def claim_keys(value: object) -> tuple[str, ...]:
    """The keys of claims. Raises PropertyError DR309 for several in one text, which would be one key, and for a blank one."""
    keys = texts_of("claims", value)
    if any(not key.strip() for key in keys):
        raise cannot_be("claims", value, "the keys of claims, or leave it out")
    apart = tuple(part.strip() for key in keys for part in re.split("[,;]", key) if part.strip())
    if any("," in key or ";" in key for key in keys):
        raise PropertyError(
            "DR309",
            f"claims={shown(value)} would be read as {'one key' if len(keys) == 1 else f'{len(keys)} keys'}: "
            f"{shown(keys)}",
            place=caller(),
            remedy=f"write claims={shown(apart)}",
        )
    return keys


__all__ = [
    "ClaimRole",
    "Claims",
    "Role",
    "as_stated",
    "checked_role",
    "claim_keys",
    "claims_and_roles",
    "condition",
    "reading",
    "stress",
    "witness",
]
