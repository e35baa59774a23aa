"""The product of a transition graph and an automaton, as kernels in the sense of `kernels.translate`.

Each also runs in plain Python over lists. The callers in `products` check the arguments and allocate. The graph is that of
`graph_kernels`. An automaton has `width` states; the letter of a graph's state s is `letters[s]`, and
`steps[letters[s] * width + q]` are, as bits, the states to which state q of the automaton goes when s is entered. A
*pair* is a state of the graph and one of the automaton.
"""

from __future__ import annotations

from drcheck.kernels.translate import HalfWords, Words, lowest_bit

NOT_FOUND = 0xFFFFFFFF
PAIR = 6
"""How many bits of a pair, in one word, are the automaton's state."""
LAST = 63


def reached_pairs(
    states: int,
    offsets: Words,
    targets: HalfWords,
    letters: HalfWords,
    steps: Words,
    width: int,
    roots: int,
    starts: Words,
    reached: Words,
    fresh: Words,
    queue: HalfWords,
) -> int:
    """For each state of the graph the automaton's states that can go with it, as bits in `reached`.

    `starts`: those of the first `roots` states, where paths begin. In: `reached` and `fresh` zero. `fresh`, `queue`: scratch, one
    element per state. A state
    is examined again when more goes with it, for what is new alone. Returns how often states were examined.
    """
    head = 0
    tail = 0
    for root in range(roots):
        if starts[root] != 0:
            reached[root] = starts[root]
            fresh[root] = starts[root]
            queue[tail] = root
            tail += 1
    waiting = tail
    if tail == states:
        tail = 0
    looks = 0
    while waiting > 0:
        state = queue[head]
        head += 1
        if head == states:
            head = 0
        waiting -= 1
        looks += 1
        active = fresh[state]
        fresh[state] = 0
        for position in range(offsets[state], offsets[state + 1]):
            target = targets[position]
            row = letters[target] * width
            known = reached[target]
            found = known
            rest = active
            while rest != 0:
                found = found | steps[row + lowest_bit(rest)]
                rest = rest & (rest - 1)
            if found != known:
                reached[target] = found
                if fresh[target] == 0:
                    queue[tail] = target
                    tail += 1
                    if tail == states:
                        tail = 0
                    waiting += 1
                fresh[target] = fresh[target] | (found ^ known)
    return looks


def nearest_pair(
    states: int,
    offsets: Words,
    targets: HalfWords,
    letters: HalfWords,
    steps: Words,
    width: int,
    roots: int,
    starts: Words,
    goals: Words,
    seen: Words,
    queue: Words,
    before: HalfWords,
) -> int:
    """The position in `queue` of the goal that is reached first, breadth first from the first `roots` states; NOT_FOUND if none
    is.

    `goals`: bits per state. In: `seen` zero, one per state. Out: `queue` has pairs in the order in which they were found,
    and `before` the positions of those from which. Both need an element for each pair that can be reached.
    """
    count = 0
    for root in range(roots):
        rest = starts[root]
        seen[root] = rest
        while rest != 0:
            queue[count] = (root << PAIR) | lowest_bit(rest)
            before[count] = count
            if (goals[root] >> lowest_bit(rest)) & 1:
                return count
            count += 1
            rest = rest & (rest - 1)
    done = 0
    while done < count:
        state = queue[done] >> PAIR
        own = queue[done] & LAST
        for position in range(offsets[state], offsets[state + 1]):
            target = targets[position]
            known = seen[target]
            rest = (steps[letters[target] * width + own] | known) ^ known
            seen[target] = known | rest
            while rest != 0:
                queue[count] = (target << PAIR) | lowest_bit(rest)
                before[count] = done
                if (goals[target] >> lowest_bit(rest)) & 1:
                    return count
                count += 1
                rest = rest & (rest - 1)
        done += 1
    return NOT_FOUND


def product_rows(
    states: int,
    offsets: Words,
    targets: HalfWords,
    labels: HalfWords,
    letters: HalfWords,
    steps: Words,
    width: int,
    sets: HalfWords,
    region: Words,
    part: HalfWords,
    first: Words,
    filling: int,
    rows: Words,
    ends: HalfWords,
    names: HalfWords,
    marks: HalfWords,
) -> int:
    """The graph of the pairs in `region` (bits per state), numbered by state and then by the automaton's state.

    Steps from one `part` of the states (a number per state) to another are left out.

    `first[s]`: the number of the first pair of state s. `sets[(letter * width + q) * width + r]`: the acceptance sets,
    as bits, of the automaton's step from q to r. Out, where `filling`: `rows` (where the edges of each pair end, after
    a 0), `ends` (their targets), `names` (labels), `marks` (acceptance sets). Returns the number of edges.
    """
    edges = 0
    pair = 0
    for state in range(states):
        mine = region[state]
        while mine != 0:
            own = lowest_bit(mine)
            mine = mine & (mine - 1)
            for position in range(offsets[state], offsets[state + 1]):
                target = targets[position]
                if part[target] != part[state]:
                    continue
                row = letters[target] * width + own
                there = region[target]
                to = steps[row]
                number = first[target]
                if there & to:
                    while there != 0:
                        other = lowest_bit(there)
                        there = there & (there - 1)
                        if (to >> other) & 1:
                            if filling:
                                ends[edges] = number
                                names[edges] = labels[position]
                                marks[edges] = sets[row * width + other]
                            edges += 1
                        number += 1
            pair += 1
            if filling:
                rows[pair] = edges
    return edges


__all__ = ["NOT_FOUND", "PAIR", "nearest_pair", "product_rows", "reached_pairs"]
