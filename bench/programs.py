"""Peers as programs: an exported model is compiled and run, and what the peer reports is read.

The peers are Spin, in three ways (`SPINS`), and Rumur with its default options on two threads.

The table of states of Spin is made for the number of states that is known beforehand, which is the best that its users
can do; its stack as deep as it turns out to be needed.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drcheck.interop import murphi, promela
from drcheck.language.expressions import Expression
from drcheck.system.system import System

LAUNCH = Path(__file__).resolve().parent / "launch.py"
MEMORY_LIMIT_MB = 16_000
SPINS = {
    "spin": "Spin, depth first, exact, without partial order reduction, cells as fields of bits",
    "spin-bytes": "the same as `spin`, with cells as whole bytes",
    "spin-collapse": "the same as `spin`, with its compression COLLAPSE",
}
"""The ways in which Spin is used, and what each is."""
DEPTHS = (10_000, 1_000_000, 20_000_000)
"""Sizes of Spin's stack, tried one after another."""


class PeerError(Exception):
    """A peer that failed or did not finish its search."""


class PeerTimeoutError(PeerError):
    """A peer that took too long."""


@dataclass(frozen=True)
class Usage:
    """What a process took: seconds on the clock, seconds of processors, its peak of resident memory in bytes."""

    seconds: float
    cpu: float
    peak: int


@dataclass(frozen=True)
class Report:
    """What a peer found: `transitions` as drcheck counts them. Spin rounds numbers to eight digits in its report."""

    states: float
    transitions: float
    violated: bool
    usage: Usage

    def agrees(self, states: int, transitions: int) -> bool:
        """Whether the counts are these, as far as the report tells."""
        return all(
            f"{told:.8g}" == f"{known:.8g}" for told, known in ((self.states, states), (self.transitions, transitions))
        )


def launch(command: Sequence[str], folder: Path, seconds: float, good: Sequence[int] = (0,)) -> tuple[Usage, str]:
    """Run a command in a folder: what it took and what it printed.

    Raises PeerTimeoutError where it takes longer than `seconds`, PeerError where it ends with no good status.
    """
    usage, text, status = launched(command, folder, seconds)
    program = Path(command[0]).name
    if status is None:
        raise PeerTimeoutError(f"{program} took more than {seconds:g} s")
    if status not in good:
        raise PeerError(f"{program} ended with status {status}: {text[-500:].strip()}")
    return usage, text


def launched(command: Sequence[str], folder: Path, seconds: float) -> tuple[Usage, str, int | None]:
    """The same however it ends: with its status, None where it took longer."""
    output = folder / "output.txt"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCH), str(seconds), str(output), *command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    text = output.read_text(encoding="utf-8", errors="replace")
    return Usage(told["seconds"], told["cpu"], told["peak"]), text, told["status"]


class Peer(ABC):
    """One way to check an exported model with another checker."""

    name: str
    programs: tuple[str, ...]
    about: str
    version: tuple[str, ...]
    memory = MEMORY_LIMIT_MB
    """The most megabytes that its verifier is made to take, where it can be told."""

    def __init__(self, optimise: str = "-O3") -> None:
        self.optimise = optimise

    def missing(self) -> list[str]:
        """The programs that are needed and not installed."""
        return [program for program in self.programs if shutil.which(program) is None]

    @abstractmethod
    def compile(
        self, system: System, watches: Sequence[Expression], folder: Path, *, states: int, escapes: bool, seconds: float
    ) -> float:
        """Export a system and make its verifier in a folder: how many seconds the peer and the C compiler took.

        `states` is how many there are, or thereabouts. Raises PeerError.
        """

    @abstractmethod
    def run(self, folder: Path, seconds: float) -> Report:
        """Run the verifier that was made there. Raises PeerError."""


class Spin(Peer):
    """Spin's verifiers; see the module's description."""

    programs = ("spin", "gcc")
    version = ("spin", "-V")

    def __init__(self, name: str = "spin", optimise: str = "-O3") -> None:
        super().__init__(optimise)
        self.name = name
        self.about = SPINS[name]
        self._depth = self._table = 0
        self._extra = 0, 0

    def compile(
        self, system: System, watches: Sequence[Expression], folder: Path, *, states: int, escapes: bool, seconds: float
    ) -> float:
        """See `Peer.compile`."""
        text = promela.source(system, watches, packed=self.name != "spin-bytes", escapes=escapes)
        (folder / "model.pml").write_text(text, encoding="utf-8")
        flags = ["-DSAFETY", "-DNOREDUCE", f"-DMEMLIM={self.memory}"]
        flags += ["-DCOLLAPSE"] if self.name == "spin-collapse" else []
        first, _ = launch(["spin", "-a", "-n", "-o2", "model.pml"], folder, seconds)
        second, _ = launch(["gcc", self.optimise, "-w", *flags, "-o", "pan", "pan.c"], folder, seconds)
        self._depth, self._table, self._extra = 0, max(18, states.bit_length()), promela.extra(system)
        return first.seconds + second.seconds

    def run(self, folder: Path, seconds: float) -> Report:
        """See `Peer.run`."""
        while True:
            depth = DEPTHS[self._depth]
            usage, text = launch(["./pan", f"-m{depth}", f"-w{self._table}", "-n"], folder, seconds)
            if "max search depth too small" not in text:
                break
            self._depth += 1
            if self._depth == len(DEPTHS):
                raise PeerError(f"Spin needs a stack deeper than {depth:,}")
        stored, matched = (_number(rf"(\S+) states, {what}", text) for what in ("stored", "matched"))
        violated = _number(r"errors: (\d+)", text) > 0
        if "Search not completed" in text and not violated:
            raise PeerError(f"Spin did not finish: {text[:300].strip()}")
        states, steps = self._extra
        return Report(stored - states, stored + matched - 1 - steps, violated, usage)


class Rumur(Peer):
    """Rumur's verifiers; see the module's description."""

    name = "rumur"
    programs = ("rumur", "gcc")
    about = "Rumur with its default options on two threads, deadlocks not reported"
    version = ("rumur", "--version")

    def compile(
        self, system: System, watches: Sequence[Expression], folder: Path, *, states: int, escapes: bool, seconds: float
    ) -> float:
        """See `Peer.compile`."""
        (folder / "model.m").write_text(murphi.source(system, watches, escapes=escapes), encoding="utf-8")
        options = ["--deadlock-detection", "off", "--threads", "2"]
        wide = ["-mcx16"] if platform.machine() in ("x86_64", "AMD64") else []
        first, _ = launch(["rumur", *options, "--output", "model.c", "model.m"], folder, seconds)
        second, _ = launch(
            ["gcc", self.optimise, "-w", "-std=gnu11", *wide, "-o", "model", "model.c", "-lpthread"], folder, seconds
        )
        return first.seconds + second.seconds

    def run(self, folder: Path, seconds: float) -> Report:
        """See `Peer.run`."""
        usage, text = launch(["./model"], folder, seconds, good=(0, 1))  # 1: an error was found
        states = _number(r"(\d+) states, \d+ rules fired in", text)
        fired = _number(r"\d+ states, (\d+) rules fired in", text)
        return Report(states, fired, "No error found" not in text, usage)


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise PeerError(f"nothing like {pattern!r} is in the report: {text[-500:].strip()}")
    return float(found[1])


def peer_named(name: str, optimise: str = "-O3") -> Peer:
    """The peer of a name that is in `PEERS`."""
    return Rumur(optimise) if name == "rumur" else Spin(name, optimise)


PEERS = (*SPINS, "rumur")
"""The names that `peer_named` knows."""
