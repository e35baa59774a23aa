"""A job: a function of drcheck, and what it is called with, that any machine can do which has the same model and drcheck.

A job names a design, and says of which source files and of which code of drcheck it was made. Whoever does it compares these with
its own, and refuses where they differ. The function finds the design by its name, and composes it itself: no system is sent.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from drcheck.designs.design import Design, load
from drcheck.errors import DrcheckError
from drcheck.kernels.deadline import Deadline
from drcheck.system.fingerprint import Fingerprints
from drcheck.workers.own_code import code_digest
from drcheck.workers.sources import sources_digest


@dataclass(frozen=True)
class Version:
    """What a machine must have to do work about a design: the `design`, its `sources`, and the `code` of drcheck.

    `system`: the digest of what it composes by default, as a process may have loaded what is no longer in the files.
    """

    design: str
    sources: str
    system: str
    code: str

    @classmethod
    def of(cls, design: Design) -> Version:
        """That of this process."""
        try:
            system = Fingerprints().system(design.build())
        except DrcheckError as error:  # with its defaults it is none
            system = error.code
        return cls(design.name, sources_digest(design), system, code_digest())


@dataclass(frozen=True)
class Job:
    """`call`: "module:function", of drcheck, which is called with `data` and `Means`. What both are must survive a pickle.

    `label`: what it is, for people; `memory`: how many bytes it may use, and `threads`, where its user said so.
    """

    call: str
    data: Any
    version: Version
    label: str
    memory: int | None = None
    threads: int | None = None


@dataclass(frozen=True)
class Means:
    """What a job may use where it is done. `deadline`: by when it ends; somebody else may end it at any time."""

    deadline: Deadline
    memory: int | None = None
    threads: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a job: its `value`, or an `error`, in words, that another try may not meet; `refused`: nor would any."""

    value: Any = None
    error: str = ""
    refused: bool = False


FAILED = "FAILED"
"""What is said in place of an answer of a job that failed each time."""


class RefusedError(Exception):
    """What a job is about is not what is here: the model, or drcheck, is another one."""


class FailedError(Exception):
    """A job failed, for a reason that is told in words; another try may not."""


def do(job: Job, means: Means) -> Outcome:
    """Do a job. Whatever a model or a limit makes of it is told in the outcome; only KeyboardInterrupt is raised."""
    try:
        why = unlike(job.version)
        if why:
            return Outcome(error=why, refused=True)
        with means.deadline.during(f"{job.label} was decided"):
            return Outcome(function_of(job.call)(job.data, means))
    except RefusedError as error:
        return Outcome(error=str(error), refused=True)
    except (DrcheckError, FailedError) as error:
        return Outcome(error=str(error))
    except MemoryError:
        return Outcome(error="there is not enough memory")
    except Exception as error:  # whatever a model raises is told of this job; the others are done
        return Outcome(error=f"{type(error).__name__}: {error}")


def unlike(version: Version) -> str:
    """Why this process does not do what is asked, or ""."""
    if version.code != code_digest():
        return f"it has another version of drcheck: code {code_digest()}, not {version.code}"
    try:
        found = loaded(version.design)
    except DrcheckError as error:
        return str(error)
    return "" if found == version else f"it has another model: {version.design} is not what it is here"


@cache
def loaded(design: str) -> Version:
    """The version of a design when this process first saw it: what it has loaded stays as it was."""
    return Version.of(load(design))


def function_of(name: str) -> Callable[[Any, Means], Any]:
    """The function of drcheck that a job names."""
    module, _, function = name.partition(":")
    found: Callable[[Any, Means], Any] = getattr(importlib.import_module(module), function)
    return found


__all__ = ["FAILED", "FailedError", "Job", "Means", "Outcome", "RefusedError", "Version", "do", "unlike"]
