"""Properties that say nothing of any state, because their question was decided before: mostly by a slip.

`never(link.initial == "down")` compares two strings in Python and asks `never(False)`, which holds. A condition, trigger, goal
or measure that is constant is therefore refused, with two exceptions: what is constant was written with `Literal`, or it is
another under other parameters of the design. Facts of `structure` are constants by nature.

In a larger condition, `reachable((link.initial == "up") & link.down)`, the rest reads states, and the slip is a boolean of
Python's that is joined to it. It is refused with the same exceptions, and one more: where one line of the model
makes both true and false within the property, as in `all_of(servers, lambda s: s.up | (s is spare))`, it distinguishes items.
"""

from __future__ import annotations

from drcheck.errors import Place, PropertyError
from drcheck.language.constants import Constant, constant, python_parts
from drcheck.language.expressions import BOOLEAN
from drcheck.logic.kinds import Property
from drcheck.system.system import System


def refuse_constants(system: System, item: Property) -> None:
    """Raise PropertyError DR122 if a part of the property is constant, is not meant to be, and depends on no parameter.

    The same for what is constant within a part because Python decided it. What observers stand for is looked at as it is written.
    """
    item = item if item.written is None else item.written
    for number, (name, node) in enumerate(item.parts()):
        found = constant(node)
        if found is not None and not found.meant and not _varies(system, item, number, found):
            value = f"always {found}" if node.kind == BOOLEAN else f"always {found}, a constant"
            raise _slip(
                system, item, f"its {name} `{node}` reads neither a state nor a variable: it is {value}", found.value
            )
    decided = _decided(item)
    slips = {origin: values for origin, values in decided.items() if len(set(values)) == 1}
    for variant in system.variants() if slips and system.variants is not None else ():
        other = _restated(system, item, variant)
        there = {} if other is None else _decided(other)
        slips = {o: values for o, values in slips.items() if other is None or there.get(o, []) == values}
        if not slips:
            return
    for (file, line, _), values in list(slips.items())[:1]:
        name, node = next((n, p) for n, p in item.parts() if any(at.origin in slips for at in python_parts(p)))
        told = f"its {name} `{node}` holds `{str(values[0]).lower()}`, which Python decided ({Place(file, line)}), and no state"
        raise _slip(system, item, told, values[0])


def _slip(system: System, item: Property, told: str, value: object) -> PropertyError:
    settings = ""
    if system.parameters and _restated(system, item, system) is not None:
        settings = ", whatever the parameters of the design"
    return PropertyError(
        "DR122",
        f"property {item.name or item.formula()}: {told}{settings}",
        place=item.place,
        remedy="write expressions over states and variables, such as link.down; what Python compares, as in "
        f'link.initial == "down", is decided at once; where a constant is meant, write Literal({value!r})',
    )


def _decided(item: Property) -> dict[tuple[str, int, int], list[bool]]:
    """What Python decided within the parts that are no constants themselves, by where it did."""
    found: dict[tuple[str, int, int], list[bool]] = {}
    for _, node in item.parts():
        for literal in python_parts(node) if constant(node) is None else ():
            if literal.origin is not None:
                found.setdefault(literal.origin, []).append(bool(literal.value))
    return found


def _varies(system: System, item: Property, number: int, found: Constant) -> bool:
    """Whether the part is anything else under other parameters. Where it cannot be stated, nothing is known."""
    for variant in system.variants() if system.variants is not None else ():
        other = _restated(system, item, variant)
        if other is None:
            continue
        parts = list(other.parts())
        there = constant(parts[number][1]) if number < len(parts) else None
        if there is None or (type(there.value), there.value) != (type(found.value), found.value):
            return True
    return False


def _restated(system: System, item: Property, variant: System) -> Property | None:
    """The property as it is stated on a variant of the system; None if it cannot be, or was made for this system alone."""
    try:
        if item.restated is not None:
            other = item.restated(variant)
        else:
            at = next(n for n, own in enumerate(system.properties) if own is item)
            other = variant.properties[at]
    except Exception:  # a user's function may fail in any way if it was not meant to be called
        return None
    return other if type(other) is type(item) else None


__all__ = ["refuse_constants"]
