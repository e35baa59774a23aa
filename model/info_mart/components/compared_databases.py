"""The three databases of the comparison: one at Site 1 for both architectures, an active one and a replica at Site 2.

What is compared is what each loses with Site 1, so Site 2 is never lost, and each account is closed once it is decided.
"""

from drcheck import Component, Expression, on
from model.info_mart.components.goldengate import Trail
from model.info_mart.components.info_mart_database import InfoMartDatabase


def compared_primary(database: InfoMartDatabase, work: list) -> Component:
    """The database at Site 1; `work`: what happens to it while it is in use (`InfoMartDatabase.in_use_by`)."""
    return Component(
        database.name,
        states=["in_use", "lost", "forgotten"],
        variables=database.variables(),
        transitions=[
            *work,
            on("site_fails", "in_use", "lost", passive=True),
            on("tick", ["lost", "forgotten"]),
            on("standby_takes_over", "lost", "forgotten", then=database.forgetting()),
        ],
        doc="The Info Mart database at Site 1, in both architectures.",
    )


def compared_active(database: InfoMartDatabase, work: list, site_1_lost: Expression, ignored: dict) -> Component:
    """The database of the active Info Mart at Site 2; `ignored`: the updates when it is told to ignore Site 1."""
    return Component(
        database.name,
        states=["in_use", "lost"],
        variables=database.variables(),
        transitions=[
            *work,
            on("remove_connections", "in_use", when=site_1_lost, then=ignored),
            on("site_fails", "in_use", "lost", passive=True),
        ],
        doc="The database of the second active Info Mart.",
    )


def compared_replica(
    database: InfoMartDatabase, trail: Trail, counting: Expression, site_1_lost: Expression, taken_over: dict
) -> Component:
    """The replica of Site 1's database at Site 2; `taken_over`: the updates when it is taken into use."""
    return Component(
        database.name,
        states=["replica", "in_use", "lost"],
        variables=database.variables(),
        transitions=[
            on("replicat_applies", "replica", then=trail.copy_of(trail.replicated(), database.replicated())),
            on("tick", "replica", then=database.passing_of_time(counting)),
            on("tick", "in_use", doc="the account of the standby is closed once it is taken over"),
            on("standby_takes_over", "replica", "in_use", when=site_1_lost, then=taken_over),
            on("site_fails", ["replica", "in_use"], "lost", passive=True),
        ],
        doc="The replica of Site 1's database.",
    )
