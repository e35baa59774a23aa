"""Graph algorithms on compressed rows, as kernels in the sense of `kernels.translate`.

Each also runs in plain Python over lists. The callers in `graphs` check the arguments and allocate. In all of them the
edges of state s are at `offsets[s]` to `offsets[s + 1] - 1` of `targets`; with `masked` only states with a nonzero
`mask` take part, with `chosen` only edges with a nonzero `edges`.
"""

from __future__ import annotations

from drcheck.kernels.translate import Bytes, HalfWords, Words

TOP = 0xFFFFFFFF
NOWHERE = 0xFFFFFFFF


def strong_components(
    states: int,
    offsets: Words,
    targets: HalfWords,
    mask: Bytes,
    masked: int,
    edges: Bytes,
    chosen: int,
    index: HalfWords,
    stack: HalfWords,
    calls: HalfWords,
    orders: HalfWords,
    cursors: Words,
    number: HalfWords,
) -> int:
    """Strongly connected components, numbered by their first state; returns how many there are.

    In: `index` zero. Out: `number` per state (TOP where masked out). `stack`, `calls`, `orders`, `cursors`: scratch,
    one element per state. Tarjan's algorithm with one array of indices (Pearce, A space-efficient algorithm for finding
    strongly connected components, 2016): a finished component has an index above all others, counted down from TOP.
    """
    finished = TOP
    order = 1
    height = 0
    for root in range(states):
        number[root] = TOP
        if index[root] != 0 or (masked and mask[root] == 0):
            continue
        depth = 1
        calls[0] = root
        cursors[0] = offsets[root]
        orders[0] = order
        index[root] = order
        order += 1
        stack[height] = root
        height += 1
        while depth > 0:
            state = calls[depth - 1]
            cursor = cursors[depth - 1]
            end = offsets[state + 1]
            least = index[state]
            deeper = NOWHERE
            while cursor < end:
                target = targets[cursor]
                if not ((chosen and edges[cursor] == 0) or (masked and mask[target] == 0)):
                    if index[target] == 0:
                        # The cursor stays on this edge: it is examined again when the target is done.
                        deeper = target
                        break
                    least = min(least, index[target])
                cursor += 1
            index[state] = least
            cursors[depth - 1] = cursor
            if deeper != NOWHERE:
                calls[depth] = deeper
                cursors[depth] = offsets[deeper]
                orders[depth] = order
                index[deeper] = order
                order += 1
                stack[height] = deeper
                height += 1
                depth += 1
                continue
            depth -= 1
            if least == orders[depth]:
                while True:
                    height -= 1
                    member = stack[height]
                    index[member] = finished
                    if member == state:
                        break
                finished -= 1
    # From the order in which they were finished to that of their first states; `stack` maps one to the other.
    count = TOP - finished
    for i in range(count):
        stack[i] = NOWHERE
    following = 0
    for state in range(states):
        if index[state] != 0:
            old = TOP - index[state]
            if stack[old] == NOWHERE:
                stack[old] = following
                following += 1
            number[state] = stack[old]
    return count


def transposed(
    states: int,
    offsets: Words,
    targets: HalfWords,
    edges: Bytes,
    chosen: int,
    back: Words,
    sources: HalfWords,
) -> int:
    """The graph with every edge turned round: edges into s come from `sources[back[s]:back[s + 1]]`, ascending.

    In: `back` zero, states + 2 elements (the last is scratch). Returns the number of edges.
    """
    for position in range(offsets[states]):
        if not (chosen and edges[position] == 0):
            back[targets[position] + 2] += 1
    for state in range(states):
        back[state + 2] += back[state + 1]
    for state in range(states):
        for position in range(offsets[state], offsets[state + 1]):
            if not (chosen and edges[position] == 0):
                target = targets[position]
                sources[back[target + 1]] = state
                back[target + 1] += 1
    return back[states]


def spread(
    states: int,
    offsets: Words,
    targets: HalfWords,
    mask: Bytes,
    masked: int,
    edges: Bytes,
    chosen: int,
    reached: Bytes,
    queue: HalfWords,
) -> int:
    """All states that can be reached from those marked in `reached`, marked there too; returns how many.

    Marked states count as reached even where `mask` leaves them out, but nothing is reached through them then.
    `queue`: scratch, one element per state.
    """
    count = 0
    for state in range(states):
        if reached[state]:
            queue[count] = state
            count += 1
    done = 0
    while done < count:
        state = queue[done]
        done += 1
        if masked and mask[state] == 0:
            continue
        for position in range(offsets[state], offsets[state + 1]):
            target = targets[position]
            if reached[target] or (chosen and edges[position] == 0) or (masked and mask[target] == 0):
                continue
            reached[target] = 1
            queue[count] = target
            count += 1
    return count


def steps_from(
    states: int, offsets: Words, targets: HalfWords, sources: Bytes, distance: HalfWords, queue: HalfWords
) -> int:
    """The number of steps to each state from the nearest of those marked in `sources`, in `distance`; returns how many have one.

    States that cannot be reached have `TOP`. `queue`: scratch, one element per state.
    """
    count = 0
    for state in range(states):
        distance[state] = TOP
        if sources[state]:
            distance[state] = 0
            queue[count] = state
            count += 1
    done = 0
    while done < count:
        state = queue[done]
        done += 1
        for position in range(offsets[state], offsets[state + 1]):
            target = targets[position]
            if distance[target] == TOP:
                distance[target] = distance[state] + 1
                queue[count] = target
                count += 1
    return count


def nearest(
    states: int,
    offsets: Words,
    targets: HalfWords,
    mask: Bytes,
    masked: int,
    edges: Bytes,
    chosen: int,
    sources: Bytes,
    goals: Bytes,
    by_edge: int,
    parent: HalfWords,
    via: Words,
    queue: HalfWords,
) -> int:
    """The edge by which a goal is reached first, breadth first from all sources; TOP << 32 if none is.

    `goals` are states, or with `by_edge` edges.

    In: `parent` filled with NOWHERE. Out: for each state that was reached by an edge, `parent` and the edge `via`; a
    source is its own parent. A goal counts when an edge leads to it, so a source that is a goal is only found again.
    The edge to the goal is not entered: its source is the state that owns it, `queue[0]` on return.
    """
    count = 0
    for state in range(states):
        if sources[state] and not (masked and mask[state] == 0):
            parent[state] = state
            queue[count] = state
            count += 1
    done = 0
    while done < count:
        state = queue[done]
        done += 1
        for position in range(offsets[state], offsets[state + 1]):
            target = targets[position]
            if (chosen and edges[position] == 0) or (masked and mask[target] == 0):
                continue
            if goals[position if by_edge else target]:
                queue[0] = state
                return position
            if parent[target] == NOWHERE:
                parent[target] = state
                via[target] = position
                queue[count] = target
                count += 1
    return TOP << 32


def cycles(
    states: int,
    offsets: Words,
    targets: HalfWords,
    edges: Bytes,
    chosen: int,
    number: HalfWords,
    cyclic: Bytes,
) -> int:
    """Mark the components (by `number`, TOP for none) that have an edge within themselves: those with a cycle."""
    found = 0
    for state in range(states):
        own = number[state]
        if own == TOP or cyclic[own]:
            continue
        for position in range(offsets[state], offsets[state + 1]):
            if number[targets[position]] == own and not (chosen and edges[position] == 0):
                cyclic[own] = 1
                found += 1
                break
    return found


def possible(
    states: int,
    offsets: Words,
    targets: HalfWords,
    labels: HalfWords,
    wanted: Words,
    enabled: Words,
) -> int:
    """For each state which edges it has, as bits: those that `wanted` gives to their labels."""
    for state in range(states):
        found = 0
        for position in range(offsets[state], offsets[state + 1]):
            found = found | wanted[labels[position]]
        enabled[state] = found
    return 0


def treated(
    states: int,
    offsets: Words,
    targets: HalfWords,
    labels: HalfWords,
    number: HalfWords,
    wanted: Words,
    enabled: Words,
    marks: HalfWords,
    marking: int,
    taken: Words,
    some: Words,
    each: Words,
    met: Words,
) -> int:
    """What happens in each component (by `number`, TOP for none), as bits that are collected over states and inner edges.

    `taken`: what `wanted` gives to the labels of inner edges; `some`, `each`: the bits that `enabled` has in some state, in
    each state; `met`: the bits of `marks`, which are one per state (`marking` 1), one per edge (2), or not there (0).
    In: `taken`, `some` and `met` zero, `each` all ones.
    """
    for state in range(states):
        own = number[state]
        if own == TOP:
            continue
        here = taken[own]
        found = met[own]
        some[own] = some[own] | enabled[state]
        each[own] = each[own] & enabled[state]
        if marking == 1:
            found = found | marks[state]
        for position in range(offsets[state], offsets[state + 1]):
            if number[targets[position]] == own:
                here = here | wanted[labels[position]]
                if marking == 2:
                    found = found | marks[position]
        taken[own] = here
        met[own] = found
    return 0
