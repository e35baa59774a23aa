"""ICON, the server of an Interaction Concentrator, with its persistent queue: a redundant pair watches each data source."""

from drcheck import Component, Expression, Integer, On, maximum, minimum, on

LACKS = "What its IDB lacks since it failed alone."


def icon_with_local_idb(name: str, lacking: int = 0) -> Component:
    """The ICON of a pair whose IDB is at its own site: it writes whatever happens to the network.

    (Info Mart guide, Note on Connectivity Loss.) With `lacking` it may fail alone, for good; its IDB then lacks what was made
    since, which is followed up to that many intervals.
    """
    lacks = Integer("lacks", 0, lacking, unit="intervals", doc=LACKS)
    alone: list[On] = []
    if lacking:
        alone = [on("tick", ["writing", "failed"]), *failing_alone(name, ["writing"], lacks, 0, lacking)]
    return Component(
        name,
        states=["writing", *(["failed_alone"] if lacking else []), "failed"],
        variables=[lacks] if lacking else [],
        transitions=[on("site_fails", "writing", "failed", passive=True), *alone],
        doc="Writes every interval to its IDB at the same site.",
    )


def icon_with_remote_idb(
    name: str,
    link_up: Expression,
    idb_up: Expression,
    most: int,
    speed: int,
    forgets: bool = False,
    lacking: int = 0,
) -> Component:
    """The ICON of a pair whose IDB is at the other site: it keeps a persistent queue while it cannot reach the IDB.

    `queue`: intervals kept, at most `most`. While the IDB can be reached, `speed` intervals are written each tick, the
    new one among them (Info Mart guide, Note on Connectivity Loss). The queue is at the ICON's site and is lost with it;
    `queue` then keeps its last value until what was lost has been charged (`forget`, where it `forgets`). Once the
    IDB's site is lost nothing can ever read the queue, so it is counted no further. With `lacking` it may fail alone, as the
    other one of the pair: its IDB then also lacks what was queued.
    """
    queue = Integer("queue", 0, most, unit="intervals", doc="What it keeps because its IDB cannot be reached.")
    lacks = Integer("lacks", 0, lacking, unit="intervals", doc=LACKS)
    reaches = link_up & idb_up
    rest = maximum(queue + 1 - speed, 0)
    return Component(
        name,
        states=["writing", "queueing", *(["failed_alone"] if lacking else []), "failed"],
        variables=[queue, *([lacks] if lacking else [])],
        transitions=[
            on("tick", "writing", when=reaches | ~idb_up),
            on("tick", "writing", "queueing", then={queue: 1}),
            on("tick", "queueing", "writing", when=reaches & (rest == 0), then={queue: 0}),
            on("tick", "queueing", when=reaches, then={queue: rest}),
            on("tick", "queueing", when=~idb_up, then={queue: 0}),
            on("tick", "queueing", then={queue: queue + 1}),
            on("tick", "failed"),
            *([on("forget", "failed", then={queue: 0}, passive=True)] if forgets else []),
            on("site_fails", ["writing", "queueing"], "failed", passive=True),
            *(failing_alone(name, ["writing", "queueing"], lacks, queue, lacking) if lacking else []),
        ],
        doc="Writes every interval to its IDB at the other site; queues it while the IDB cannot be reached.",
    )


def failing_alone(name: str, at_work: list[str], lacks: Integer, unwritten: Integer | int, most: int) -> list[On]:
    """The failure of one ICON of a pair, its site being up: nothing is written from then on, nor what was `unwritten`."""
    kept = {} if isinstance(unwritten, int) else {unwritten: 0}
    return [
        on(
            f"{name}_fails",
            at_work,
            "failed_alone",
            then={lacks: unwritten, **kept},
            kind="environment",
            fault="ICON failure",
            doc="one ICON of a pair fails alone",
        ),
        on("tick", "failed_alone", then={lacks: minimum(lacks + 1, most)}),
        on("site_fails", "failed_alone", "failed", passive=True),
    ]
