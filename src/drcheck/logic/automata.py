"""From a formula in positive normal form to a generalised Buchi automaton with acceptance on transitions.

The translation goes by way of a very weak alternating automaton (Gastin and Oddoux, Fast LTL to Buchi automata
translation, 2001). A state is a set of formulas that all have to hold from here on; a transition reads a letter and
leads to the set that has to hold from the next letter on. There is one acceptance set for each until formula: the
transitions that do not put it off. A run is accepting if it takes transitions of each acceptance set again and again;
with no acceptance sets, every infinite run is. Such an automaton is not degeneralised: the search for cycles takes
several acceptance sets as it takes several fairness assumptions, and G F p needs one state (Couvreur, On-the-fly
verification of linear temporal logic, 1999). G F of a set of letters is an acceptance set at once: as a formula of a
state it only stays, so that several of them do not need a state for each choice of those that are due.

Labels are sets of letters, as the bits of numbers. What cannot be part of an accepting run is left out, and states of
which the same can follow (bisimilar ones) are made one. The result is the same every time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from drcheck.errors import PropertyError
from drcheck.graphs import algorithms
from drcheck.logic.formulas import Node, Normal

MOST_STATES = 64
"""How many states an automaton may have: the states of one that go with a state of the system are the bits of a word."""
MOST_UNTILS = 32
_MOST_SETS = 500
_MOST_TRANSITIONS = 2_000


@dataclass(frozen=True, order=True)
class Transition:
    """`letters`: which it reads; `target`: the state it leads to; `sets`: bits for the acceptance sets it is in."""

    target: int
    sets: int
    letters: int


@dataclass(frozen=True)
class Automaton:
    """A generalised Buchi automaton: transitions of each state, of `letters` letters, with `sets` acceptance sets.

    A run begins in one of the states `initial` before the first letter.
    """

    letters: int
    sets: int
    initial: tuple[int, ...]
    transitions: tuple[tuple[Transition, ...], ...]

    @property
    def size(self) -> int:
        """How many states there are."""
        return len(self.transitions)

    @property
    def every_set(self) -> int:
        """A bit for each acceptance set."""
        return (1 << self.sets) - 1

    def components(self) -> list[tuple[int, ...]]:
        """The strongly connected parts that have an accepting run within them, in the order of their first states."""
        number, accepting = _accepting(self)
        return [tuple(q for q in range(self.size) if number[q] == c) for c in np.flatnonzero(accepting).tolist()]

    def accepts_anything(self, state: int) -> bool:
        """Whether a state is known to accept whatever follows: it can stay, and accept, with each letter."""
        stays = 0
        for t in self.transitions[state]:
            if t.target == state and t.sets == self.every_set:
                stays |= t.letters
        return stays == (1 << self.letters) - 1

    def accepts_repeated(self, letter: int) -> int:
        """The states, as bits, from which a letter that is repeated for ever is accepted."""
        only = [
            tuple(replace(t, letters=1) for t in transitions if t.letters >> letter & 1)
            for transitions in self.transitions
        ]
        useful = _useful(Automaton(1, self.sets, self.initial, tuple(only)))
        return sum(1 << state for state in range(self.size) if useful[state])

    def restricted(self, letters: Sequence[int]) -> Automaton:
        """The automaton for words of some letters only, which are numbered in the order given."""

        def seen(label: int) -> int:
            return sum(1 << i for i, letter in enumerate(letters) if label >> letter & 1)

        return _reduced(
            replace(
                self,
                letters=len(letters),
                transitions=tuple(
                    tuple(replace(t, letters=label) for t in row if (label := seen(t.letters)))
                    for row in self.transitions
                ),
            )
        )


def automaton(normal: Normal, root: Node) -> Automaton:
    """An automaton that accepts the infinite words of which a formula holds. Raises PropertyError DR305: too large."""
    made = _reduced(_Translation(normal).generalised(root))
    if made.size > MOST_STATES:
        raise _too_large(f"{made.size} states, of which {MOST_STATES} is the limit")
    if made.sets > MOST_UNTILS:
        raise _too_large(f"{made.sets} acceptance sets, of which {MOST_UNTILS} is the limit")
    return made


def _too_large(what: str) -> PropertyError:
    return PropertyError(
        "DR305",
        f"the automaton of the formula has {what}",
        remedy="state it as several properties: ltl(f & g) as ltl(f) and ltl(g)",
    )


Step = tuple[int, int]
"""Letters, and a set of formulas as the bits of a number."""


class _Translation:
    """The alternating automaton of a formula, and the generalised one that follows from it."""

    def __init__(self, normal: Normal) -> None:
        self.all = normal.all
        self._numbers: dict[Node, int] = {}
        self._nodes: list[Node] = []
        self._steps: dict[int, list[Step]] = {}

    # -- the alternating automaton: its states are the formulas that are numbered ----------------------------------------
    def _number(self, node: Node) -> int:
        if node not in self._numbers:
            self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return self._numbers[node]

    def _ways(self, node: Node) -> list[int]:
        """The sets of formulas of which one has to hold from the next letter on, so that `node` does."""
        match node.operator:
            case "letters":
                return [0] if node.letters == self.all else [1 << self._number(node)] if node.letters else []
            case "or":
                return [way for part in node.parts for way in self._ways(part)]
            case "and":
                ways = [0]
                for part in node.parts:
                    ways = list(dict.fromkeys(one | two for one in ways for two in self._ways(part)))
                    self._heed(len(ways))
                return ways
        return [1 << self._number(node)]

    def _first(self, node: Node) -> list[Step]:
        """What can be read, and what has to hold afterwards, so that `node` holds."""
        match node.operator:
            case "letters":
                return [(node.letters, 0)] if node.letters else []
            case "or":
                return self._minimal([step for part in node.parts for step in self._first(part)])
            case "and":
                return self._product([self._first(part) for part in node.parts])
        return self.steps(self._number(node))

    def steps(self, number: int) -> list[Step]:
        """The steps of a numbered formula."""
        if number not in self._steps:
            node, again = self._nodes[number], 1 << number
            match node.operator:
                case "next":
                    found = [(self.all, way) for way in self._ways(node.parts[0])]
                case "until":
                    left, right = (self._first(part) for part in node.parts)
                    found = right + [(letters, to | again) for letters, to in left]
                case "release" if self._recurring(number):
                    found = [(self.all, again)]
                case "release":
                    left, right = (self._first(part) for part in node.parts)
                    found = self._product([right, [*left, (self.all, again)]])
                case _:
                    found = self._first(node)
            self._steps[number] = self._minimal(found)
        return self._steps[number]

    def _recurring(self, number: int) -> int:
        """The letters of which a formula says that they come again and again, if that is all it says; else 0."""
        match self._nodes[number]:
            case Node(
                "release", (Node("letters", (), 0), Node("until", (Node("letters") as left, Node("letters") as right)))
            ):
                return right.letters if left.letters == self.all else 0
        return 0

    def _product(self, choices: Sequence[list[Step]]) -> list[Step]:
        found: list[Step] = [(self.all, 0)]
        for steps in choices:
            found = self._minimal([(a & b, to | more) for a, to in found for b, more in steps if a & b])
        return found

    def _minimal(self, steps: list[Step]) -> list[Step]:
        """Without letters with which another step demands less."""
        together: dict[int, int] = {}
        for letters, to in steps:
            together[to] = together.get(to, 0) | letters
        self._heed(len(together))
        found = []
        for to, letters in together.items():
            for other, covered in together.items():
                if other != to and other & to == other:
                    letters &= ~covered
            if letters:
                found.append((letters, to))
        return found

    def _heed(self, transitions: int) -> None:
        if transitions > _MOST_TRANSITIONS:
            raise _too_large(f"a state with more than {_MOST_TRANSITIONS:,} transitions")

    # -- the generalised automaton: its states are sets ------------------------------------------------------------------
    def generalised(self, root: Node) -> Automaton:
        """All sets that can be reached; an acceptance set for each formula that promises something."""
        states: dict[int, int] = {}
        for way in self._ways(root):
            states.setdefault(way, len(states))
        initial = tuple(range(len(states)))
        rows: list[dict[tuple[int, frozenset[int]], int]] = []
        todo = list(states)
        for state in todo:  # grows
            rows.append(row := self._row(state))
            for to, _ in row:
                if to not in states:
                    states[to] = len(states)
                    todo.append(to)
            if len(states) > _MOST_SETS:
                raise _too_large(f"more than {_MOST_SETS:,} states")
        promises = [n for n in range(len(self._nodes)) if self._is_promise(n)]
        return Automaton(
            self.all.bit_length(),
            len(promises),
            initial,
            tuple(
                tuple(
                    Transition(states[to], sum(1 << i for i, p in enumerate(promises) if p not in late), letters)
                    for (to, late), letters in row.items()
                )
                for row in rows
            ),
        )

    def _is_promise(self, number: int) -> bool:
        """Whether a formula can be put off, but not for ever."""
        return self._nodes[number].operator == "until" or self._recurring(number) != 0

    def _row(self, state: int) -> dict[tuple[int, frozenset[int]], int]:
        """The transitions of a set: (target, promises that are put off) to letters."""
        row: dict[tuple[int, frozenset[int]], int] = {}
        for to, letters in self._combined(state).items():
            split: list[tuple[int, frozenset[int]]] = [(letters, frozenset())]
            for promise in _bits(to):
                if self._is_promise(promise):
                    good = self._recurring(promise) or self._kept(promise, to)
                    split = [
                        (part, late | {promise} if put_off else late)
                        for among, late in split
                        for part, put_off in ((among & good, False), (among & ~good, True))
                        if part
                    ]
            for part, late in split:
                row[to, late] = row.get((to, late), 0) | part
            self._heed(len(row))
        return self._undominated(row)

    def _combined(self, state: int) -> dict[int, int]:
        """What can follow a set, with the letters that are read; not yet the least only, as others may accept more."""
        found = {0: self.all}
        for number in _bits(state):
            combined: dict[int, int] = {}
            for to, letters in found.items():
                for among, more in self.steps(number):
                    if letters & among:
                        combined[to | more] = combined.get(to | more, 0) | letters & among
            found = combined
            self._heed(len(found))
        return found

    def _undominated(self, row: dict[tuple[int, frozenset[int]], int]) -> dict[tuple[int, frozenset[int]], int]:
        """Without letters with which another transition demands no more and puts no more off."""
        result = {}
        for (to, late), letters in row.items():
            for (other, later), covered in row.items():
                if (other, later) != (to, late) and other & to == other and later <= late:
                    letters &= ~covered
            if letters:
                result[to, late] = letters
        return result

    def _kept(self, until: int, to: int) -> int:
        """The letters with which an until formula is not put off although it has to hold in `to` as well."""
        result = 0
        for letters, then in self.steps(until):
            if not then >> until & 1 and then & to == then:
                result |= letters
        return result


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1


# -- fewer states ------------------------------------------------------------------------------------------------------
def _reduced(made: Automaton) -> Automaton:
    """The same language: useless states left out, dominated transitions too, bisimilar states merged."""
    while True:
        before = made
        made = _merged(_dominated(_without_sets(_trimmed(made))))
        if made == before:
            return made


def _accepting(made: Automaton) -> tuple[list[int], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """The strongly connected part of each state, and which of these have an accepting run within them."""
    targets = [t.target for row in made.transitions for t in row]
    offsets = np.cumsum([0, *(len(row) for row in made.transitions)])
    number = algorithms.strong_components(offsets.astype(np.int64), np.array(targets, np.uint32)).tolist()
    inside = [0] * (max(number, default=-1) + 1)
    cyclic = np.zeros(len(inside), bool)
    for state, row in enumerate(made.transitions):
        for t in row:
            if number[t.target] == number[state]:
                inside[number[state]] |= t.sets
                cyclic[number[state]] = True
    return number, cyclic & np.array([sets == made.every_set for sets in inside], bool)


def _useful(made: Automaton) -> list[bool]:
    """The states from which there is an accepting run."""
    number, accepting = _accepting(made)
    useful = [bool(accepting[part]) for part in number]
    changed = True
    while changed:
        changed = False
        for state, row in enumerate(made.transitions):
            if not useful[state] and any(useful[t.target] for t in row):
                useful[state] = changed = True
    return useful


def _trimmed(made: Automaton) -> Automaton:
    """Only states that can be reached and have an accepting run, in the order in which they are reached."""
    useful = _useful(made)
    order: dict[int, int] = {}
    for state in made.initial:
        if useful[state]:
            order.setdefault(state, len(order))
    todo = list(order)
    for state in todo:  # grows
        for t in made.transitions[state]:
            if useful[t.target] and t.target not in order:
                order[t.target] = len(order)
                todo.append(t.target)
    number, accepting = _accepting(made)

    def counted(state: int, t: Transition) -> int:
        """Acceptance counts within accepting parts only."""
        return t.sets if number[state] == number[t.target] and accepting[number[state]] else 0

    rows = [
        [Transition(order[t.target], counted(state, t), t.letters) for t in made.transitions[state] if useful[t.target]]
        for state in todo
    ]
    return replace(
        made,
        initial=tuple(sorted({order[state] for state in made.initial if useful[state]})),
        transitions=tuple(tuple(row) for row in rows),
    )


def _without_sets(made: Automaton) -> Automaton:
    """Without acceptance sets that another one implies, within the parts where acceptance counts."""
    number, accepting = _accepting(made)
    within = {
        t.sets
        for state, row in enumerate(made.transitions)
        for t in row
        if number[state] == number[t.target] and accepting[number[state]]
    }
    members = [frozenset(sets for sets in within if sets >> i & 1) for i in range(made.sets)]
    kept = [
        i
        for i, mine in enumerate(members)
        if len(mine) < len(within)
        and not any(other < mine or (other == mine and j < i) for j, other in enumerate(members))
    ]
    if not kept and made.sets:
        kept = [
            0
        ]  # it has all transitions within accepting parts; what is in no set keeps the other parts from accepting

    def renumbered(sets: int) -> int:
        return sum(1 << new for new, old in enumerate(kept) if sets >> old & 1)

    rows = tuple(tuple(replace(t, sets=renumbered(t.sets)) for t in row) for row in made.transitions)
    return replace(made, sets=len(kept), transitions=rows)


def _dominated(made: Automaton) -> Automaton:
    """Letters are read once with each target: by the transition that is in more acceptance sets."""
    rows = []
    for row in made.transitions:
        together: dict[tuple[int, int], int] = {}
        for t in row:
            together[t.target, t.sets] = together.get((t.target, t.sets), 0) | t.letters
        kept = []
        for (target, sets), letters in together.items():
            for (other, more), covered in together.items():
                if other == target and more != sets and more & sets == sets:
                    letters &= ~covered
            if letters:
                kept.append(Transition(target, sets, letters))
        rows.append(tuple(sorted(kept)))
    return replace(made, transitions=tuple(rows))


def _merged(made: Automaton) -> Automaton:
    """Bisimilar states are one: the coarsest partition in which states of a class do the same, by refinement."""
    block = [0] * made.size
    while True:
        signatures = []
        for row in made.transitions:
            together: dict[tuple[int, int], int] = {}
            for t in row:
                key = (block[t.target], t.sets)
                together[key] = together.get(key, 0) | t.letters
            signatures.append(tuple(sorted(together.items())))
        numbers: dict[object, int] = {}
        refined = [numbers.setdefault((block[q], signature), len(numbers)) for q, signature in enumerate(signatures)]
        if len(numbers) == len(set(block)):
            break
        block = refined
    first = [refined.index(b) for b in range(len(numbers))]
    rows = [tuple(replace(t, target=refined[t.target]) for t in made.transitions[q]) for q in first]
    return replace(made, initial=tuple(sorted({refined[q] for q in made.initial})), transitions=tuple(rows))


__all__ = ["MOST_STATES", "Automaton", "Transition", "automaton"]
