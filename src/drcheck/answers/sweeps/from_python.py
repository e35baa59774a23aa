"""`drcheck.sweep`: a sweep with what it needs, for those who write Python. What makes searches is imported when it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drcheck.designs.design import Design, load
from drcheck.errors import UsageError

if TYPE_CHECKING:
    from drcheck.answers.sweeps.places import Place
    from drcheck.answers.sweeps.sweep import SweepTable
    from drcheck.engines.protocol import Limits


def sweep(
    design: Design | str,
    vary: Mapping[str, str | Sequence[Any]] | None = None,
    properties: str | Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    *,
    declared: str | None = None,
    least: str | None = None,
    greatest: str | None = None,
    engine: str = "auto",
    by: str = "search",
    limits: Limits | None = None,
    processes: int = 1,
    on: str | None = None,
    answers: str | PathLike[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> SweepTable:
    """What becomes of some properties of a design, all where none is named, for all combinations of values: a table.

    `vary`: parameters with values, or with a text such as "1h..12h/1h"; `declared`: the name of a sweep that the design declares,
    instead of `vary` and `properties`. `settings`: parameters that are held. `least`, `greatest`: a parameter that is varied, of
    which the least or greatest value is sought with which each property holds. `by`: the way, "search", "slices" or "auto".
    `processes`: how many search; `on`: the address of a Dask cluster whose workers do. `answers`: a file in which answers are
    kept and looked up. The limits of states and memory are those of each search, that of seconds is one for all.
    `table.to_dataframe()` needs pandas.

    Raises UsageError DR401 for what cannot be varied or is not declared, DR408 and DR412 for a cluster that cannot be used,
    PropertyError DR301, the errors of parameters and of `load`, OutputError DR620 for `answers`, and DesignError DR220 for a
    worker of another model or drcheck.
    """
    from drcheck.answers.sweeps.declared import asked_with
    from drcheck.answers.sweeps.declared import declared as declared_as
    from drcheck.answers.sweeps.kept import KeptAnswers
    from drcheck.answers.sweeps.sweep import sweep as table_of
    from drcheck.designs.selection import refuse_other
    from drcheck.engines.protocol import Limits

    found = load(design) if isinstance(design, str) else design
    refuse_other(found, Design)
    if (vary is None) == (declared is None) or (declared is not None and properties):
        raise UsageError(
            "DR401",
            "a sweep varies parameters, or is one that the design declares",
            available=[one.name for one in found.sweeps],
            remedy='write sweep(design, vary={"patience": "0h..6h"}), or sweep(design, declared=...) without properties',
        )
    held: Mapping[str, Any] = settings or {}
    varied: Any = vary
    if declared is not None:
        asked = asked_with(found, declared_as(found, declared), held)
        varied, properties, held = asked.axes, asked.declared.properties, asked.settings
    kept = KeptAnswers(None if answers is None else Path(answers))
    with closing(kept), closing(_place(found, processes, on)) as place:
        return table_of(
            found,
            varied,
            properties,
            held,
            engine=engine,
            by=by,
            limits=limits or Limits(),
            least=least,
            greatest=greatest,
            kept=kept,
            place=place,
            progress=progress,
        )


def _place(design: Design, processes: int, on: str | None) -> Place:
    """Where searches are made. Raises UsageError DR401, DR408, DR412."""
    from drcheck.answers.sweeps.cluster import OnCluster
    from drcheck.answers.sweeps.places import Here
    from drcheck.answers.sweeps.processes import ThisMachine

    if on is None:
        return ThisMachine(design, Here(), processes)
    if processes != 1:
        raise UsageError("DR401", "a cluster searches, and processes are of this machine", remedy="leave out one")
    return OnCluster(on, design)


__all__ = ["sweep"]
