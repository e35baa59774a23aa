"""Small models in jani-model, written for tests, and random ones."""

from __future__ import annotations

import random
from typing import Any

Json = Any


def op(operator: str, *operands: Json) -> Json:
    """An operator applied to one or two operands."""
    if len(operands) == 1:
        return {"op": operator, "exp": operands[0]}
    return {"op": operator, "left": operands[0], "right": operands[1]}


def ite(test: Json, then: Json, otherwise: Json) -> Json:
    return {"op": "ite", "if": test, "then": then, "else": otherwise}


def bounded(name: str, low: Json, high: Json, initial: Json = None, **more: Json) -> Json:
    kind = {"kind": "bounded", "base": "int", "lower-bound": low, "upper-bound": high}
    return {"name": name, "type": kind, **({} if initial is None else {"initial-value": initial}), **more}


def boolean(name: str, initial: Json = None, **more: Json) -> Json:
    return {"name": name, "type": "bool", **({} if initial is None else {"initial-value": initial}), **more}


def to(location: str, chance: Json = None, **assigned: Json) -> Json:
    found = {"location": location, "assignments": [{"ref": ref, "value": value} for ref, value in assigned.items()]}
    return found if chance is None else {**found, "probability": {"exp": chance}}


def edge(location: str, *destinations: Json, action: str | None = None, guard: Json = None, rate: Json = None) -> Json:
    found: Json = {"location": location, "destinations": list(destinations)}
    if action is not None:
        found["action"] = action
    if guard is not None:
        found["guard"] = {"exp": guard}
    if rate is not None:
        found["rate"] = {"exp": rate}
    return found


def automaton(
    name: str, locations: list[str], edges: list[Json], variables: list[Json] | None = None, **more: Json
) -> Json:
    return {
        "name": name,
        "locations": [{"name": location} for location in locations],
        "initial-locations": locations[:1],
        "edges": edges,
        "variables": variables or [],
        **more,
    }


def model(kind: str, automata: list[Json], *, syncs: list[Json] | None = None, **more: Json) -> Json:
    actions = sorted({e["action"] for a in automata for e in a["edges"] if "action" in e})
    system: Json = {"elements": [{"automaton": a["name"]} for a in automata]}
    if syncs is not None:
        system["syncs"] = [{"synchronise": s, "result": next(a for a in s if a)} for s in syncs]
    return {
        "jani-version": 1,
        "name": "small",
        "type": kind,
        "actions": [{"name": action} for action in actions],
        "automata": automata,
        "system": system,
        **more,
    }


def initial(function: str, values: Json) -> Json:
    """A filter over the initial states."""
    return {"op": "filter", "fun": function, "values": values, "states": {"op": "initial"}}


def queue(**more: Json) -> Json:
    """A queue that fills and empties, of a length that `--set N=...` gives."""
    edges = [
        edge("open", to("open", n=op("+", "n", 1)), guard=op("<", "n", "N"), rate=2),
        edge("open", to("open", n=op("-", "n", 1)), guard=op(">", "n", 0), rate="speed"),
    ]
    return model(
        "ctmc",
        [automaton("queue", ["open"], edges)],
        constants=[{"name": "N", "type": "int"}, {"name": "speed", "type": "real", "value": 0.5}],
        variables=[bounded("n", 0, "N", 0)],
        **more,
    )


class Random:
    """Random models: edges that synchronise, indices, probabilities that depend on the state, several initial states."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def model(self) -> Json:
        r = self.random
        kind = r.choice(["dtmc", "mdp", "ctmc", "ma", "lts"])
        shared = [self._variable(f"g{n}") for n in range(2)]
        if r.random() < 0.5:
            shared.append(boolean("flag", *([] if r.random() < 0.4 else [False])))
        automata = [self._automaton(f"A{n}", kind, shared) for n in range(r.randint(1, 3))]
        shared.append({"name": "seen", "type": "bool", "transient": True, "initial-value": False})
        automata[0]["locations"][0]["transient-values"] = [{"ref": "seen", "value": op("=", "g0", 1)}]
        syncs = [[r.choice(["a", "b", None]) for _ in automata] for _ in range(r.randint(0, 3))]
        syncs = [s for s in syncs if any(s)]
        made = model(kind, automata, syncs=syncs, variables=shared, functions=[_TWICE], constants=[_LIMIT])
        made["actions"] = [{"name": "a"}, {"name": "b"}]
        if r.random() < 0.5:
            made["restrict-initial"] = {"exp": op("≤", op("+", "g0", "g1"), r.randint(1, 4))}
        return made

    def _variable(self, name: str) -> Json:
        low = self.random.randint(-1, 1)
        high = low + self.random.randint(1, 2)
        return bounded(name, low, high, None if self.random.random() < 0.4 else low)

    def _automaton(self, name: str, kind: str, shared: list[Json]) -> Json:
        r = self.random
        own = [self._variable("x")] if r.random() < 0.7 else []
        locations = [f"l{n}" for n in range(r.randint(1, 3))]
        variables = [*shared, *own]
        edges = [self._edge(kind, locations, variables) for _ in range(r.randint(1, 4))]
        made = automaton(name, locations, edges, own)
        if r.random() < 0.2:
            made["initial-locations"] = locations
        return made

    def _edge(self, kind: str, locations: list[str], variables: list[Json]) -> Json:
        r = self.random
        ways = [
            self._way(r.choice(locations), variables) for _ in range(1 if kind == "lts" else r.choice([1, 1, 2, 3]))
        ]
        if len(ways) > 1:
            for way in ways:
                way["probability"] = {"exp": self._chance(variables)}
        rate = None
        if kind == "ctmc" or (kind == "ma" and r.random() < 0.5):
            rate = r.choice([1, 0.5, 0, op("max", self._number(variables), 0)])
        action = r.choice([None, "a", "b"]) if rate is None or kind == "ctmc" else None
        guard = self._condition(variables) if r.random() < 0.8 else None
        return edge(r.choice(locations), *ways, action=action, guard=guard, rate=rate)

    def _chance(self, variables: list[Json]) -> Json:
        test = self._condition(variables)
        return self.random.choice([0.5, 0.25, 0, ite(test, 0.5, 0), op("/", ite(test, 1, 0), 2)])

    def _way(self, location: str, variables: list[Json]) -> Json:
        r, assignments = self.random, []
        for variable in r.sample(variables, r.randint(0, min(2, len(variables)))):
            assignment = {"ref": variable["name"], "value": self._value(variable, variables)}
            if r.random() < 0.4:
                assignment["index"] = r.randint(0, 2)
            assignments.append(assignment)
        return {"location": location, "assignments": assignments}

    def _value(self, variable: Json, variables: list[Json]) -> Json:
        if variable["type"] == "bool":
            return self._condition(variables)
        low, high = variable["type"]["lower-bound"], variable["type"]["upper-bound"]
        return op("max", low, op("min", high, self._number(variables)))

    def _number(self, variables: list[Json], depth: int = 2) -> Json:
        r = self.random
        numbers = [v["name"] for v in variables if v["type"] != "bool"]
        if depth == 0 or r.random() < 0.3:
            return r.choice([*numbers, r.randint(-1, 2), "limit"])
        a, b = self._number(variables, depth - 1), self._number(variables, depth - 1)
        half = op("floor", op("/", a, 2))
        twice = {"op": "call", "function": "twice", "args": [a]}
        rest = op("%", op("max", a, 0), 2)
        power = op("pow", 2, op("max", 0, op("min", a, 2)))
        return r.choice(
            [op("+", a, b), op("-", a, b), op("*", a, b), half, twice, rest, power, op("abs", a), op("sgn", a)]
        )

    def _condition(self, variables: list[Json], depth: int = 1) -> Json:
        r = self.random
        flags = [v["name"] for v in variables if v["type"] == "bool"]
        if depth and r.random() < 0.4:
            a, b = self._condition(variables, 0), self._condition(variables, 0)
            return r.choice([op("∧", a, b), op("∨", a, b), op("⇒", a, b), op("¬", a)])
        if flags and r.random() < 0.4:
            return r.choice(flags)
        a, b = self._number(variables, 1), self._number(variables, 1)
        return op(r.choice(["=", "≠", "<", "≤", ">", "≥"]), r.choice([a, op("/", a, 2)]), b)


_TWICE = {
    "name": "twice",
    "type": "int",
    "parameters": [{"name": "p", "type": "int"}],
    "body": op("+", "p", "p"),
}
_LIMIT = {"name": "limit", "type": "int", "value": op("-", op("ceil", 2.5), 2)}
