"""The outermost layer of the command line: whatever happens becomes an exit status and at most one line of error.

Below an error in a text (an expression, a property) stand the text and carets under the place.

| status | meaning |
|---|---|
| 0 | the command was carried out; for `check`: every property that was requested holds |
| 1 | `check` found a violation, or `simulate` or `swarm` saw one |
| 2 | an error: bad input, a file that cannot be written, or a defect; one coded line on standard error |
| 3 | `check` found no violation, could not decide everything, or it or `claims` was interrupted; `simulate`, `swarm` saw none |
| 130 | interrupted from the keyboard before anything was decided, or a second time |
| 143, 129 | the same by SIGTERM, by SIGHUP |
| 141 | the reader of standard output went away |

With DRCHECK_DEBUG=1 the traceback of an error is shown too.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from drcheck.cli.signals import Asked, ending
from drcheck.cli.status import ERROR, NOTHING_DECIDED, OK, PIPE
from drcheck.errors import DrcheckError, SeveralErrors, TextError

USAGE, UNEXPECTED, MEMORY = "DR403", "DR901", "DR902"

_FULL = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG)
"""What a write to standard output can run into."""


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line; returns the exit status and raises nothing."""
    _prepare_streams()
    with ending() as asked:
        return _carried_out(arguments, asked)


def _carried_out(arguments: Sequence[str], asked: Asked) -> int:
    try:
        status = _invoke(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return _interrupted(asked)
    except BrokenPipeError:
        return _pipe_closed()
    except BaseException as error:
        return _failed(error)


def _invoke(arguments: Sequence[str]) -> int:
    """Parse and invoke, without click's own `main`: it turns a closed pipe into status 1, which means a violation."""
    from drcheck.cli.application import application
    from drcheck.cli.complete import VARIABLE, completion

    asked = os.environ.get(VARIABLE)
    if asked:
        return completion(application, asked)
    try:
        with application.make_context("drcheck", list(arguments)) as context:
            application.invoke(context)
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.ctx.get_help() if bare.ctx is not None else bare.format_message())
        return OK
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return OK


def _prepare_streams() -> None:
    """Make sure that output can be written at all, and that no character of a name can make it fail."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # the descriptor was closed by the caller
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # open until the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _interrupted(asked: Asked) -> int:
    _say(NOTHING_DECIDED)
    return asked.status


def _pipe_closed() -> int:
    """Be quiet, at exit too: Python flushes standard output once more."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE


def _failed(error: BaseException) -> int:
    if os.environ.get("DRCHECK_DEBUG", "0") not in ("", "0"):
        with contextlib.suppress(OSError, ValueError):
            traceback.print_exception(error)
    for each in error.errors if isinstance(error, SeveralErrors) else (error,):
        _say(f"error: {describe(each)}")
        for line in each.pointer if isinstance(each, TextError) else ():
            _say(f"  {line}")
    if isinstance(error, OSError):  # output is lost already; do not let the interpreter complain again at exit
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ERROR


def describe(error: BaseException) -> str:
    """An exception as one line that starts with its code in brackets."""
    if isinstance(error, TextError):
        text = error.line
    elif isinstance(error, DrcheckError):
        text = str(error)
    elif isinstance(error, click.ClickException):
        code = "DR401" if type(error) is click.BadParameter else USAGE
        text = f"[{code}] {_usage(error)}"
    elif isinstance(error, MemoryError):
        text = f"[{MEMORY}] there is not enough memory; use --memory, or make the design smaller with --set"
    elif isinstance(error, SystemExit):
        text = f"[{UNEXPECTED}] a module of the model ended Python with sys.exit({error.code!r}); remove the call"
    elif isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
        text = f"[DR601] the output cannot be written: {error.strerror}"
    else:
        text = (
            f"[{UNEXPECTED}] {type(error).__name__}: {error}; drcheck did not foresee this: "
            "set DRCHECK_DEBUG=1 to see where it comes from"
        )
    return " ".join(text.split())


def _usage(error: click.ClickException) -> str:
    """Click's message, with the command whose help says more."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    help_ = f"; see `{context.command_path} --help`" if context is not None else ""
    return error.format_message().rstrip(".") + help_


def _say(line: str) -> None:
    """One line on standard error, whatever state that is in, and whatever a model's names would do to a terminal."""
    from drcheck.render.style import clean

    with contextlib.suppress(OSError, ValueError):
        click.echo(clean(line), err=True)
