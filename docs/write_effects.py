"""Write docs/effects.md from what `drcheck fmea DESIGN --json` printed, a file a design: their tables, and the time of each."""

import sys
from pathlib import Path

from drcheck.report.effects import effects_page
from drcheck.schemas import read


def main(paths: list[str]) -> None:
    """Read the documents, in order, and write the page."""
    documents = [read(Path(path).read_text(encoding="utf-8"), "fmea") for path in paths]
    designs = [design for document in documents for design in document["designs"]]
    Path(__file__).with_name("effects.md").write_text(effects_page(designs), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
