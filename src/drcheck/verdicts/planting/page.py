"""The result of a campaign as a page: how many mutants were planted, seen, equivalent and survived, and each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drcheck.verdicts.planting.campaign import Status
from drcheck.verdicts.planting.operators import OPERATORS
from drcheck.verdicts.planting.stored import Row, counts

_LONG = 160
"""Where a text in a table is cut."""
_HEAD = "| planted | seen | of these refused | equivalent | survived | of those not equivalent |"


def as_markdown(data: Mapping[str, Any]) -> str:
    """The page of a result (see `stored.Plan.data`)."""
    rows = data["mutants"]
    lines = ["# Faults planted in models", ""]
    lines += [
        f"Made with `drcheck mutants --seed {data['seed']} --number {data['number']} --limit-states {data['limit_states']}`. "
        "A mutant is a design with one small fault in one component. It is *seen* where the verdict on a property is another "
        "one, a finding is found otherwise, or the design is refused; *equivalent* where a complete search proves that it "
        "reaches the same states by the same steps; else it *survived*. A value alone sees nothing, nor does what is not "
        "decided within the limit of states.",
        "",
    ]
    lines += [
        "## By design",
        "",
        *_table("design", [(d["title"], _of(rows, "design", d["design"])) for d in data["designs"]]),
    ]
    lines += ["", "## By operator", ""]
    lines += _table("operator", [(f"{name}: {doc}", _of(rows, "operator", name)) for name, doc in OPERATORS.items()])
    survived = [one for one in rows if one["status"] == Status.SURVIVED.value]
    lines += ["", "## Survived", ""]
    lines += _survivors(survived) if survived else ["None.", ""]
    for design in data["designs"]:
        those = _of(rows, "design", design["design"])
        lines += ["", f"## {design['title']}", "", f"`{design['design']}`, digest `{design['digest']}`: "]
        lines[-1] += f"{len(those)} of {design['places']} mutants."
        if design["settings"]:
            lines[-1] += f" With {', '.join(f'{name}={value}' for name, value in design['settings'].items())}."
        lines += ["", "| component | where | mutant | outcome |", "|---|---|---|---|"]
        lines += [f"| `{one['component']}` | {_where(one)} | {_told(one)} | {_outcome(one)} |" for one in those]
    return "\n".join(lines) + "\n"


def summary(data: Mapping[str, Any]) -> str:
    """The counts of a result in a line."""
    found = data["counts"]
    apart = data["planted"] - found["equivalent"]
    share = f" ({100 * found['survived'] / apart:.1f} % of those that are not equivalent)" if apart else ""
    told = f"{found['seen']} seen, {found['equivalent']} equivalent, {found['survived']} survived"
    return f"{data['planted']} planted: {told}{share}"


def _of(rows: Sequence[Row], key: str, value: str) -> list[Row]:
    return [one for one in rows if one[key] == value]


def _table(what: str, groups: Sequence[tuple[str, Sequence[Row]]]) -> list[str]:
    lines = [f"| {what} {_HEAD}", f"|---|{'---:|' * 6}"]
    everything = [one for _, those in groups for one in those]
    for name, those in [*groups, ("all", everything)]:
        found = counts(those)
        apart = len(those) - found["equivalent"]
        share = f"{100 * found['survived'] / apart:.1f} % survived" if apart else ""
        told = (len(those), found["seen"], found["refused"], found["equivalent"], found["survived"], share)
        lines.append(f"| {_cell(name)} | {' | '.join(map(str, told))} |")
    return lines


def _survivors(rows: Sequence[Row]) -> list[str]:
    lines = []
    for one in rows:
        lines.append(
            f"- `{one['design']}`, `{one['component']}`, {_where(one)}: {_told(one)}. It {_plain(one['how'])}."
        )
        if one["values"]:
            lines.append(f"  Only values differ: {_plain('; '.join(one['values']))}.")
        if one["undecided"]:
            lines.append(f"  Not decided within the limit of states: {one['undecided']} properties.")
    return lines


def _where(one: Row) -> str:
    place = f" ({one['place']})" if one["place"] else ""
    return f"{_code(one['where'])}{place}"


def _told(one: Row) -> str:
    return f"{one['operator']}: {_code(one['before'])} becomes {_code(one['after'])}"


def _outcome(one: Row) -> str:
    if one["status"] != Status.SEEN.value:
        return f"{one['status']}" if one["status"] == Status.SURVIVED.value else "equivalent"
    with_ = f" with {_cell(one['given'])}" if one["given"] else ""
    return f"seen by `{one['by']}`{with_}: {_cell(one['how'])}"


def _shortened(text: str, mark: Callable[[str], str]) -> str:
    words = " ".join(text.split())
    return mark(words if len(words) <= _LONG else words[: _LONG - 4] + " ...")


def _code(text: str) -> str:
    return _shortened(text, lambda words: f"`{words.replace('|', '&#124;').replace('`', '')}`")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _plain(text: str) -> str:
    return _shortened(text, lambda words: words)


__all__ = ["as_markdown", "summary"]
