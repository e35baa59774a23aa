"""Write docs/slices_of_designs.md: which slice shows what of each design, beside a search of the design itself.

    .venv/bin/python docs/write_slices.py [FULL]

FULL is how many states that search may have, 20,000,000 without it. Seconds are of the processor, and differ from machine to
machine; all else is the same each time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import designs
from bench.slices import asked, measured, table
from drcheck.abstraction.proving import BUDGET

PAGE = Path(__file__).parent / "slices_of_designs.md"
FULL = 20_000_000
HEAD = """# Slices of the designs

What of each design [slices](slices.md) decide, with the parameters that it has by itself, and a search of the design beside it.
Written by `docs/write_slices.py`; `bench/slices.py --design NAME --set NAME=VALUE` prints the same for other parameters.

*decided*: of the properties that slices can decide at all, which are those of single states. Seconds are of the processor, with
what it takes to make slices. A design whose first 4,000 states are all is decided by these, with `--by slices`, too; here it is
sliced. What speaks of events is asked of the design with observers, in a row of its own.

| design | decided | slices | their states | s | the design's states | s |
|---|---|---:|---:|---:|---:|---:|
"""


def row(found: dict[str, Any]) -> str:
    """A design in the table of all."""
    decided = len(found["verdicts"])
    of = decided + len(found["left"])
    what = f"all {of}" if decided == of else f"{decided} of {of}"
    name = found["design"] + (" with observers" if found["observers"] else "")
    full = found["full"]
    more = "" if full["complete"] else "more than "
    return (
        f"| {name} | {what} | {len(found['slices'])} | {found['states']:,} | {found['cpu']:.1f} "
        f"| {more}{full['states']:,} | {full['cpu']:.1f} |\n"
    )


def main() -> None:
    """Decide by slices, search, and write the page."""
    full = int(sys.argv[1]) if len(sys.argv) > 1 else FULL
    found = []
    for target in designs.names():
        for system, items in asked(target, []):
            print(target, flush=True)
            found.append(measured(target, [], system, items, BUDGET, full))
    tables = "\n\n".join(table(each) for each in found)
    PAGE.write_text(HEAD + "".join(map(row, found)) + f"\n{tables}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
