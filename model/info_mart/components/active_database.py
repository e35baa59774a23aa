"""The database of an active Info Mart in the active-active architecture: in use until its site is lost."""

from drcheck import Component, on
from model.info_mart.components.info_mart_database import InfoMartDatabase


def active_database(
    database: InfoMartDatabase, work: list, site: int, ignored: dict | None, aggregation: bool
) -> Component:
    """The Info Mart database at a site.

    `work`: what happens to it while it is in use (`InfoMartDatabase.in_use_by`). `ignored`: the updates when the server's
    connections to the other site's ICONs are removed; None where that never gives up anything.
    """
    return Component(
        database.name,
        states=["in_use", "lost"],
        variables=database.variables(),
        transitions=[
            *work,
            on("site_fails", "in_use", "lost", then=database.forgetting(), passive=True),
            on("tick", "lost"),
            *([] if ignored is None else [on("ignore", "in_use", then=ignored, passive=True)]),
            *([on(f"raa{site}_aggregates", "in_use", then={database.stale: 0})] if aggregation else []),
        ],
        doc=f"The Info Mart database at Site {site}.",
    )
