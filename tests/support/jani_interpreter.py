"""A second reading of jani-model: it steps states as the format's description says, in plain Python, on the JSON itself.

It knows nothing of drcheck, and shares no line with its reader. A state is a tuple of the locations of the elements, the
values of the global variables, and those of each element's own variables.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import deque
from fractions import Fraction
from typing import Any

Json = Any


def parsed(text: str) -> Json:
    return json.loads(text, parse_float=Fraction)


class Interpreter:
    def __init__(self, model: Json, constants: dict[str, Any] | None = None) -> None:
        self.model, self.constants = model, dict(constants or {})
        self.functions = {f["name"]: f for f in model.get("functions", [])}
        for constant in model.get("constants", []):
            if "value" in constant:
                self.constants[constant["name"]] = self.value(constant["value"], self.constants)
        self.automata = {a["name"]: a for a in model["automata"]}
        self.elements = [self.automata[e["automaton"]] for e in model["system"]["elements"]]
        self.globals = [v for v in model.get("variables", []) if not v.get("transient")]
        self.transients = {v["name"]: v for v in model.get("variables", []) if v.get("transient")}
        self.locals = [[v for v in a.get("variables", []) if not v.get("transient")] for a in self.elements]
        self.priority = model["type"] == "ma"

    # -- expressions ------------------------------------------------------------------------------------------------
    def value(self, node: Json, names: dict[str, Any]) -> Any:
        if isinstance(node, str):
            if node not in names:
                return self.transient(node, names)
            return names[node]
        if not isinstance(node, dict):
            return node
        op = node["op"]
        if op == "ite":
            return self.value(node["then" if self.value(node["if"], names) else "else"], names)
        if op == "call":
            function = self.functions[node["function"]]
            given = [self.value(a, names) for a in node["args"]]
            inner = dict(zip((p["name"] for p in function["parameters"]), given, strict=True))
            return self.value(function["body"], {**names, **inner})
        if "exp" in node:
            x = self.value(node["exp"], names)
            unary = {"¬": lambda: not x, "floor": lambda: math.floor(x), "ceil": lambda: math.ceil(x)}
            unary |= {"abs": lambda: abs(x), "sgn": lambda: (x > 0) - (x < 0), "trc": lambda: math.trunc(x)}
            return unary[op]()
        a = self.value(node["left"], names)
        if op == "∧" and not a:
            return False
        if (op == "∨" and a) or (op == "⇒" and not a):
            return True
        b = self.value(node["right"], names)
        return {
            "∧": lambda: b,
            "∨": lambda: b,
            "⇒": lambda: b,
            "=": lambda: a == b,
            "≠": lambda: a != b,
            "<": lambda: a < b,
            "≤": lambda: a <= b,
            ">": lambda: a > b,
            "≥": lambda: a >= b,
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: Fraction(a) / Fraction(b),
            "%": lambda: a % b,
            "min": lambda: min(a, b),
            "max": lambda: max(a, b),
            "pow": lambda: Fraction(a) ** b if isinstance(a, Fraction) else a**b,
        }[op]()

    def transient(self, name: str, names: dict[str, Any]) -> Any:
        for automaton, at in zip(self.elements, names["@"], strict=True):
            for location in automaton["locations"]:
                if location["name"] == at:
                    for item in location.get("transient-values", []):
                        if item["ref"] == name:
                            return self.value(item["value"], names)
        return self.transients[name]["initial-value"]

    # -- states -----------------------------------------------------------------------------------------------------
    def names(self, state: tuple[Any, ...], element: int | None) -> dict[str, Any]:
        locations, shared, own = state
        found = dict(self.constants)
        found["@"] = locations
        found |= zip((v["name"] for v in self.globals), shared, strict=True)
        if element is not None:
            found |= zip((v["name"] for v in self.locals[element]), own[element], strict=True)
        return found

    def values(self, variable: Json) -> list[Any]:
        if "initial-value" in variable:
            return [self.value(variable["initial-value"], self.constants)]
        if variable["type"] == "bool":
            return [False, True]
        low, high = (self.value(variable["type"][f"{side}-bound"], self.constants) for side in ("lower", "upper"))
        return list(range(low, high + 1))

    def initial(self) -> list[tuple[Any, ...]]:
        found = []
        for locations in itertools.product(*(a["initial-locations"] for a in self.elements)):
            for shared in itertools.product(*(self.values(v) for v in self.globals)):
                own = [list(itertools.product(*(self.values(v) for v in vs))) for vs in self.locals]
                for mine in itertools.product(*own):
                    state = (locations, shared, mine)
                    restrictions = [(self.model, None), *((a, n) for n, a in enumerate(self.elements))]
                    if all(
                        self.value(of["restrict-initial"]["exp"], self.names(state, n))
                        for of, n in restrictions
                        if "restrict-initial" in of
                    ):
                        found.append(state)
        return found

    def enabled(self, state: tuple[Any, ...], element: int, action: str | None) -> list[Json]:
        names, found = self.names(state, element), []
        for edge in self.elements[element]["edges"]:
            if edge["location"] != state[0][element] or edge.get("action") != action:
                continue
            if "guard" in edge and not self.value(edge["guard"]["exp"], names):
                continue
            if "rate" in edge and self.value(edge["rate"]["exp"], names) == 0:
                continue
            if self.destinations(edge, names):  # else its probabilities have no sum of one, and it is no edge
                found.append(edge)
        return found

    def destinations(self, edge: Json, names: dict[str, Any]) -> list[Json]:
        """Those that have a chance."""
        return [
            d for d in edge["destinations"] if "probability" not in d or self.value(d["probability"]["exp"], names) > 0
        ]

    def steps(self, state: tuple[Any, ...]) -> list[dict[int, Json]]:
        """The combinations of edges that are taken together, by element."""
        found = [{n: edge} for n in range(len(self.elements)) for edge in self.enabled(state, n, None)]
        system = self.model["system"]
        if "syncs" not in system and len(self.elements) == 1:
            actions = {e.get("action") for e in self.elements[0]["edges"]} - {None}
            found += [{0: edge} for action in sorted(actions) for edge in self.enabled(state, 0, action)]
        for vector in system.get("syncs", []):
            parts = [(n, action) for n, action in enumerate(vector["synchronise"]) if action is not None]
            choices = [[(n, edge) for edge in self.enabled(state, n, action)] for n, action in parts]
            found += [dict(combination) for combination in itertools.product(*choices)]
        if self.priority and any("rate" not in e for step in found for e in step.values()):
            found = [step for step in found if not any("rate" in e for e in step.values())]
        return found

    def successors(self, state: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        found = []
        for step in self.steps(state):
            chances = []
            for element, edge in step.items():
                names = self.names(state, element)
                chances.append([(element, d) for d in self.destinations(edge, names)])
            found += [self.after(state, dict(way)) for way in itertools.product(*chances)]
        return found

    def after(self, state: tuple[Any, ...], way: dict[int, Json]) -> tuple[Any, ...]:
        locations, shared, own = list(state[0]), list(state[1]), [list(values) for values in state[2]]
        for element, destination in way.items():
            locations[element] = destination["location"]
        indices = {a.get("index", 0) for d in way.values() for a in d.get("assignments", [])}
        for index in sorted(indices):
            now = (state[0], tuple(shared), tuple(map(tuple, own)))
            for element, destination in way.items():
                for assignment in destination.get("assignments", []):
                    if assignment.get("index", 0) != index or assignment["ref"] in self.transients:
                        continue
                    value = self.value(assignment["value"], self.names(now, element))
                    mine = [v["name"] for v in self.locals[element]]
                    if assignment["ref"] in mine:
                        own[element][mine.index(assignment["ref"])] = value
                    else:
                        shared[[v["name"] for v in self.globals].index(assignment["ref"])] = value
        return tuple(locations), tuple(shared), tuple(map(tuple, own))

    def graph(self, most: int = 100_000) -> tuple[int, int]:
        """How many states there are, and how many different steps between them."""
        queue = deque(self.initial())
        seen, steps = set(queue), 0
        while queue:
            state = queue.popleft()
            for after in self.successors(state):
                steps += 1
                if after not in seen:
                    assert len(seen) < most
                    seen.add(after)
                    queue.append(after)
        return len(seen), steps
