"""Write docs/cuts_of_designs.md: the cuts of all designs as tables.

    .venv/bin/python docs/write_cuts.py FOLDER

FOLDER has what `drcheck cuts DESIGN --json` printed, a file a design, in files that end in .json. To make them:

    .venv/bin/python docs/write_cuts.py FOLDER --make SECONDS

which gives each design so many seconds, and 3,000,000 states a search. The largest designs were asked with `--deviations 0`,
some with `--order 1`; the page says so where it tells what a search was ended by. Designs of which FOLDER has nothing keep what
the page says of them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drcheck import schemas

PAGE = Path(__file__).parent / "cuts_of_designs.md"
DESIGNS = (
    "model.info_mart.active_active:active_active",
    "model.info_mart.active_standby:active_standby",
    "model.info_mart.comparison:comparison",
    "model.info_mart_replication.setup:replication_setup",
    "model.info_mart_replication.return_to_normal:return_to_normal",
    "model.info_mart_replication.return_option_2:return_option_2",
    "model.info_mart_replication.second_instance:second_instance",
    "model.info_mart_replication.keys_after_takeover:keys_after_takeover",
    "model.info_mart_replication.upgrade_and_takeover:upgrade_and_takeover",
    "model.configuration_database.design:dns_failover",
    "model.configuration_database.design:backup_and_restore",
    "model.joint_recovery.design:joint_recovery",
    "model.logger_hds.design:logger_hds",
    "model.logger_hds.latency:logger_latency",
    "model.cms_ha.design:cms_ha",
)
STATES = "3000000"
HEAD = """# Cuts of the designs

What `drcheck cuts` finds of the designs of this repository, combinations of up to two adversities, or single ones where
*ended by* says so ([what the columns mean](cuts.md)). Written by `docs/write_cuts.py`, which says how. *hold*: promises that
hold with any two, or with any one; where nothing was decided of a promise, it is named below the table of its design.
The slips of `cms_ha` are held at 0: with slips, its runbook lets a step come when it has nothing to act on, and cuts without a
slip would be those of that runbook.

| design | promises | hold | known | known elsewhere | NEW | open | composed | searches | states | processor | ended by |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def main(arguments: list[str]) -> None:
    """Write the page, and before that, where it is asked for, what it is made of."""
    folder = Path(arguments[0])
    if arguments[1:2] == ["--make"]:
        make(folder, arguments[2])
    found = [document(path) for path in sorted(folder.glob("*.json"))]
    documents = [each for design in DESIGNS for each in found if each["design"] == design]
    rows, sections = before(PAGE.read_text(encoding="utf-8"))
    for design in {each["design"] for each in documents}:
        those = [each for each in documents if each["design"] == design]
        rows[design.partition(":")[2]] = [summary(each) for each in those]
        sections[design] = ["\n".join(table(each)) for each in those]
    lines = [HEAD.rstrip("\n"), *(row for design in DESIGNS for row in rows.get(design.partition(":")[2], []))]
    lines += [f"\n{section}" for design in DESIGNS for section in sections.get(design, [])]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def before(page: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What a page says: the rows of its first table by design, and its sections."""
    head, *parts = page.rstrip("\n").split("\n\n## ")
    rows: dict[str, list[str]] = {}
    for line in head.partition("|---")[2].splitlines()[1:]:
        rows.setdefault(line.split("|")[1].strip(), []).append(line)
    sections: dict[str, list[str]] = {}
    for part in parts:
        sections.setdefault(part.partition("\n")[0], []).append(f"## {part}")
    return rows, sections


def make(folder: Path, seconds: str) -> None:
    """Have the cuts of every design found."""
    folder.mkdir(parents=True, exist_ok=True)
    for design in DESIGNS:
        limits = ["--limit-seconds", seconds, "--limit-states", STATES]
        command = [sys.executable, "-m", "drcheck", "cuts", design, "--json", *limits]
        printed = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
        (folder / f"{design.partition(':')[2]}.json").write_bytes(printed)


def document(path: Path) -> dict[str, Any]:
    """What was printed of a design."""
    return schemas.read(path.read_text(encoding="utf-8"), "cuts")


def summary(data: dict[str, Any]) -> str:
    """A design as a row."""
    cuts = [cut for promise in data["promises"] for cut in promise["cuts"]]
    told = [cut["known"] for cut in cuts]
    whole = sum(promise["holds_with"] == data["order"] for promise in data["promises"])
    cells: list[object] = [data["design"].partition(":")[2], len(data["promises"]), whole]
    cells += [told.count(which) for which in ("known", "known elsewhere", "NEW", "not decided")]
    cells += [f"{data[what]:,}" for what in ("composed", "searches", "states")]
    most = data.get("deviations")
    within = ", single ones alone" if data["order"] == 1 else ""
    within += "" if most is None else ", without deviations" if most == 0 else f", with at most {most} deviation"
    within += "".join(f", with {name}={value}" for name, value in data["parameters"].items())
    cells += [f"{data['processor_seconds']:.0f} s", (data["stopped"] or "all was tried") + within]
    return row(cells)


def table(data: dict[str, Any]) -> Iterator[str]:
    """The promises of a design, each with its cuts."""
    yield f"## {data['design']}"
    yield ""
    yield "| promise | holds with any | breaks with | finding |"
    yield "|---|---|---|---|"
    undecided = [each for each in data["promises"] if each["holds_with"] is None and not each["cuts"]]
    for promise in data["promises"]:
        if promise in undecided:
            continue
        name = called(promise)
        holds = "not decided" if promise["holds_with"] is None else max(promise["holds_with"], 0)
        if promise["holds_with"] == -1:
            holds = "fails without any"
        for number, cut in enumerate(promise["cuts"] or [None]):
            first = [f"`{name}`" if number == 0 else "", holds if number == 0 else ""]
            yield row([*first, *(["", ""] if cut is None else [said(cut), cut["known"] or ""])])
    if undecided:
        yield ""
        yield f"Of {len(undecided)} promises nothing was decided: {', '.join(f'`{called(each)}`' for each in undecided)}."
    for promise in data["promises"]:
        tried = [said({**one, "value_text": None, "minimal": True}) for one in promise["undecided"]]
        if tried and promise not in undecided:
            yield ""
            yield f"Not decided of `{called(promise)}`: with {'; with '.join(tried)}."
    left = sum(len(promise["not_tried"]) for promise in data["promises"])
    beyond = sum(promise["not_tried_beyond"] for promise in data["promises"])
    open_ = sum(len(promise["undecided"]) for promise in data["promises"])
    if left or beyond or open_:
        yield ""
        yield (
            f"Not tried: {left:,} combinations of deviations of a promise, and {beyond:,} that contain what breaks it; "
            f"not decided: {open_:,}."
        )


def called(promise: dict[str, Any]) -> str:
    """The name of a promise, and how many others its row is for."""
    return promise["property"] + (f" (and {len(promise['also'])} that ask the same)" if promise["also"] else "")


def said(cut: dict[str, Any]) -> str:
    """A cut in words."""
    parts = [kind if n == 1 else f"{n} x {kind}" for kind, n in cut["uses"].items()]
    parts += [f"{name}={value}" for name, value in cut["deviations"].items()]
    value = f" ({cut['value_text']})" if cut["value_text"] else ""
    return (", ".join(parts) or "nothing") + value + ("" if cut["minimal"] else "; perhaps with less")


def row(cells: list[Any]) -> str:
    """A row of a table."""
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main(sys.argv[1:])
