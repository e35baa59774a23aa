"""The Info Mart Server at Site 2, as far as its start goes."""

from drcheck import Component, Expression, on


def standby_server(name: str, readable: Expression, starts_here: Expression, database_here: Expression) -> Component:
    """The standby Info Mart Server, which is started once and then in service (Info Mart guide, DR Procedure, step 6).

    As it starts it reads its Application object from the Configuration Server that its command line names, if this is there
    (`readable`). It starts if the object, as it reads it, says that it runs here (`starts_here`), and comes into service if
    it names the Info Mart database of Site 2 (`database_here`). What it does in service is left out, but for the job of
    step 8, during which no step goes on; it is never stopped, as nothing in either procedure does so.
    """
    return Component(
        name,
        states=["unconfigured", "starting", "in_service", "maintaining"],
        transitions=[
            on("start", "unconfigured", "starting", when=readable & starts_here, passive=True),
            on(
                "takes_over", "starting", "in_service", when=database_here, internal=True, urgent=True,
                doc="connects to its database",
            ),
            on("maintenance_job", "in_service", "maintaining", passive=True),
            on(
                "maintenance_done", "maintaining", "in_service", internal=True, urgent=True,
                doc="Job_MaintainGIM completes",
            ),
        ],
        doc="The Info Mart Server at Site 2.",
    )  # a transition a row  # fmt: skip
