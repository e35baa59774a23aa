"""Arguments and options that several commands share, and how they are read."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from drcheck.cli.complete import settings, words
from drcheck.errors import EngineError, UsageError

if TYPE_CHECKING:
    from drcheck.designs.design import Design
    from drcheck.engines.protocol import Limits

F = TypeVar("F", bound=Callable[..., Any])

ENGINES = "auto, reference, python, numpy or native"
LIMIT_SECONDS = "Stop after this many seconds, for each design: composing, searching, compiling, and traces."
MOST_THREADS = 64
LEAST_MEMORY = 1 << 20
"""Less than this is a unit that was forgotten: the interpreter alone uses more."""


def set_option(function: F) -> F:
    """`--set name=value`, any number of times."""
    return click.option(
        "--set",
        "assignments",
        metavar="NAME=VALUE",
        multiple=True,
        shell_complete=settings,
        help="A parameter of the design: --set patience=6h. Repeatable; `drcheck list` shows them all.",
    )(function)


def at_option(function: F) -> F:
    """`--at PATH`, as the function's argument `at`; `path_given` reads it."""
    return click.option(
        "--at", "at", metavar="PATH", help="Ask it at the end of this path; @FILE reads one, - reads standard input."
    )(function)


def path_given(at: str | None) -> str | None:
    """The path that `--at` gives, from a file or standard input where it says so. Raises PathError DR520."""
    from drcheck.explorer.terminal import path_text

    return None if at is None else sys.stdin.read(200_000) if at == "-" else path_text(at)


whole_option = click.option(
    "--whole",
    is_flag=True,
    help="Print a row for each property, and what was seen with each set of parameters, also where they are many.",
)
"""`--whole` of what is sampled: else many properties are told in short."""


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`, and `--format text` or `json`, which is the same, as the function's argument `as_json_`."""

    @wraps(function)
    def read(*arguments: Any, form: str, **named: Any) -> Any:
        return function(*arguments, as_json_=form == "json", **named)

    return format_option("json")(read)


def format_option(*others: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--format`, of text and some others, as the function's argument `form`; with `json` among them also `--json`.

    Raises UsageError DR605 for what is none of them, DR401 for `--json` beside another format.
    """
    known = ("text", *others)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def read(*arguments: Any, form: str | None, as_json_: bool = False, **named: Any) -> Any:
            if as_json_ and form not in (None, "json"):
                raise UsageError("DR401", f"--json and --format {form} are two formats", remedy="keep one of the two")
            if form is not None and form not in known:
                raise UsageError("DR605", f"there is no format {form!r} here", available=known, asked=form)
            return function(*arguments, form="json" if as_json_ else form or "text", **named)

        options: Callable[..., Any] = read
        if "json" in others:
            options = _json_flag(options)
        said = f"{', '.join(known[:-1])} or {known[-1]}; text by default."
        return click.option("--format", "form", metavar="FORMAT", shell_complete=words(*known), help=said)(options)

    return decorate


def formats_option(*known: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--format`, of one format or several with commas, as the function's argument `forms`; also `--json`.

    Raises UsageError DR605 for what is no format, DR401 for one named twice and for `--json` beside another.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def read(*arguments: Any, form: str | None, as_json_: bool, **named: Any) -> Any:
            forms = tuple(part.strip() for part in form.split(",")) if form is not None else ()
            for each in forms:
                if each not in known:
                    raise UsageError("DR605", f"there is no format {each!r} here", available=known, asked=each)
            if len(set(forms)) < len(forms):
                raise UsageError("DR401", f"--format {form} names a format twice", remedy="name each once")
            if as_json_ and forms not in ((), ("json",)):
                raise UsageError("DR401", f"--json and --format {form} are two formats", remedy="keep one of the two")
            return function(*arguments, forms=("json",) if as_json_ else forms or ("text",), **named)

        said = f"{', '.join(known[:-1])} or {known[-1]}; text by default; several, with commas, go into a folder."
        option = click.option("--format", "form", metavar="FORMAT", shell_complete=words(*known), help=said)
        return option(_json_flag(read))

    return decorate


def _json_flag(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--json", "as_json_", is_flag=True, help="Print one JSON object on standard output, and nothing else."
    )(function)


def output_option(function: F) -> F:
    """`--output`, of one text: a file, a folder, or `-` for standard output."""
    return click.option(
        "--output",
        "-o",
        metavar="FILE|DIR|-",
        help="Where to write, whole or not at all; in a folder under a name of its own. By default, and with -, standard output.",
    )(function)


def order_option(function: F) -> F:
    """`--order`: of how many adversities combinations are tried."""
    return click.option(
        "--order",
        type=click.IntRange(1),
        default=2,
        show_default=True,
        metavar="N",
        help="Try combinations of up to so many adversities.",
    )(function)


def budget_option(function: F) -> F:
    """`--budget`: how many states all searches may have together."""
    return click.option(
        "--budget",
        type=click.IntRange(1),
        metavar="N",
        help="Stop after about this many states of all searches together; a search, or a composition, counts as 50,000 at least.",
    )(function)


def uses_option(function: F) -> F:
    """`--by`, of what is varied: kinds of faults, or single events, as the function's argument `by`."""
    return click.option(
        "--by",
        type=click.Choice(["kind", "event"]),
        default="kind",
        show_default=True,
        help="What a use of a budget is: a fault of a kind, or a single event: which link fails, which step is left out.",
    )(function)


def by_option(function: F) -> F:
    """`--by`: how properties are decided, as the function's argument `by`."""
    return click.option(
        "--by",
        default="search",
        show_default=True,
        metavar="WAY",
        shell_complete=words("search", "slices", "auto"),
        help="search: enumerate the states of the system. slices: prove what can be proved on smaller systems without some of "
        "the counters, and replay what they find; the rest is searched. auto: search a million states, then slices and "
        "searches in turn, each with three times as many states as before.",
    )(function)


on_option = click.option(
    "--on",
    "address",
    metavar="ADDRESS",
    help="Search on the workers of a Dask cluster: tcp://HOST:8786. Needs the extra cluster; docs/cluster.md says more.",
)


def tell_failed(lines: Sequence[str]) -> bool:
    """Say on standard error what failed on a cluster each time; whether anything did."""
    for line in lines:
        click.echo(f"failed: {line}", err=True)
    return bool(lines)


def resource_options(function: F) -> F:
    """`--memory`, `--threads`, as the function's arguments `memory` and `threads`."""
    for option in (
        click.option(
            "--threads",
            type=int,
            metavar="N",
            help="Threads that search; by default one per processor. The answers are the same.",
        ),
        click.option(
            "--memory",
            metavar="SIZE",
            help="Stop a search before the process uses more memory: 512M, 8G (K, M, G, T are powers of 1024), or bytes.",
        ),
    ):
        function = option(function)
    return function


def search_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--engine`, `--limit-states`, `--limit-seconds`, `--memory`, `--threads`, `--log`, `--disk`: as `engine`, `limits`."""

    @wraps(function)
    def checked(
        *arguments: Any,
        engine: str,
        limit_states: int | None,
        limit_seconds: float | None,
        memory: str | None,
        threads: int | None,
        log: Path | None,
        disk: Path | None,
        **named: Any,
    ) -> Any:
        limits = replace(limits_of(limit_states, limit_seconds, memory, threads), log=log, disk=disk)
        return function(*arguments, engine=checked_engine(engine), limits=limits, **named)

    options = resource_options(checked)
    for option in (
        click.option(
            "--disk",
            type=click.Path(path_type=Path),
            metavar="FOLDER",
            help="Continue in files there when memory runs out: several times slower, and much larger than memory.",
        ),
        click.option(
            "--log",
            type=click.Path(path_type=Path),
            metavar="FOLDER",
            help="Write logs of large searches there, about a byte a state, and resume from existing ones: after a limit, "
            "an interrupt, or a kill.",
        ),
        click.option("--limit-seconds", type=float, metavar="S", help=LIMIT_SECONDS),
        click.option("--limit-states", type=int, metavar="N", help="Stop each search after about this many states."),
        click.option(
            "--engine",
            default="auto",
            show_default=True,
            metavar="NAME",
            help=f"{ENGINES}.",
            shell_complete=words("auto", "reference", "python", "numpy", "native"),
        ),
    ):
        options = option(options)
    return options


def assignments_of(pairs: Sequence[str]) -> dict[str, str]:
    """`name=value` texts as a mapping. Raises UsageError DR401."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not name or not equals:
            raise UsageError("DR401", f"--set {pair!r} is not an assignment", remedy="write --set patience=6h")
        if name in found:
            raise UsageError("DR401", f"parameter {name} is set twice", remedy="keep one of the two")
        found[name] = value
    return found


def settings_for(design: Design, pairs: Sequence[str]) -> dict[str, Any]:
    """The parameter values that `--set` gives to a design. Raises UsageError DR401, DesignError DR204 to DR206."""
    return design.settings(assignments_of(pairs))


def checked_engine(name: str) -> str:
    """The engine's name. Raises EngineError DR501 before anything else is done."""
    from drcheck.engines.choose import ENGINES as KNOWN

    if name not in KNOWN:
        raise EngineError("DR501", f"there is no engine {name!r}", available=KNOWN, asked=name)
    return name


def limits_of(
    states: int | None = None, seconds: float | None = None, memory: str | None = None, threads: int | None = None
) -> Limits:
    """Limits of a search. Raises EngineError DR503 for what cannot be one."""
    from drcheck.engines.protocol import Limits
    from drcheck.kernels.budget import check_limit

    if states is not None and not 1 <= states < 1 << 62:
        raise EngineError("DR503", f"--limit-states {states} cannot be used", remedy="give a whole number, 1 or more")
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise EngineError("DR503", f"--limit-seconds {seconds:g} cannot be used", remedy="give a number above zero")
    if threads is not None and not 1 <= threads <= MOST_THREADS:
        raise EngineError(
            "DR503", f"--threads {threads} cannot be used", remedy=f"give a whole number from 1 to {MOST_THREADS}"
        )
    most = None if memory is None else size_of(memory)
    check_limit(most)
    return Limits(states, seconds, most, threads)


def reductions_of(text: str) -> frozenset[str]:
    """The reductions that `--reduce` names. Raises EngineError DR504 before anything else is done."""
    from drcheck.reductions.form import REDUCTIONS

    names = frozenset(part.strip() for part in text.split(","))
    for name in sorted(names):
        if name not in (*REDUCTIONS, "all", "none"):
            known = [*REDUCTIONS, "all", "none"]
            raise EngineError("DR504", f"there is no reduction {name!r}", available=known, asked=name)
    if len(names) > 1 and names & {"all", "none"}:
        raise EngineError("DR504", f"--reduce {text!r} names all or none and others", remedy="write one of them alone")
    return frozenset(REDUCTIONS) if names == {"all"} else names - {"none"}


def size_of(text: str, option: str = "--memory", least: int = LEAST_MEMORY) -> int:
    """Bytes from the size that an option gives (see `kernels.sizes`). Raises EngineError DR503."""
    from drcheck.kernels import sizes

    remedy = f"write {option} 8G or {option} 512M"
    size = sizes.size_of(text)
    if size is None:
        raise EngineError("DR503", f"{option} {text!r} is not a size", remedy=remedy)
    if not least <= size < 1 << 62:
        said = f"less than {sizes.size_text(least)}" if size < least else "more than there can be"
        raise EngineError("DR503", f"{option} {text!r} is {said}", remedy=remedy)
    return size
