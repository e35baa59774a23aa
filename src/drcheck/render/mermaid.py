"""Diagrams as Mermaid text, which needs no program: code hosts and many editors show it as a picture.

Every name gets an identifier of ours, so that no component or state can be mistaken for a keyword, and every character
that Mermaid's grammars give a meaning to is written as a numeric entity (`#58;` is a colon).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from drcheck.render.document import (
    ArchitectureDiagram,
    MachineDiagram,
    MachineEdge,
    Message,
    Node,
    SequenceChart,
    activities,
    arrows,
    drawn_reads,
    edge_parts,
    event_names,
    listed_reads,
)
from drcheck.render.style import (
    ALARM,
    ALARM_FILL,
    INK,
    KINDS,
    MUTED,
    PANEL,
    RULE,
    clean,
    first_sentence,
    plural,
    site_title,
)
from drcheck.render.text import change_text
from drcheck.render.ways import apart, drawn_nodes, passages

_NO_WORD = re.compile(r"\W+")
_MEANINGFUL = frozenset('"#;:<>&{}|\\`%')


def escape(text: str) -> str:
    """A text on one line in which no character has a meaning to Mermaid."""
    joined = " ".join(clean(text).split())
    return "".join(f"#{ord(c)};" if c in _MEANINGFUL else c for c in joined)


def _lines(texts: Iterable[str]) -> str:
    return "<br/>".join(escape(text) for text in texts)


# -- machines ------------------------------------------------------------------------------------------------------
def machine_mermaid(diagram: MachineDiagram) -> str:
    """The state diagram; what happens within a state stands in it, and arrows name the kind that is not automatic."""
    out = ["stateDiagram-v2"]
    ids = {state.name: f"s{number}_{_NO_WORD.sub('_', state.name)}" for number, state in enumerate(diagram.states)}
    for state in diagram.states:
        out.append(f'    state "{escape(state.name)}" as {ids[state.name]}')
        for edge in activities(diagram, state.name):
            out.append(f"    {ids[state.name]} : {edge_text(edge)}")
    drawn = arrows(diagram)
    everywhere = activities(diagram, None)
    if everywhere or any(arrow.source is None for arrow in drawn):
        out.append(f'    state "{"any state" if everywhere else "any other state"}" as any_state')
        out += [f"    any_state : {edge_text(edge)}" for edge in everywhere]
    out += [f"    [*] --> {ids[name]}" for name in diagram.initial_states]
    for arrow in drawn:
        source = "any_state" if arrow.source is None else ids[arrow.source]
        said = ["".join(part) for edge in arrow.edges for part in edge_parts(edge)]
        if arrow.event_kind != "automatic":
            said.append(f"({KINDS[arrow.event_kind].label})")
        out.append(f"    {source} --> {ids[arrow.dest]} : {_lines(said)}")
    out += [f"    {ids[state.name]} --> [*]" for state in diagram.states if state.final]
    if diagram.names:
        out.append(f"    note right of {ids[diagram.initial]} : {_lines(diagram.names)}")
    failed = [ids[state.name] for state in diagram.states if state.failure]
    if failed:
        out.append(f"    classDef failure fill:{ALARM_FILL},stroke:{ALARM},stroke-width:3px,color:{INK}")
        out += [f"    class {name} failure" for name in failed]
    return "\n".join(out) + "\n"


def edge_text(edge: MachineEdge) -> str:
    """The trigger, the guard and the effects on one line, escaped."""
    return escape(" ".join("".join(part) for part in edge_parts(edge)))


# -- architectures -------------------------------------------------------------------------------------------------
def architecture_mermaid(diagram: ArchitectureDiagram) -> str:
    """The architecture as a flowchart: sites are subgraphs, lines are shared events, dotted arrows are reads.

    Of a system with ways of data: thick arrows are legs that the model has, dotted ones are stated only; what is on no way stands
    apart, and shared events are listed.
    """
    if diagram.ways:
        return _ways(diagram)
    out = ["flowchart TB"]
    ids = {node.name: f"c{number}_{node.name}" for number, node in enumerate(diagram.nodes)}
    nodes = {node.name: node for node in diagram.nodes}
    told = listed_reads(diagram)
    inside = {name for cluster in diagram.clusters for name in cluster.members}
    for number, cluster in enumerate(diagram.clusters):
        hit = f" (hit as a whole by {', '.join(cluster.events)})" if cluster.events else ""
        out.append(f'    subgraph site{number}["{escape(f"{site_title(cluster.site)}{hit}")}"]')
        out += [f"        {_node(ids, nodes[name], told)}" for name in cluster.members]
        out.append("    end")
    out += [f"    {_node(ids, node, told)}" for node in diagram.nodes if node.name not in inside]
    for shared in diagram.shared:
        out.append(f'    {ids[shared.first]} ---|"{_lines(event_names(shared.events))}"| {ids[shared.second]}')
    for number, hub in enumerate(diagram.hubs):
        out.append(f'    e{number}(["{escape(hub.event)}"])')
        out += [f"    {ids[name]} --- e{number}" for name in hub.participants]
    out += [f"    {ids[reads.reader]} -.->|reads| {ids[reads.owner]}" for reads in drawn_reads(diagram)]
    out.append(f"    classDef component fill:#ffffff,stroke:{INK},color:{INK}")
    out.append(f"    classDef operator fill:#ffffff,stroke:{KINDS['operator'].colour},stroke-width:3px,color:{INK}")
    out.append(f"    classDef site fill:{PANEL},stroke:{MUTED},color:{INK}")
    for kind in ("component", "operator", "site"):
        members = [ids[node.name] for node in diagram.nodes if node.kind == kind]
        if members:
            out.append(f"    class {','.join(members)} {kind}")
    out += [f"    style site{n} fill:{PANEL},stroke:{RULE},color:{INK}" for n, _ in enumerate(diagram.clusters)]
    return "\n".join(out) + "\n"


def _ways(diagram: ArchitectureDiagram) -> str:
    out = ["flowchart LR"]
    ids = {node.name: f"c{number}_{node.name}" for number, node in enumerate(diagram.nodes)}
    shown = drawn_nodes(diagram)
    for number, cluster in enumerate(diagram.clusters):
        hit = f" (hit as a whole by {', '.join(cluster.events)})" if cluster.events else ""
        out.append(f'    subgraph site{number}["{escape(f"{site_title(cluster.site)}{hit}")}"]')
        out += [f"        {_node(ids, node, {})}" for node in shown if node.site == cluster.site]
        out.append("    end")
    out += [f"    {_node(ids, node, {})}" for node in shown if node.site is None]
    for leg in passages(diagram):
        out.append(f"    {ids[leg.first]} {'==>' if leg.modelled else '-.->'} {ids[leg.second]}")
    beside = apart(diagram)
    if beside:
        out.append('    subgraph apart["apart"]')
        out += [f'        a{n}["{_lines([name, *([said] if said else [])])}"]' for n, (name, said) in enumerate(beside)]
        out.append("    end")
    if diagram.occurrences:
        told = [
            f"{e.event}: {', '.join([*e.required, *(f'({name})' for name in e.optional)])}" for e in diagram.occurrences
        ]
        out.append(f'    shared["{_lines(["shared events, in brackets who takes part when it can", *told])}"]')
    out += [f"    style site{n} fill:{PANEL},stroke:{RULE},color:{INK}" for n, _ in enumerate(diagram.clusters)]
    return "\n".join(out) + "\n"


def _node(ids: dict[str, str], node: Node, told: dict[str, list[str]]) -> str:
    lines = [node.name, *([first_sentence(node.doc)] if node.doc else [])]
    if node.name in told:
        lines.append(f"looks at {', '.join(told[node.name])}")
    return f'{ids[node.name]}["{_lines(lines)}"]'


# -- sequence charts -----------------------------------------------------------------------------------------------
def sequence_mermaid(chart: SequenceChart) -> str:
    """The chart as a sequence diagram: a line joins those who take part in an event; notes say what changed."""
    out = ["sequenceDiagram"]
    ids = {line.component: f"p{number}_{line.component}" for number, line in enumerate(chart.lifelines)}
    sites = list(dict.fromkeys(line.site for line in chart.lifelines))
    for site in sites:
        indent = "    "
        if site is not None:
            out.append(f"    box {escape(site_title(site))}")
            indent = "        "
        for line in (line for line in chart.lifelines if line.site == site):
            out.append(f"{indent}participant {ids[line.component]} as {escape(line.component)}")
        if site is not None:
            out.append("    end")
    if not ids:
        return "\n".join([*out, "    participant p0 as nothing takes part"]) + "\n"
    ends = list(ids.values())
    whole = ends[0] if len(ends) == 1 else f"{ends[0]},{ends[-1]}"
    for line in chart.lifelines:
        said = ", ".join([line.initial, *(f"{name} {value}" for name, value in line.values)])
        out.append(f"    Note over {ids[line.component]}: {escape(said)}")
    if chart.start:
        out.append(f"    Note over {whole}: {escape(chart.start)}")
    if chart.mark:
        out.append(f"    Note over {whole}: {escape(chart.mark)}")
    for message in chart.messages:
        if message.begins_cycle:
            out.append(f"    loop the cycle, steps {chart.cycle[0]} to {chart.cycle[1]}" if chart.cycle else "    loop")
        out += [f"    {line}" for line in _message(message, ids, whole)]
        if message.ends_cycle:
            out.append("    end")
    return "\n".join(out) + "\n"


def _message(message: Message, ids: dict[str, str], whole: str) -> list[str]:
    number = str(message.first) if message.first == message.last else f"{message.first} to {message.last}"
    told = {
        name: [change_text(change, " → ") for change in message.changes if change.component == name] for name in ids
    }
    elsewhere = [f"{c.component} {change_text(c, ' → ')}" for c in message.changes if c.component not in ids]
    if message.escape:
        elsewhere.append(f"out of range: {message.escape}")
    if message.mark:
        elsewhere.append(f"here: {message.mark}")
    if message.event_kind == "time":
        changes = [f"{name}: {'; '.join(said)}" for name, said in told.items() if said]
        return [f"Note over {whole}: {_lines([f'{number}. {message.event}', *changes, *elsewhere])}"]
    head = f"{number}. {message.event} ({KINDS[message.event_kind].label})"
    moved = [name for name in ids if name in message.participants or told[name]]
    if len(moved) == 1:
        return [f"Note over {ids[moved[0]]}: {_lines([head, *told[moved[0]], *elsewhere])}"]
    if not moved:
        return [f"Note over {whole}: {_lines([head, *elsewhere])}"]
    if len(moved) == 2:
        lines = [f"{ids[moved[0]]}->{ids[moved[1]]}: {escape(head)}"]
    else:
        who = plural(len(moved), "component") + ": " + ", ".join(moved)
        lines = [f"Note over {ids[moved[0]]},{ids[moved[-1]]}: {_lines([head, who])}"]
    lines += [f"Note over {ids[name]}: {_lines(told[name])}" for name in moved if told[name]]
    if elsewhere:
        lines.append(f"Note over {whole}: {_lines(elsewhere)}")
    return lines


__all__ = ["architecture_mermaid", "edge_text", "escape", "machine_mermaid", "sequence_mermaid"]
