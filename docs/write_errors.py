"""Write docs/errors.md from the registry of codes: `.venv/bin/python docs/write_errors.py`."""

from pathlib import Path

from drcheck.errors import ALL_CODES

PAGE = Path(__file__).parent / "errors.md"
HEAD = """\
# Error codes

Written by `docs/write_errors.py` from the registry in `src/drcheck/errors.py`. Not to be edited by hand.

Every error that a user can cause is one line: the code in brackets, what is wrong and what was asked for, the place in the model,
what is available, and the remedy. The command line ends with status 2 and shows no traceback; with `DRCHECK_DEBUG=1` in the
environment it does. `drcheck errors DR117` says what a code means.
"""
GROUPS = {
    "DR1": "The model: expressions, components, composition",
    "DR2": "Designs and their parameters",
    "DR3": "Properties and claims",
    "DR4": "The command line",
    "DR5": "Exploration",
    "DR6": "Output",
    "DR7": "Audits of configuration files",
    "DR8": "Remarks",
    "DR9": "Unforeseen",
}


def text() -> str:
    """The page."""
    lines = [HEAD]
    left = dict(ALL_CODES)
    for start in sorted({code[:3] for code in left}):
        lines += [f"## {GROUPS.get(start, start + 'xx')}", "", "| code | meaning |", "|---|---|"]
        lines += [f"| {code} | {meaning} |" for code, meaning in sorted(left.items()) if code.startswith(start)]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
