"""The search for executions that an automaton accepts, and the simplification of automata, on automata of any form.

Automata of formulas are of a special form: most parts have one state, and few ways lead past the first state of a part.
What `temporal.refute` and `Automaton.restricted` do has to be right on all. So automata, graphs and demands of fairness
are drawn here, and answers are held against a plain product. `DRCHECK_EXAMPLES` sets how many, `DRCHECK_SEED` which ones.
"""

from __future__ import annotations

import random
from collections import Counter as Tally
from dataclasses import dataclass
from itertools import combinations, pairwise

import networkx as nx
import numpy as np

from drcheck.graphs.graph import Graph
from drcheck.logic.automata import Automaton, Transition
from drcheck.logic.formulas import formula
from drcheck.logic.liveness import Demand, FairGraph
from drcheck.logic.temporal import Negation, Refutation, Shape, refute
from tests.logic.test_formulas import SYSTEM, Word, accepts, begun, p, q
from tests.support.generated import EXAMPLES, SEED, sharded

ATOMS = formula(SYSTEM, p | q)
LETTERS = 4
"""The valuations of two atoms."""


@dataclass(frozen=True)
class Case:
    """Steps (event, target) and the letter of each state of a graph, and which events are treated weakly and strongly fairly."""

    steps: list[list[tuple[int, int]]]
    letters: Word
    weak: set[int]
    strong: set[int]
    roots: int = 1

    def refuted(self, made: Automaton, *, laid_out: bool) -> Refutation | None:
        """A fair execution that an automaton accepts, as the checker finds it."""
        offsets = np.cumsum([0, *map(len, self.steps)]).astype(np.int64)
        labels, targets = ([step[i] for row in self.steps for step in row] for i in (0, 1))
        fair = FairGraph(Graph(offsets, np.array(targets, np.uint32), np.array(labels, np.uint32)))
        holding = [np.array([letter >> i & 1 for letter in self.letters], bool) for i in range(2)]
        wanted = [Demand(event, event in self.strong) for event in sorted(self.weak | self.strong)]
        return refute(fair, Negation(ATOMS, made), holding, wanted, roots=self.roots, laid_out=laid_out)

    def possible(self, state: int) -> set[int]:
        return {event for event, _ in self.steps[state]}


def drawn_case(draw: random.Random) -> Case:
    """A graph of up to 7 states that are all reached; letter 0 is at most that of the first."""
    size, names = draw.randint(1, 7), draw.choice([[0, 1, 2], [0, 98, 99]])
    steps = [
        [(draw.choice(names), draw.randrange(size)) for _ in range(draw.choice([0, 1, 1, 2, 2, 3]))]
        for _ in range(size)
    ]
    for state in range(size - 1):
        if draw.random() < 0.7:
            steps[state].append((draw.choice(names), state + 1))
    if draw.random() < 0.5:  # an event that is possible nearly everywhere
        name = draw.choice(names[-2:])
        steps = [[*row, (name, size - 1)] if row else row for row in steps]
    roots = min(draw.choice([1, 1, 2, 3]), size)
    number, order = {root: root for root in range(roots)}, list(range(roots))
    for state in order:  # grows
        for _, target in steps[state]:
            if target not in number:
                number[target] = len(order)
                order.append(target)
    steps = [[(event, number[target]) for event, target in sorted(steps[state])] for state in order]
    few = draw.sample(range(1, LETTERS), draw.randint(1, LETTERS - 1))
    letters = [draw.choice([0, 0, *few]), *(draw.choice(few) for _ in steps[1:])]
    chosen = {name: draw.choice(["weak", "strong", "free"]) for name in names}
    weak, strong = ({name for name in names if chosen[name] == way} for way in ("weak", "strong"))
    if 99 in names:  # a demand on what never happens asks for nothing, but more than 64 demands need two words
        weak |= set(range(100)) - set(names)
    return Case(steps, letters, weak, strong, roots)


def drawn_automaton(draw: random.Random) -> Automaton:
    """Up to 6 states, up to 3 acceptance sets; often state 1 accepts anything, has other ways as well, and is hard to reach."""
    size, sets = draw.choice([1, 2, 3, 3, 4, 6]), draw.choice([0, 1, 1, 2, 3])
    anything, all_sets, all_letters = draw.choice([None, 1, 1]), (1 << sets) - 1, (1 << LETTERS) - 1
    rows = []
    for state in range(size):
        row = [Transition(state, all_sets, all_letters)] if state == anything else []
        for _ in range(draw.randint(1, 4)):
            target = draw.randrange(min(draw.randint(0, 2), size - 1), size)
            most = 1 if target == anything and state else all_letters
            letters = draw.choice([1, max(most - 1, 1), draw.randint(1, most)])
            row.append(Transition(target, draw.choice([0, draw.randint(0, all_sets), all_sets]), letters))
        rows.append(tuple(sorted(row)))
    return Automaton(LETTERS, sets, tuple(sorted({0, draw.choice([0, draw.randrange(size)])})), tuple(rows))


def accepted_fairly(case: Case, made: Automaton) -> bool:
    """Whether some fair execution is accepted: the strongly fair events that recur are guessed; others cease to be possible."""
    pairs = nx.MultiDiGraph()
    todo = [(root, state, case.letters[root]) for state in made.initial for root in range(case.roots)]
    done = set()
    while todo:
        state, reader, letter = node = todo.pop()
        if node in done:
            continue
        done.add(node)
        pairs.add_node(node)
        for event, target in case.steps[state] or [(None, state)]:
            for t in made.transitions[reader]:
                if t.letters >> letter & 1:
                    after = (target, t.target, case.letters[target])
                    pairs.add_edge(node, after, event=event, sets=t.sets)
                    todo.append(after)
    for recurring in (set(c) for n in range(len(case.strong) + 1) for c in combinations(case.strong, n)):
        ceasing = case.strong - recurring
        for part in nx.strongly_connected_components(
            pairs.subgraph(x for x in pairs if not ceasing & case.possible(x[0]))
        ):
            edges = list(pairs.subgraph(part).edges(data=True))
            taken = {data["event"] for *_, data in edges}
            always = set.intersection(*(case.possible(x[0]) for x in part))
            met = {i for *_, data in edges for i in range(made.sets) if data["sets"] >> i & 1}
            if edges and len(met) == made.sets and recurring <= taken and not (case.weak & always) - taken:
                return True
    return False


def assert_shown(case: Case, made: Automaton, found: Refutation, draw: random.Random) -> None:
    """It is an execution, fair, and accepted; after a prefix whatever follows is accepted."""
    states, events, loop = found.lasso.states, found.lasso.events, found.lasso.loop
    assert states[0] < case.roots
    for (source, target), event in zip(pairwise(states), events, strict=True):
        assert (event, target) in case.steps[source]
    word = [case.letters[state] for state in states]
    if loop is not None:
        assert found.shape is Shape.CYCLE
        assert states[loop] == states[-1]
        cycle, taken = states[loop:-1], set(events[loop:])
        assert cycle
        assert not (case.weak & set.intersection(*map(case.possible, cycle))) - taken
        assert not (case.strong & set().union(*map(case.possible, cycle))) - taken
        assert accepts(made, word[:-1], loop)
    elif found.shape is Shape.END:
        assert not case.steps[states[-1]]
        assert accepts(made, word, len(word) - 1)
    else:
        letters = sorted(set(case.letters))
        for _ in range(5):
            more = [draw.choice(letters) for _ in range(draw.randint(1, 4))]
            assert accepts(made, word + more, len(word) + draw.randrange(len(more)))


@sharded
def test_what_is_found_is_an_execution_that_the_automaton_accepts_and_found_where_there_is_one(shard: int) -> None:
    draw, told = random.Random(SEED * 1_000 + shard), Tally[str]()
    for _ in range(EXAMPLES // 2):
        case, made = drawn_case(draw), drawn_automaton(draw)
        found, expected = case.refuted(made, laid_out=draw.random() < 0.2), accepted_fairly(case, made)
        assert (found is not None) == expected, f"{case}, {made}"
        told["none" if found is None else found.shape.value] += 1
        if found is not None:
            assert_shown(case, made, found, draw)
    assert min(told[x] for x in ("none", "prefix", "end", "cycle")) > EXAMPLES // 100, told


@sharded
def test_a_restricted_automaton_accepts_the_same_words_of_its_letters(shard: int) -> None:
    draw, told = random.Random(SEED * 1_000 + shard), Tally[bool]()
    for _ in range(EXAMPLES // 5):
        made = drawn_automaton(draw)
        letters = sorted(draw.sample(range(LETTERS), draw.randint(1, LETTERS)))
        fewer = made.restricted(letters)
        assert fewer.size <= made.size
        assert fewer.sets <= max(made.sets, 1)
        for _ in range(5):
            word = [draw.randrange(len(letters)) for _ in range(draw.randint(1, 5))]
            loop = draw.randrange(len(word))
            expected = accepts(made, [letters[n] for n in word], loop)
            assert accepts(fewer, word, loop) == expected, f"{made} with {letters} on {word}, {loop}"
            told[expected] += 1
            for state in range(fewer.size):
                assert not fewer.accepts_anything(state) or accepts(begun(fewer, state), word, loop)
    assert min(told.values()) > EXAMPLES // 10, told
