"""The failure of one process alone, its site being up, and its restart."""

from typing import Any

from drcheck import Age, On, on

DOWN = "For how long it has been down since it failed alone."
"""What its clock is for."""


def restarting(
    name: str,
    at_work: list[str],
    down: Age,
    longest: int,
    fault: str,
    back: str,
    lost: dict[Any, Any] | None = None,
    found: dict[Any, Any] | None = None,
) -> list[On]:
    """The transitions of a process that fails in one of the states `at_work` and is back in the state `back`.

    `down` counts the ticks since, at most `longest`, an assumption on those who restart it: before more time passes it is back.
    `lost` and `found` are further updates of the failure and of the restart. The state in between is `failed_alone`.
    """
    return [
        on(
            f"{name}_fails",
            at_work,
            "failed_alone",
            then=lost or {},
            kind="environment",
            fault=fault,
            doc=f"{name} fails alone, its site being up",
        ),
        on("tick", "failed_alone", when=down < longest, then={down: down + 1}),
        on(
            f"{name}_restarts",
            "failed_alone",
            back,
            then={down: 0, **(found or {})},
            kind="operator",
            doc=f"{name} is started again",
        ),
    ]
