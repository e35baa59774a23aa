"""An observer of the loss of Site 1 and of the takeover: what stood where, so that what is lost can be held against it."""

from drcheck import Array, Component, minimum, on
from model.info_mart.components.info_mart_database import InfoMartDatabase, intervals


def takeover_observer(
    primary: InfoMartDatabase, replica: InfoMartDatabase, most: int, taking_over: str, mark: bool
) -> Component:
    """Remembers, by stream, amounts in intervals; it takes part in events and hinders none.

    When Site 1 is lost: `lacked`, what the facts of the standby database lacked. When the standby server takes over (the
    event `taking_over`): `not_extracted`, what the lost database had not extracted; `staged`, what it had extracted and not
    transformed; `undelivered`, the facts that it had and the standby database has not. With `mark`, only `behind` instead:
    how far behind the standby's copy of the high-water mark was at the takeover, counted on as time passes, at most `most`.
    """
    n = len(primary.streams)
    if mark:
        behind = Array("behind", intervals(most, "How far the mark was behind at the takeover, counted on."), n)
        variables = [behind]
        lost: dict = {}
        taken = dict(zip(behind, replica.uncovered, strict=True))
        passing = {b: minimum(b + 1, most) for b in behind}
    else:
        lacked = Array("lacked", intervals(2 * most, "What the standby's facts lacked when Site 1 was lost."), n)
        not_extracted = Array("not_extracted", intervals(most, "What Site 1 had not extracted."), n)
        staged = Array("staged", intervals(most, "What Site 1 had extracted and not transformed."), n)
        undelivered = Array("undelivered", intervals(2 * most, "What Site 1 had as facts and the standby had not."), n)
        variables = [lacked, not_extracted, staged, undelivered]
        lost = dict(zip(lacked, replica.unreported, strict=True))
        taken = {}
        for i in range(n):
            taken[not_extracted[i]] = primary.uncovered[i]
            taken[staged[i]] = primary.staged[i]
            taken[undelivered[i]] = replica.unreported[i] - primary.unreported[i]
        passing = {}
    return Component(
        "takeover_observer",
        states=["watching", "lost", "taken_over"],
        variables=variables,
        transitions=[
            on("site_fails", "watching", "lost", then=lost, passive=True),
            on(taking_over, "lost", "taken_over", then=taken, passive=True),
            *([on("tick", "taken_over", then=passing), on("tick", ["watching", "lost"])] if passing else []),
        ],
        doc="Observes what stood where when Site 1 was lost and when the standby took over.",
    )
