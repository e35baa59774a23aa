"""A budget of states for all the searches of an answer: how much of it is spent, and when it is over."""

from __future__ import annotations

LEAST = 50_000
"""As how many states a search counts at least, and a composition: to prepare one takes as long as so many states."""


class Spending:
    """What an answer spends. `most`: how many states its searches may have in all; None: any number."""

    def __init__(self, most: int | None = None) -> None:
        self.most, self.spent = most, 0

    def took(self, states: int = 0) -> None:
        """A search that had so many states, or a composition."""
        self.spent += max(states, LEAST)

    @property
    def over(self) -> str:
        """Why no further search is made, or ""."""
        if self.most is None or self.spent < self.most:
            return ""
        return f"the budget of {self.most:,} states was spent"


__all__ = ["LEAST", "Spending"]
