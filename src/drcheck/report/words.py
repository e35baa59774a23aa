"""What both forms of the review share in language."""

from __future__ import annotations

import re

OBJECTIVES = (
    "What each disruption costs at worst, with what a document states for it, if it states anything; and, for each fault that it "
    "allows and each loss, whether a notice that a document describes is there: at once, within a time, at last, or not always."
)
NO_OBJECTIVES = "No design of this review declares a disruption or a notice."


def count(number: int, noun: str, several: str = "") -> str:
    """`1 state`, `1,200 states`; `several` is the plural if it is not regular."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"


def sentence(text: str) -> str:
    """A text with a capital at its beginning and a full stop at its end; names of more than one part stay as they are."""
    text = text.strip()
    if not text:
        return text
    first = text.split(maxsplit=1)[0]
    if not set(first) & set("_.-"):
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?:" else f"{text}."


def paragraphs(text: str) -> list[str]:
    """A docstring's paragraphs, each on one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


__all__ = ["NO_OBJECTIVES", "OBJECTIVES", "count", "paragraphs", "sentence"]
