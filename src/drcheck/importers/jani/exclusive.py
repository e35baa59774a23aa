"""Whether two guards can hold together: shown by their values, over the domains of the few variables that they read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from drcheck.language.durations import Duration
from drcheck.language.expressions import Expression, Value
from drcheck.language.variables import Variable

MOST_VALUES = 4096
"""How many values of variables are tried at most."""


class Values:
    """Values of variables, as an environment of expressions. Raises KeyError for anything else that is read."""

    def __init__(self, values: Mapping[Expression, Value]) -> None:
        self.values = values

    def read(self, leaf: Expression) -> Value:
        """The value of a variable."""
        return self.values[leaf]

    def ticks(self, duration: Duration) -> int:
        """There are no durations."""
        raise KeyError(duration)


def domain_of(variable: Variable) -> range | tuple[bool, bool]:
    """All values of a boolean or an integer."""
    if variable.kind == "boolean":
        return (False, True)
    assert isinstance(variable.high, int), variable
    return range(variable.low, variable.high + 1)


def are_exclusive(first: Expression, second: Expression) -> bool:
    """Whether two conditions never hold together; False also where that is not seen.

    Parts that read the same single variable, or the same two, are compared with each other; then the whole.
    """
    parts = [*_conjuncts(first), *_conjuncts(second)]
    read = [_variables(part) for part in parts]
    for variables in dict.fromkeys(read):
        if variables is None or not 0 < len(variables) <= 2:
            continue
        together = [part for part, of in zip(parts, read, strict=True) if of is not None and of <= variables]
        if len(together) > 1 and _never(together, variables):
            return True
    if None in read:
        return False
    everything = frozenset().union(*(of for of in read if of is not None))
    return _never(parts, everything)


def _conjuncts(node: Expression) -> Iterator[Expression]:
    if node.operator == "and":
        for part in node.arguments:
            yield from _conjuncts(part)
    else:
        yield node


def _variables(node: Expression) -> frozenset[Variable] | None:
    """The variables that an expression reads; None where it reads something else."""
    leaves = set(node.leaves())
    variables = frozenset(leaf for leaf in leaves if isinstance(leaf, Variable))
    return variables if len(variables) == len(leaves) else None


def _never(parts: list[Expression], variables: frozenset[Variable]) -> bool:
    """Whether conditions over some variables hold together for no values of them; False where these are too many."""
    names = sorted(variables, key=lambda variable: variable.name)
    domains = [domain_of(variable) for variable in names]
    if prod(map(len, domains)) > MOST_VALUES:
        return False
    for values in product(*domains):
        environment = Values(dict(zip(names, values, strict=True)))
        if all(part.evaluate(environment) for part in parts):
            return False
    return True


__all__ = ["MOST_VALUES", "Values", "are_exclusive", "domain_of"]
