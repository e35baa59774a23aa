"""Lists and dictionaries that were changed after they were handed over.

A part of a model takes what a list holds when it is made. `rows.append(on(...))` after `Component(..., transitions=rows)` changes
the list, not the component: the transition would be lost without a word. So what was handed over is kept beside what was
taken, and compared when the part is used. What was added, or put in the place of something else, is refused: ModelError DR145.

A list may be handed over several times, and be changed between: what the last one took is in the model. What was taken out of a
list is no loss of anything written.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, MutableSequence
from weakref import WeakValueDictionary

from drcheck.errors import ModelError, Place, shown


class HandedOver:
    """A list or dictionary of a user's, and what was taken of it: the `name` of the argument, what it is a part `of`."""

    def __init__(
        self, name: str, of: str, given: MutableSequence[object] | MutableMapping[object, object], place: Place
    ) -> None:
        self.name, self.of, self.given, self.place = name, of, given, place
        self.taken = _parts(given)  # the objects themselves, so that none of their identities is used again

    def added(self) -> list[object]:
        """What it holds now and did not when it was last handed over: items, or the keys of a dictionary."""
        last = _LAST.get(id(self.given), self)
        known = {tuple(map(id, part)) for part in last.taken}
        return [part[0] for part in _parts(self.given) if tuple(map(id, part)) not in known]


_LAST: WeakValueDictionary[int, HandedOver] = WeakValueDictionary()
"""The last time that each list was handed over. It keeps the list, so that no other can have its identity."""


def _parts(given: object) -> list[tuple[object, ...]]:
    if isinstance(given, MutableMapping):
        return list(given.items())
    return [(item,) for item in given] if isinstance(given, MutableSequence) else []


def handed_over(place: Place, of: str, **given: object) -> tuple[HandedOver, ...]:
    """The lists and dictionaries among some arguments, by the words for them; what cannot be changed is left out."""
    found = [
        HandedOver(name, of, value, place)
        for name, value in given.items()
        if isinstance(value, (MutableSequence, MutableMapping))
    ]
    _LAST.update({id(each.given): each for each in found})
    return tuple(found)


def refuse_changed(handed: Iterable[HandedOver]) -> None:
    """Raise ModelError DR145 if something was added to one of them."""
    for each in handed:
        added = each.added()
        if added:
            some = getattr(added[0], "trigger", None) or getattr(added[0], "name", None) or added[0]
            raise ModelError(
                "DR145",
                f"{each.of}: its {each.name} were given as a {type(each.given).__name__}, to which {shown(some)} was added "
                "afterwards: that would be lost",
                place=each.place,
                remedy="complete it first; where it is used for something else after, hand over a copy, as in list(...)",
            )


__all__ = ["HandedOver", "handed_over", "refuse_changed"]
