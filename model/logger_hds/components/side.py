"""A side of a fault-tolerant pair: what fails apart from the other side stands together."""

from drcheck import Component


def side(letter: str) -> Component:
    """Side A or B; nothing happens to it as a whole."""
    return Component(f"side_{letter}", states=["side"], doc=f"What belongs to side {letter.upper()}.")
