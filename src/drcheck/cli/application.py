"""The group of all commands."""

from __future__ import annotations

import click

from drcheck import __version__
from drcheck.cli.audit import audit_command
from drcheck.cli.check import check_command
from drcheck.cli.claims import claims_command
from drcheck.cli.curve import curve_command
from drcheck.cli.cuts import cuts_command
from drcheck.cli.diff import diff_command
from drcheck.cli.draw import draw_command
from drcheck.cli.explain import errors_command, show_command
from drcheck.cli.explore import explore_command
from drcheck.cli.export import export_command
from drcheck.cli.fmea import fmea_command
from drcheck.cli.keep import keep_command
from drcheck.cli.listing import list_command
from drcheck.cli.mutants import mutants_command
from drcheck.cli.mutate import mutate_command
from drcheck.cli.objectives import objectives_command
from drcheck.cli.recover import recover_command
from drcheck.cli.repairs import repairs_command
from drcheck.cli.review import review_command
from drcheck.cli.simulate import simulate_command
from drcheck.cli.staircase import staircase_command
from drcheck.cli.stubs import stubs_command
from drcheck.cli.swarm import swarm_command
from drcheck.cli.sweep import sweep_command
from drcheck.cli.tree import tree_command
from drcheck.cli.watch import watch_command
from drcheck.cli.why import why_command
from drcheck.cli.why_not import why_not_command


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="""
\b
Examples:
  drcheck check drcheck.examples:pair
  drcheck check drcheck.examples:pair longest_wait --set patience=6h
  drcheck list
  drcheck review

\b
Completion of designs, properties and parameters; for good, put the line into ~/.bashrc, ~/.zshrc or config.fish:
  eval "$(_DRCHECK_COMPLETE=bash_source drcheck)"
  eval "$(_DRCHECK_COMPLETE=zsh_source drcheck)"
  _DRCHECK_COMPLETE=fish_source drcheck | source

Exit status: 0 everything holds, 1 a violation, 2 an error, 3 nothing violated but not everything decided.
Set DRCHECK_DEBUG=1 to see the traceback of an error.
""",
)
@click.version_option(__version__, prog_name="drcheck", message="%(prog)s %(version)s")
def application() -> None:
    """Check disaster-recovery designs that are written as state machines.

    A design is a function that composes components into one system; it is named module:function or file:function, and
    looked for from the working directory. drcheck explores every reachable state and decides what the design promises.
    drcheck.examples:pair is a design to try each command with.
    """


for _command in (
    check_command,
    watch_command,
    diff_command,
    review_command,
    keep_command,
    claims_command,
    mutate_command,
    mutants_command,
    repairs_command,
    objectives_command,
    cuts_command,
    curve_command,
    sweep_command,
    staircase_command,
    fmea_command,
    tree_command,
    why_command,
    audit_command,
    draw_command,
    explore_command,
    export_command,
    why_not_command,
    recover_command,
    list_command,
    show_command,
    errors_command,
    simulate_command,
    swarm_command,
    stubs_command,
):
    application.add_command(_command)
