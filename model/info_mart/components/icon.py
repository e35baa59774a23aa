"""ICON, the server of an Interaction Concentrator, with its persistent queue: a redundant pair watches each data source."""

from drcheck import Component, Expression, Integer, maximum, on


def icon_with_local_idb(name: str) -> Component:
    """The ICON of a pair whose IDB is at its own site: it writes whatever happens to the network.

    (Info Mart guide, Note on Connectivity Loss.)
    """
    return Component(
        name,
        states=["writing", "failed"],
        transitions=[on("site_fails", "writing", "failed", passive=True)],
        doc="Writes every interval to its IDB at the same site.",
    )


def icon_with_remote_idb(
    name: str, link_up: Expression, idb_up: Expression, most: int, speed: int, forgets: bool = False
) -> Component:
    """The ICON of a pair whose IDB is at the other site: it keeps a persistent queue while it cannot reach the IDB.

    `queue`: intervals kept, at most `most`. While the IDB can be reached, `speed` intervals are written each tick, the
    new one among them (Info Mart guide, Note on Connectivity Loss). The queue is at the ICON's site and is lost with it;
    `queue` then keeps its last value until what was lost has been charged (`forget`, where it `forgets`). Once the
    IDB's site is lost nothing can ever read the queue, so it is counted no further.
    """
    queue = Integer("queue", 0, most)
    reaches = link_up & idb_up
    rest = maximum(queue + 1 - speed, 0)
    return Component(
        name,
        states=["writing", "queueing", "failed"],
        variables=[queue],
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
        ],
        doc="Writes every interval to its IDB at the other site; queues it while the IDB cannot be reached.",
    )
