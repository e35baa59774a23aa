"""How severe a finding is, from what is known of it: nobody states it by hand."""

from __future__ import annotations

from enum import Enum


class Severity(Enum):
    """The severity of a finding, the greatest first."""

    SEVERE = "severe"
    SERIOUS = "serious"
    MODERATE = "moderate"
    UNRATED = "not rated"


MEANINGS = (
    "Severe: what is lost is lost for good and nobody is told, and one fault or slip, or none, suffices. Serious: one of the "
    "two, or both where it takes more. Moderate: it is noticed, and can be undone. Not rated: neither is stated."
)


def severity(silent: bool | None, permanent: bool | None, adversities: int | None) -> Severity:
    """The severity of a finding that is `silent` and `permanent`, or not, or where that is not known (None).

    `adversities`: how many faults and slips it needs; None if that is not known, which counts as few.
    """
    if silent is None and permanent is None:
        return Severity.UNRATED
    if silent and permanent and (adversities is None or adversities <= 1):
        return Severity.SEVERE
    return Severity.SERIOUS if silent or permanent else Severity.MODERATE


__all__ = ["MEANINGS", "Severity", "severity"]
