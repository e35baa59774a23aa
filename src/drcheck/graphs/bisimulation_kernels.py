"""Refining a partition of states until it is a bisimulation, as kernels in the sense of `kernels.translate`.

Each also runs in plain Python over lists. The callers in `bisimulation` check the arguments and allocate. The graph is that
of `algorithm_kernels`, with `labels` beside `targets`; edges of a state with the same label stand together. A *class* is a
set of states: those of class c are `members[begins[c]:ends[c]]`, `place` says where in `members` a state is, and `number`
of which class it is.
"""

from __future__ import annotations

from drcheck.kernels.splitmix import FIRST_FACTOR, FULL, SECOND_FACTOR, STRIDE
from drcheck.kernels.translate import HalfWords, Words, prefetch

FAR, NEAR = 16, 8
"""So many elements ahead what will be looked up is asked for: first what says where it is, then the thing itself."""


def word_of_edges(
    state: int, offsets: Words, targets: HalfWords, labels: HalfWords, number: HalfWords, seed: int
) -> int:
    """A word for the set of pairs of a label and a class to which the state has edges: equal sets have equal words.

    Different sets have different words but for chance; `first_unlike` tells afterwards.
    """
    total = seed
    begin = offsets[state]
    for position in range(offsets[state], offsets[state + 1]):
        label = labels[position]
        if label != labels[begin]:
            begin = position
        leads = number[targets[position]]
        again = 0
        for before in range(begin, position):
            if number[targets[before]] == leads:
                again = 1
                break
        if again == 0:
            # The mixer of SplitMix64, so that the word depends on all bits of a pair; a sum does not depend on the order.
            z = ((((label << 32) | leads) ^ seed) + STRIDE) & FULL
            z = ((z ^ (z >> 30)) * FIRST_FACTOR) & FULL
            z = ((z ^ (z >> 27)) * SECOND_FACTOR) & FULL
            total = (total + (z ^ (z >> 31))) & FULL
    return total


def refine(
    states: int,
    offsets: Words,
    targets: HalfWords,
    labels: HalfWords,
    back: Words,
    sources: HalfWords,
    seed: int,
    classes: int,
    number: HalfWords,
    members: HalfWords,
    place: HalfWords,
    begins: HalfWords,
    ends: HalfWords,
    marked: HalfWords,
    touched: HalfWords,
    changed: HalfWords,
    words: Words,
    keys: Words,
    groups: HalfWords,
    group_of: HalfWords,
    sizes: HalfWords,
    moved: HalfWords,
) -> int:
    """Split classes until states of one class have edges with the same labels to the same classes; returns how many there are.

    `back`, `sources`: the edges turned round (see `transposed`). In: a partition into `classes` classes that may only be
    split. Scratch: `marked`, `touched`, `changed`, `words`, `group_of`, `sizes`, `moved`, one element per state, and
    `keys`, `groups`, as many as twice the states, up to a power of two.

    In each round the states are looked at that have an edge to a state whose class got another number in the round before. These
    go to the front of their class (`marked` says how many they are) and are grouped by their signature. The others of
    the class have no edge to a class that is new, so none of them belongs to a group. The largest part keeps the number of
    the class, so that a state gets another one at most log2(states) times (Hopcroft 1971; signatures: Blom and Orzan,
    Distributed branching bisimulation reduction of state spaces, 2003).
    """
    edges = offsets[states]
    if edges == 0:
        return classes
    parts = classes
    waiting = 0
    for c in range(classes):
        marked[c] = ends[c] - begins[c]
        touched[c] = c
        waiting += 1
    while waiting > 0:
        for i in range(waiting):
            c = touched[i]
            for at in range(begins[c], begins[c] + marked[c]):
                prefetch(offsets, members[min(at + FAR, states - 1)])
                prefetch(number, targets[min(offsets[members[min(at + NEAR, states - 1)]], edges - 1)])
                words[at] = word_of_edges(members[at], offsets, targets, labels, number, seed)
        count = 0
        for i in range(waiting):
            c = touched[i]
            begin = begins[c]
            size = marked[c]
            marked[c] = 0
            rest = ends[c] - begin - size
            if size + rest == 1:
                continue
            room = 2
            while room < 2 * size:
                room = room * 2
            for slot in range(room):
                groups[slot] = 0
            found = 0
            for at in range(begin, begin + size):
                word = words[at]
                slot = (word >> 7) & (room - 1)
                while groups[slot] != 0 and keys[slot] != word:
                    slot = (slot + 1) & (room - 1)
                if groups[slot] == 0:
                    keys[slot] = word
                    sizes[found] = 0
                    found += 1
                    groups[slot] = found
                group = groups[slot] - 1
                group_of[at] = group
                sizes[group] = sizes[group] + 1
            if found == 1 and rest == 0:
                continue
            largest = 0
            for group in range(found):
                if sizes[group] > sizes[largest]:
                    largest = group
            # Where the members of each group go, in their place in `sizes`.
            most = sizes[largest]
            to = begin
            first = parts
            for group in range(found):
                length = sizes[group]
                sizes[group] = to
                if group == largest and most > rest:
                    begins[c] = to
                    ends[c] = to + length
                else:
                    begins[parts] = to
                    ends[parts] = to + length
                    marked[parts] = 0
                    parts += 1
                to += length
            if most > rest:
                if rest > 0:
                    begins[parts] = to
                    ends[parts] = to + rest
                    marked[parts] = 0
                    parts += 1
            else:
                begins[c] = to
                ends[c] = to + rest
            for at in range(begin, begin + size):
                group = group_of[at]
                moved[sizes[group]] = members[at]
                sizes[group] = sizes[group] + 1
            for at in range(begin, begin + size):
                prefetch(place, moved[min(at + FAR, states - 1)])
                prefetch(number, moved[min(at + FAR, states - 1)])
                members[at] = moved[at]
                place[moved[at]] = at
            for part in range(first, parts):
                for at in range(begins[part], ends[part]):
                    number[members[at]] = part
                    changed[count] = members[at]
                    count += 1
        waiting = 0
        for i in range(count):
            prefetch(back, changed[min(i + FAR, states - 1)])
            ahead = sources[min(back[changed[min(i + NEAR, states - 1)]], edges - 1)]
            prefetch(number, ahead)
            prefetch(place, ahead)
            for position in range(back[changed[i]], back[changed[i] + 1]):
                state = sources[position]
                c = number[state]
                front = begins[c] + marked[c]
                at = place[state]
                if at >= front:
                    other = members[front]
                    members[front] = state
                    place[state] = front
                    members[at] = other
                    place[other] = at
                    if marked[c] == 0:
                        touched[waiting] = c
                        waiting += 1
                    marked[c] = marked[c] + 1
    return parts


def led_to(wanted: int, targets: HalfWords, number: HalfWords, begin: int, end: int) -> int:
    """1 if one of the edges from position `begin` to before `end` leads to a class, else 0."""
    for position in range(begin, end):
        if number[targets[position]] == wanted:
            return 1
    return 0


def first_unlike(
    states: int, offsets: Words, targets: HalfWords, labels: HalfWords, number: HalfWords, firsts: HalfWords
) -> int:
    """The first state whose edges do not have the labels, and lead to the classes, of those of the first state of its class.

    `states` if there is none. `firsts`: the first state of each class.
    """
    for state in range(states):
        one = offsets[state]
        end = offsets[state + 1]
        first = firsts[number[state]]
        other = offsets[first]
        last = offsets[first + 1]
        while one < end or other < last:
            if one == end or other == last or labels[one] != labels[other]:
                return state
            label = labels[one]
            one_to = one
            while one_to < end and labels[one_to] == label:
                one_to += 1
            other_to = other
            while other_to < last and labels[other_to] == label:
                other_to += 1
            for position in range(one, one_to):
                if led_to(number[targets[position]], targets, number, other, other_to) == 0:
                    return state
            for position in range(other, other_to):
                if led_to(number[targets[position]], targets, number, one, one_to) == 0:
                    return state
            one = one_to
            other = other_to
    return states


def rows_of(
    classes: int,
    offsets: Words,
    targets: HalfWords,
    labels: HalfWords,
    number: HalfWords,
    firsts: HalfWords,
    rows: Words,
    leads: HalfWords,
    by: HalfWords,
) -> int:
    """The edges of classes, which are those of their first states, each once; returns how many there are.

    Out: those of class c are `leads[rows[c]:rows[c + 1]]` with labels `by`.
    """
    count = 0
    for c in range(classes):
        rows[c] = count
        for position in range(offsets[firsts[c]], offsets[firsts[c] + 1]):
            target = number[targets[position]]
            label = labels[position]
            again = 0
            for before in range(rows[c], count):
                if leads[before] == target and by[before] == label:
                    again = 1
                    break
            if again == 0:
                leads[count] = target
                by[count] = label
                count += 1
    rows[classes] = count
    return count
