"""How far other checkers come with a design that they may not finish, within a limit of time and memory.

    python bench/beyond.py --design model.info_mart.active_standby:active_standby --set tick=15m
    python bench/beyond.py ... --worst 'info_mart_2.lost' --value 61 --peers spin-collapse,rumur --minutes 60 --memory 8000

The design is exported with its invariants, and with what would be beyond the greatest value of a measure, if one is given; each
peer is compiled and run, one after another, with the flags of `bench/programs.py`. To decide any of these a peer has to see every
state, or to find a violation. Printed is an object a line: whether it finished or found one, what it says it had seen when it
ended, what it took, and its last words.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a program: designs and siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import designs
from bench.programs import DEPTHS, PEERS, PeerError, launched, peer_named
from drcheck.errors import DrcheckError
from drcheck.language.expressions import BOOLEAN, INTEGER, Expression, Literal, Operation
from drcheck.system.lowering import lower
from drcheck.system.system import System
from drcheck.text import parse_expression

SEEN = {"spin": r"([\d.e+]+) states, stored", "rumur": r"(\d+) states(?: explored|,)"}
"""Where a peer says how many states it has seen; the last such place counts."""
BYTES = 256
"""A state takes at most so many bytes, about: Spin's table is as large as memory allows to fill it."""
SLACK_MB = 500
"""What a verifier may take beside its states: a stack, and its program."""
PROGRESS = r"States=\s*([\d.e+]+)"
"""The same in what Spin prints on the way."""


def beyond(system: System, measure: str, value: int) -> Expression:
    """That a measure, as text, exceeds a value."""
    node = lower(system, parse_expression(measure, system), "--worst")
    assert node.kind == INTEGER
    return Operation(">", (node, Literal(value)), BOOLEAN)


def run(name: str, system: System, watches: list[Expression], minutes: float, memory: int) -> dict[str, Any]:
    """One peer within its limits. Raises PeerError where it cannot be compiled."""
    peer = peer_named(name)
    peer.memory = memory
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        compiled = peer.compile(system, watches, folder, states=1, escapes=False, seconds=3600)
        table = max(18, (memory * 1_000_000 // BYTES).bit_length())
        command = (
            ["./model"]
            if name == "rumur"
            else ["./pan", f"-m{DEPTHS[1]}", f"-w{table}", "-n", f"-Q{max(1, round(minutes))}"]
        )
        within = f"ulimit -v {(memory + SLACK_MB) * 1024}; exec {' '.join(command)}"
        usage, text, status = launched(
            ["sh", "-c", within], folder, minutes * 60 + 60
        )  # Spin ends by itself, and tells
    found = re.findall(SEEN["rumur" if name == "rumur" else "spin"], text) or re.findall(PROGRESS, text)
    violated = bool(re.search(r"errors: [1-9]|[1-9]\d* error\(s\) found", text))
    finished = status == 0 and "not completed" not in text and "ran out of" not in text
    return {
        "peer": name,
        "finished": finished,
        "violated": violated,
        "states": max(map(float, found)) if found else None,
        "compiled": compiled,
        **dataclasses.asdict(usage),
        "words": text[-300:].strip() if not finished else "",
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="See how far other checkers come with a design.")
    designs.add_options(parser)
    parser.add_argument("--worst", metavar="EXPRESSION", help="a measure, as in --property of drcheck check")
    parser.add_argument("--alone", action="store_true", help="leave the invariants out: ask for the worst case alone")
    parser.add_argument("--value", type=int, default=0, help="its greatest value")
    parser.add_argument("--peers", default="spin-collapse,rumur", help=f"some of {','.join(PEERS)}")
    parser.add_argument("--minutes", type=float, default=60, help="the longest time that each may take")
    parser.add_argument("--memory", type=int, default=8000, metavar="MB", help="the most memory that each may take")
    options = designs.parsed(parser, arguments)
    if options.design is None:
        parser.error("name the design with --design")
    try:
        _, system, query, invariants = designs.composed(options.design, options.set)
        watches = [] if options.alone else list(query.watches[:invariants])
        watches += [] if options.worst is None else [beyond(system, options.worst, options.value)]
        for name in options.peers.split(","):
            print(json.dumps(run(name, system, watches, options.minutes, options.memory)), flush=True)
    except (DrcheckError, PeerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
