"""The Application object of the Info Mart Server during the return to normal: where it makes a server run, and on what."""

from drcheck import Boolean, Choice, Component, on

SITE2, SITE3 = "site2", "site3"


def application_object(name: str) -> Component:
    """The one Application object: its host, and the database access point among its connections.

    Whoever starts the server starts it on the `host` that the object names. That server works on the `database` whose access
    point is among the connections; the access point of the new site's database must have been configured before. (Info Mart
    guide, Procedure to Return to Normal Operation, steps 13, 14 and 15.)
    """
    host = Choice("host", [SITE2, SITE3], doc="Where the Info Mart Server is started.")
    database = Choice("database", [SITE2, SITE3], doc="Whose database's access point is among the connections.")
    access_point = Boolean("access_point", doc="Whether the access point of the new site's database is configured.")
    return Component(
        name,
        states=["in_force"],
        variables=[host, database, access_point],
        transitions=[
            on("configure_access_point", then={access_point: True}, passive=True),
            on("repoint_host", then={host: SITE3}, passive=True),
            on("swap_database", then={database: SITE3}, passive=True),
            on("write_at_site2", when=database == SITE2),
            on("write_at_site3", when=(database == SITE3) & access_point),
        ],
        doc="The Application object: host, and database access point.",
    )
