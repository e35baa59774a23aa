"""What notebooks show of an object: a method that they ask for, and who answers, which is told from above.

This module must stay light: components have the method, and what is shown is made of drawings and reports, far above them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

Bundle = dict[str, str]
"""Texts by their media types."""
Shows = Callable[[object], Bundle]
_SHOWS: list[Shows] = []


def shown_by(shows: Shows) -> None:
    """Have a function say what notebooks show of objects."""
    _SHOWS[:] = [shows]


class Shown:
    """An object that notebooks show as text, Markdown and HTML, and maybe as a drawing."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None) -> Bundle:
        """What is shown, by media type: those that are to be included, without those to be excluded."""
        found = _SHOWS[0](self) if _SHOWS else {"text/plain": repr(self)}
        wanted = found.keys() if include is None else set(include)
        return {kind: text for kind, text in found.items() if kind in wanted and kind not in set(exclude or ())}


__all__ = ["Bundle", "Shown", "shown_by"]
