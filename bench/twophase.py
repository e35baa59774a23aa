"""The two-phase commit benchmark: a transaction manager and N resource managers agree to commit or to abort.

    python bench/twophase.py --rms 7 --json

The protocol is the specification TwoPhase of Gray and Lamport, *Consensus on Transaction Commit* (ACM Transactions on
Database Systems 31, 2006): messages are a set that only grows, so a manager may receive one more than once, and such a
step leads back to its own state. Resource managers are not taken as symmetric.
"""

from __future__ import annotations

import sys
from pathlib import Path

from drcheck.system.lowering import lower

if __package__ in (None, ""):  # run as a program: its siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import measure
from drcheck.engines.protocol import Query
from drcheck.language.component import Component, on
from drcheck.language.functions import all_of, any_of
from drcheck.language.variables import Boolean
from drcheck.system.composition import compose
from drcheck.system.system import System

COUNTS = {3: 288, 5: 8_832, 7: 296_448, 10: 61_515_776}
"""States by number of resource managers, as other checkers of the same specification report them."""


def two_phase(rms: int) -> System:
    """The composed protocol with so many resource managers.

    Each resource manager holds whether its message "prepared" was sent; the transaction manager holds the messages
    "commit" and "abort", and whose "prepared" it has received.
    """
    sent = [Boolean("sent") for _ in range(rms)]
    prepared = [Boolean(f"prepared{i}") for i in range(rms)]
    commit, abort = Boolean("commit"), Boolean("abort")
    manager = Component(
        "tm",
        ["init", "committed", "aborted"],
        variables=[commit, abort, *prepared],
        transitions=[
            on("decide_commit", "init", "committed", when=all_of(prepared), then={commit: True}),
            on("decide_abort", "init", "aborted", then={abort: True}),
            *(on(f"receive_prepared{i}", "init", when=sent[i], then={prepared[i]: True}) for i in range(rms)),
        ],
    )
    resources = [
        Component(
            f"rm{i}",
            ["working", "prepared", "committed", "aborted"],
            variables=[sent[i]],
            transitions=[
                on(f"prepare{i}", "working", "prepared", then={sent[i]: True}),
                on(f"choose_to_abort{i}", "working", "aborted"),
                on(f"receive_commit{i}", "*", "committed", when=commit),
                on(f"receive_abort{i}", "*", "aborted", when=abort),
            ],
        )
        for i in range(rms)
    ]
    return compose("two_phase", [manager, *resources])


def disagreement(system: System) -> Query:
    """The invariant that no resource manager has committed while another has aborted, as a watch for its violation."""
    resources = [c for c in system.components if c.name.startswith("rm")]
    committed = any_of([c.committed for c in resources])
    aborted = any_of([c.aborted for c in resources])
    return Query((lower(system, committed & aborted),))


def main(arguments: list[str] | None = None) -> int:
    parser = measure.parser("Explore the two-phase commit benchmark.")
    parser.add_argument("--rms", type=int, default=7, help="how many resource managers")
    options = parser.parse_args(arguments)
    system = two_phase(options.rms)
    about = {"benchmark": "twophase", "rms": options.rms}
    return measure.run(about, system, disagreement(system), options, expected=COUNTS.get(options.rms))


if __name__ == "__main__":
    sys.exit(main())
