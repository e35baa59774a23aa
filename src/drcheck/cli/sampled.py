"""What was seen in a part of a design's states, for people and programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from drcheck.cli.check_short import ROWS
from drcheck.cli.check_tables import WHOLE, broken
from drcheck.cli.check_text import print_settings
from drcheck.cli.console import chart, plain
from drcheck.cli.console import table as print_table
from drcheck.cli.data import parameters_data, roles_data
from drcheck.designs.parameter import settings_text
from drcheck.language.units import unit_data
from drcheck.render.chart import sequence_chart
from drcheck.sampling.observations import Shown
from drcheck.system.system import observers
from drcheck.verdicts.wording import finding_text, label_of

if TYPE_CHECKING:
    from rich.console import Console

    from drcheck.sampling.observations import Observation, Sampled

TITLE = "An execution that shows it; there may be shorter ones"
STYLES = {Shown.VIOLATED: "bold red", Shown.SEEN: "green", Shown.NOT_SEEN: "yellow", Shown.NOT_LOOKED_AT: "dim"}


def print_sampled(
    console: Console,
    sampled: Sampled,
    lines: Callable[[Any], list[str]],
    caveat: str,
    traces: bool | None,
    *,
    whole: bool,
) -> None:
    """Print what was seen; `lines` describes one set of parameters, `caveat` how to read it. `traces` as for verdicts.

    `whole`: a row for each property and what was seen with each set of parameters, also where they are many.
    """
    system = sampled.runs[0].system
    plain(console, f"{sampled.design.name}: {system.title}", style="bold")
    print_settings(console, system)
    if whole or len(sampled.observations) <= ROWS:
        print_table(console, _table(sampled, sampled.observations, console.width))
        for run in sampled.runs:
            if len(sampled.runs) > 1:
                plain(console, label_of(run.given, run.system, "As above"), style="bold")
            for line in lines(run.found):
                plain(console, line, indent=2 * (len(sampled.runs) > 1))
        plain(console, caveat)
    else:
        _print_short(console, sampled)
    for statement, reason in sampled.skipped:
        plain(console, f"Skipped: {statement.name}: {reason}", style="yellow")
    shown = [o for o in sampled.observations if o.trace is not None]
    if traces is None:
        new = [o for o in shown if o.shown is Shown.VIOLATED and o.property.finding is None]
        for observation in new:
            _tell_trace(console, observation)
        if len(shown) > len(new):
            plain(console)
            plain(
                console,
                f"Traces not shown: {len(shown) - len(new)}, where a finding is known or nothing is violated; --trace",
            )
    elif traces:
        for observation in shown:
            _print_trace(console, observation)
    plain(console)
    plain(console, summary(sampled), style="bold")


def _print_short(console: Console, sampled: Sampled) -> None:
    """New violations as a table, known findings by what is found, what was seen by name; the rest is counted in the summary."""
    violated = [o for o in sampled.observations if o.shown is Shown.VIOLATED]
    new = [o for o in violated if o.property.finding is None]
    known: dict[str, list[str]] = {}
    for observation in violated:
        if observation.property.finding is not None:
            known.setdefault(observation.property.finding.title, []).append(observation.property.name)
    if new:
        print_table(console, _table(sampled, new, console.width))
    if known:
        plain(console, "Violations of which a finding is known:", style="yellow")
    for title, names in known.items():
        plain(console, title, indent=2)
        plain(console, names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else ""), indent=4)
    seen = [o for o in sampled.observations if o.shown is Shown.SEEN]
    if seen:
        plain(console, "Seen:", style="green")
    for observation in seen:
        plain(console, f"{observation.property.name}: {observation.reason}", indent=2)
    several = "" if len(sampled.runs) == 1 else f" with each of {len(sampled.runs)} sets of parameters"
    plain(console, f"Each property, and what else was seen{several}: --whole")


def _table(sampled: Sampled, observations: Sequence[Observation], width: int) -> Table:
    widest, whole = max(24, min(44, width // 3)), width >= WHOLE
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("property", "claims", "seen"):
        table.add_column(name, no_wrap=whole, overflow="fold")
    table.add_column("value or where", overflow="fold")
    for observation in observations:
        item, reason = observation.property, [observation.reason]
        if observation.given:
            reason.append(f"with {settings_text(observation.given, sampled.design.roles)}")
        if item.finding is not None:
            reason.append(finding_text(item.finding))
        reason += [f"assuming {text}" for text in item.assumptions]
        table.add_row(
            Text(broken(item.name, widest)),
            Text("\n".join(item.claims)),
            Text(observation.shown.value, style=STYLES[observation.shown]),
            Text("\n".join(reason)),
        )
    return table


def _print_trace(console: Console, observation: Observation) -> None:
    """An execution step by step."""
    assert observation.trace is not None
    _print_heading(console, observation)
    chart(console, sequence_chart(observation.trace, title=TITLE))


def _tell_trace(console: Console, observation: Observation) -> None:
    """An execution in a few lines."""
    from drcheck.render.text import WIDTH
    from drcheck.telling.telling import LIMIT, tell

    assert observation.trace is not None
    _print_heading(console, observation)
    plain(console, TITLE, indent=2)
    for line in tell(observation.trace, observation.property).text(min(WIDTH, console.width), LIMIT, "--trace"):
        console.print(Text(line), soft_wrap=True)


def _print_heading(console: Console, observation: Observation) -> None:
    item = observation.property
    plain(console)
    claims = f" ({', '.join(item.claims)})" if item.claims else ""
    plain(console, f"{observation.shown.value} {item.name}{claims}", style=STYLES[observation.shown])
    if item.statement:
        plain(console, item.statement, indent=2)


def summary(sampled: Sampled) -> str:
    """One line: what was seen. It never says that something holds."""
    count = {shown: sum(o.shown is shown for o in sampled.observations) for shown in Shown}
    parts = [f"{number} {shown.value.lower()}" for shown, number in count.items() if number]
    if sampled.skipped:
        parts.append(f"{len(sampled.skipped)} skipped")
    return f"{', '.join(parts)}; what was not seen is not decided"


def sampled_data(sampled: Sampled, data: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """What was seen as plain data; `data` gives that of one set of parameters."""
    system = sampled.runs[0].system
    return {
        "design": sampled.design.name,
        "system": system.name,
        "title": system.title,
        "parameters": parameters_data(system.parameters),
        "parameter_roles": roles_data(system.parameter_roles),
        "observations": [
            {
                "property": o.property.name,
                "claims": list(o.property.claims),
                "seen": o.shown.value,
                "reason": o.reason,
                "value": o.value,
                **unit_data(o.property.measure, o.value, system.tick),
                "statement": o.property.statement,
                "formula": o.property.formula(),
                "given": parameters_data(o.given),
                "trace": None if o.trace is None else o.trace.as_data(),
            }
            for o in sampled.observations
        ],
        "runs": [
            {
                "given": parameters_data(run.given),
                "observers": [observer.name for observer in observers(run.system)],
                **data(run.found),
            }
            for run in sampled.runs
        ],
        "skipped": [{"property": statement.name, "reason": reason} for statement, reason in sampled.skipped],
    }
