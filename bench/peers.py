"""drcheck's native engine beside other checkers: the same systems, in one run, with the same counts or an error.

    python bench/peers.py
    python bench/peers.py --models pipeline-M,twophase-8 --peers spin,rumur --repeat 3
    python bench/peers.py --markdown docs/performance.md

Each system is explored by drcheck's native engine, in processes of their own (once before, so that its machine code is there,
as the peers' is), then exported, compiled and checked by each peer (see `bench/programs.py`), with those invariants that
hold. The states and transitions must be the same: where they are not, the exit status is 1. What is not installed is left
out, and said so.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a program: designs and siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import designs, pipeline, twophase
from bench.comparison import Row, markdown, table
from bench.programs import PEERS, Peer, PeerError, PeerTimeoutError, Usage, launch, peer_named
from drcheck.engines.protocol import Query
from drcheck.system.system import System

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent


@dataclass(frozen=True)
class Model:
    """A system to compare on: the benchmark program that drcheck runs, and the same system with its invariants."""

    name: str
    command: tuple[str, ...]
    make: Callable[[], tuple[System, Query]]


def _pipeline(size: str) -> Model:
    def make() -> tuple[System, Query]:
        system = pipeline.pipeline(*pipeline.SIZES[size])
        return system, pipeline.disorder(system)

    return Model(f"pipeline-{size}", ("pipeline.py", "--size", size), make)


def _two_phase(rms: int) -> Model:
    def make() -> tuple[System, Query]:
        system = twophase.two_phase(rms)
        return system, twophase.disagreement(system)

    return Model(f"twophase-{rms}", ("twophase.py", "--rms", str(rms)), make)


def _design(target: str, more: str = "", settings: Sequence[str] = ()) -> Model:
    def make() -> tuple[System, Query]:
        _, system, query, invariants = designs.composed(target, settings)
        return system, Query(query.watches[:invariants])

    options = [option for setting in settings for option in ("--set", setting)]
    return Model(target.partition(":")[2] + more, ("designs.py", "--design", target, "--invariants", *options), make)


MODELS = {
    model.name: model
    for model in (
        *map(_pipeline, ("tiny", "S", "M", "L")),
        *map(_two_phase, (3, 5, 7, 8)),
        *map(_design, designs.names()),
        _design("model.info_mart.active_standby:active_standby", "-15m", ("tick=15m", "activity=no", "aggregation=no")),
    )
}
DEFAULT = (
    "pipeline-S",
    "pipeline-M",
    "twophase-5",
    "twophase-7",
    "twophase-8",
    "active_standby",
    "active_standby-15m",
    "active_active",
    "logger_hds",
    "logger_latency",
    "cms_ha",
)
DEFAULT_PEERS = ("spin", "spin-collapse", "rumur")


class DisagreementError(Exception):
    """drcheck and a peer do not find the same."""


def explore(model: Model, extra: Sequence[str], folder: Path, seconds: float) -> dict[str, Any]:
    """What drcheck's native engine finds, as the benchmark program prints it. Raises PeerError."""
    program, *arguments = model.command
    command = [sys.executable, str(BENCH / program), *arguments, "--engine", "native", "--json", *extra]
    _, text = launch(command, folder, seconds)
    told: dict[str, Any] = json.loads(next(line for line in text.splitlines() if line.startswith("{")))
    if not told["complete"]:
        raise PeerError(f"drcheck did not finish {model.name}")
    return told


def compare(
    model: Model,
    peers: Sequence[Peer],
    *,
    repeat: int,
    seconds: float,
    extra: Sequence[str],
    say: Callable[[str], None],
) -> list[Row]:
    """One model on all tools, turn by turn, so that what else the machine does meets all of them alike.

    Raises DisagreementError where counts differ; a peer that takes too long or fails is a row that says so.
    """
    with tempfile.TemporaryDirectory() as folder:
        here = {name: Path(folder) / name for name in ("drcheck", *(peer.name for peer in peers))}
        for path in here.values():
            path.mkdir()
        say(f"{model.name}: drcheck")
        first = explore(model, extra, here["drcheck"], seconds)
        own: list[dict[str, Any]] = []
        states, transitions = first["states"], first["transitions"]
        system, query = model.make()
        watches = [w for number, w in enumerate(query.watches) if number not in first["violated"]]
        compiled: dict[str, float] = {}
        failed: dict[str, str] = {}
        usages: dict[str, list[Usage]] = {peer.name: [] for peer in peers}
        for turn in range(repeat):
            own.append(explore(model, extra, here["drcheck"], seconds))
            for peer in peers:
                if peer.name in failed:
                    continue
                say(f"{model.name}: {peer.name}")
                try:
                    if turn == 0:
                        compiled[peer.name] = peer.compile(
                            system, watches, here[peer.name], states=states, escapes=first["escapes"], seconds=seconds
                        )
                    report = peer.run(here[peer.name], seconds)
                except PeerTimeoutError as error:
                    failed[peer.name] = str(error)
                    continue
                if not report.agrees(states, transitions) or report.violated:
                    raise DisagreementError(
                        f"{model.name}: drcheck finds {states:,} states and {transitions:,} transitions, {peer.name} "
                        f"{report.states:,.0f} and {report.transitions:,.0f}"
                        + (", and a violation that drcheck does not find" if report.violated else "")
                    )
                usages[peer.name].append(report.usage)
    rows = [Row.of_drcheck(model.name, first, own)]
    for peer in peers:
        rows.append(
            Row.of_peer(model.name, peer.name, states, transitions, compiled.get(peer.name), usages[peer.name])
            if peer.name not in failed
            else Row(model.name, peer.name, states, transitions, note=failed[peer.name])
        )
    return rows


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compare drcheck with other checkers on the same systems.")
    parser.add_argument("--models", default=",".join(DEFAULT), help=f"some of {','.join(MODELS)}")
    parser.add_argument("--peers", default=",".join(DEFAULT_PEERS), help=f"some of {','.join(PEERS)}")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each; the median counts")
    parser.add_argument("--seconds", type=float, default=600, help="the longest time that one run may take")
    parser.add_argument("--drcheck", action="append", default=[], metavar="OPTION", help="for drcheck's benchmarks")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page docs/performance.md")
    options = parser.parse_args(arguments)
    names, wanted = ([name for name in text.split(",") if name] for text in (options.models, options.peers))
    for given, known, what in ((names, MODELS, "model"), (wanted, PEERS, "peer")):
        for name in given:
            if name not in known:
                parser.error(f"there is no {what} {name!r}; available: {', '.join(known)}")

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    peers = []
    for peer in map(peer_named, wanted):
        if missing := peer.missing():
            say(f"left out: {peer.name}, as {' and '.join(missing)} cannot be found")
        else:
            peers.append(peer)
    rows: list[Row] = []
    problems: list[str] = []
    for name in names:
        try:
            rows += compare(
                MODELS[name],
                peers,
                repeat=max(1, options.repeat),
                seconds=options.seconds,
                extra=options.drcheck,
                say=say,
            )
        except (DisagreementError, PeerError) as error:
            problems.append(f"{error}")
    print(json.dumps([dataclasses.asdict(row) for row in rows]) if options.json else table(rows))
    if options.markdown and not problems:
        options.markdown.write_text(markdown(rows, peers, max(1, options.repeat)), encoding="utf-8")
    for problem in problems:
        say(f"wrong: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
