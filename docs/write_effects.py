"""Write docs/effects.md: what `drcheck fmea DESIGN --json` printed, as tables, with the time of each.

    .venv/bin/python docs/write_effects.py FILE...

Designs of which no file says anything keep what the page says of them; those that are new to it come last.
"""

import re
import sys
from pathlib import Path

from drcheck.report.effects import effects_page
from drcheck.schemas import read

PAGE = Path(__file__).with_name("effects.md")
DESIGN = re.compile(r"^`([^`]+)`: ", re.MULTILINE)


def main(paths: list[str]) -> None:
    """Read the documents, in order, and write the page."""
    documents = [read(Path(path).read_text(encoding="utf-8"), "fmea") for path in paths]
    page = effects_page([design for document in documents for design in document["designs"]])
    head, found = parts(page)
    _, kept = parts(PAGE.read_text(encoding="utf-8"))
    fresh = {name for name, _, _ in found}
    sections: list[tuple[str, str, str]] = []
    for name, row, section in kept:
        if name not in fresh:
            sections.append((name, row, section))
        elif all(name != before for before, _, _ in sections):
            sections += [one for one in found if one[0] == name]
    sections += [one for one in found if all(one[0] != before for before, _, _ in sections)]
    rows = "\n".join(row for _, row, _ in sections)
    PAGE.write_text(f"{head}{rows}\n\n" + "".join(section for _, _, section in sections), encoding="utf-8")


def parts(page: str) -> tuple[str, list[tuple[str, str, str]]]:
    """What stands before the rows of the first table; and the name of each design with its row there and its section."""
    first, *sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    lines = first.rstrip().split("\n")
    rows = lines[-len(sections) :]
    names = [match[1] for section in sections if (match := DESIGN.search(section))]
    assert len(names) == len(rows) == len(sections)
    return "\n".join(lines[: -len(sections)]) + "\n", list(zip(names, rows, sections, strict=True))


if __name__ == "__main__":
    main(sys.argv[1:])
