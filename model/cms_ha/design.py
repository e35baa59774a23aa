"""Avaya Call Management System with the High Availability option: two CMS servers that collect the same data.

One tick is one interval of call data. Failures of every class of the page are limited by one budget, so that a budget
of one is every failure alone and a budget of two every pair. How long a repair, a backup or a restore takes is left
open: each ends at some moment, any moment, so every order of failures and recoveries is looked at. What the page leaves
unsaid (when the backup for a restore is taken, what a restore overwrites) is a parameter.
"""

from dataclasses import dataclass
from typing import Annotated
from typing import Literal as OneOf

from drcheck import (
    Boolean,
    Component,
    Duration,
    Expression,
    Literal,
    ParameterRole,
    System,
    all_of,
    any_of,
    compose,
    event,
    flow,
    hours,
    minutes,
    scope,
    silence,
)
from drcheck.designs.design import design
from drcheck.system.composition import Rendezvous
from model.cms_ha.components.acd_link import acd_link
from model.cms_ha.components.cms_server import cms_server
from model.cms_ha.components.cms_software import cms_software
from model.cms_ha.components.cmsadm_backup import cmsadm_backup
from model.cms_ha.components.communication_manager import communication_manager
from model.cms_ha.components.data_collection import CLOSED, TO_RESTORE, coverage, data_collection
from model.cms_ha.components.followed_interval import followed_interval
from model.cms_ha.components.historical_database import WHOLE, historical_database, records
from model.cms_ha.components.maintenance_backup import (
    age_observer,
    backup_observer,
    backup_schedule,
    being_written,
    maintenance_backup,
)
from model.cms_ha.components.power_circuit import power_circuit
from model.cms_ha.components.ups import battery, supplied, ups
from model.cms_ha.runbooks.cms_restore import cms_restore
from model.cms_ha.runbooks.cms_upgrade import cms_upgrade, second_upgrade
from model.cms_ha.runbooks.communication_manager_upgrade import communication_manager_upgrade
from model.common.attendance import attendance
from model.common.recovery_clock import ARGUMENT, recovery_clock

YES = Literal(True)
SERVERS = (1, 2)
PAGE = "CMS High Availability page (Avaya)"
COUNTED = hours(48)
"""How far a recovery clock counts."""

Failures = Annotated[
    int, "how many failures may happen, of any of the classes that are switched on", range(4), ParameterRole.FAULT
]


@dataclass(frozen=True)
class Classes:
    """Which classes of failure of the page may happen."""

    link: bool
    hardware: bool
    power: bool
    software: bool


@design(title="Avaya Call Management System, High Availability", properties="properties.cms_ha.promises")
def cms_ha(
    failures: Failures = 2,
    link_failures: Annotated[bool, "whether ACD links may fail", ParameterRole.FAULT] = True,
    hardware_failures: Annotated[
        bool, "whether server hardware may fail, with or without loss of the disks", ParameterRole.FAULT
    ] = True,
    power_failures: Annotated[
        bool, "whether circuits may fail, one alone or the whole area", ParameterRole.FAULT
    ] = True,
    software_failures: Annotated[
        bool, "whether the application or a collection process may fail", ParameterRole.FAULT
    ] = True,
    procedure: Annotated[
        OneOf["none", "cms_upgrade", "communication_manager_upgrade"],
        "which upgrade is carried out meanwhile",
        ParameterRole.DEPLOYMENT,
    ] = "none",
    interval: Annotated[
        Duration, "length of an interval of call data, and of a tick", ParameterRole.DEPLOYMENT
    ] = minutes(30),
    separate_paths: Annotated[
        bool, "whether the ACD links run over different C-LANs or ports, and subnets", ParameterRole.DEPLOYMENT
    ] = True,
    separate_power: Annotated[
        bool, "whether each server has a UPS and a circuit of its own", ParameterRole.DEPLOYMENT
    ] = True,
    area_outages: Annotated[bool, "whether all circuits can fail at once", ParameterRole.FAULT] = True,
    ups_runtime: Annotated[Duration, "how long a charged UPS carries its server", ParameterRole.DEPLOYMENT] = hours(1),
    recharge: Annotated[
        int,
        "how many intervals of charge a UPS regains in an interval with mains",
        range(1, 5),
        ParameterRole.ASSUMPTION,
    ] = 1,
    shut_down_in_time: Annotated[
        bool, "whether a server is always shut down before its UPS is exhausted", ParameterRole.SLIP
    ] = True,
    pump_up: Annotated[Duration, "how long the pump-up of an ACD link takes", ParameterRole.ASSUMPTION] = minutes(30),
    administration: Annotated[
        Duration, "how long the administration of a new Communication Manager release takes", ParameterRole.ASSUMPTION
    ] = hours(1),
    slips: Annotated[
        int, "how many steps of the version upgrade may be left out, or done late", range(3), ParameterRole.SLIP
    ] = 0,
    check_other: Annotated[
        bool,
        "whether the operators look that the other server collects before they take one down for its upgrade",
        ParameterRole.ASSUMPTION,
    ] = True,
    prompt: Annotated[
        bool, "whether nobody pauses between the steps of a Communication Manager upgrade", ParameterRole.ASSUMPTION
    ] = True,
    cmsadm_taken: Annotated[
        bool, "whether a CMSADM backup of each server exists from the start", ParameterRole.ASSUMPTION
    ] = True,
    scheduled_backups: Annotated[
        bool, "whether both kinds of backup are also taken at any other time", ParameterRole.ASSUMPTION
    ] = False,
    backup_after: Annotated[
        OneOf["interval_ends", "gap_ends", "any_time"],
        "when the backup for a restore may begin: when the interval in which collection resumed is over, when "
        "collection has resumed, or at any time after the gap began",
        ParameterRole.READING,
    ] = "interval_ends",
    restore_range: Annotated[
        OneOf["gap", "absent", "everything"],
        "what a restore writes: exactly the intervals that were missed, only records that are not there, or every "
        "interval up to the backup, over what is there",
        ParameterRole.READING,
    ] = "gap",
    local_administration: Annotated[
        bool,
        "whether restores include local system administration data, for which collection is turned off",
        ParameterRole.DEPLOYMENT,
    ] = False,
    followed: Annotated[
        int,
        "how many intervals are followed",
        range(1, 4),
        scope("no guard depends on what a record holds, so what can become of one interval can become of any"),
    ] = 1,
    following: Annotated[
        OneOf["any", "first"],
        "whether any intervals are followed, or the first ones from the start on",
        ParameterRole.ASSUMPTION,
    ] = "any",
    count_losses: Annotated[
        bool, "whether intervals that no server collected are counted", scope("a counter that no guard reads")
    ] = False,
    overlap: Annotated[
        bool, "the second server is upgraded only after a whole interval of the first", ParameterRole.REPAIR
    ] = False,
    one_at_a_time: Annotated[
        bool, "no restore begins while the other server is being restored", ParameterRole.REPAIR
    ] = False,
    own_first: Annotated[
        bool,
        "after lost disks or a crash a server is first restored from its own last maintenance backup",
        ParameterRole.REPAIR,
    ] = False,
    alternating_media: Annotated[
        bool, "a maintenance backup is never written over the last complete one", ParameterRole.REPAIR
    ] = False,
    backup_each_interval: Annotated[
        bool, "each server is backed up in each interval, if it is up", ParameterRole.REPAIR
    ] = False,
    observe: Annotated[
        OneOf["nothing", "backups", "age"],
        "what an observer remembers: that a backup held the followed interval, or that it was there one interval on",
        scope("the observer remembers what backups held and blocks no event"),
    ] = "nothing",
    observe_recovery: Annotated[
        OneOf["nothing", "collection", "missing_data"],
        "what a clock counts: for how long no server collects, or for how long something waits to be restored",
        scope(ARGUMENT),
    ] = "nothing",
    attended_within: Annotated[
        Duration,
        "how long repairs, restarts, backups and restores that can be done take in one go at most; 0h: without limit, as the "
        "page states none",
        ParameterRole.ASSUMPTION,
    ] = hours(0),
    upgrade_again: Annotated[
        bool, "a server rebuilt with the old release is upgraded once more", ParameterRole.REPAIR
    ] = False,
) -> System:
    """Two CMS servers, each on an ACD link, a UPS and a circuit of its own, both collecting all the time.

    CMS High Availability page (Avaya). Link, hardware, power and software failures; maintenance backups and restores;
    CMSADM backups; the full version upgrade; the upgrade of the Communication Manager.
    """
    classes = Classes(link_failures, hardware_failures, power_failures, software_failures)
    cms_upgraded, switched = procedure == "cms_upgrade", procedure == "communication_manager_upgrade"
    ticks = {"pump_up": pump_up.ticks(interval), "administration": administration.ticks(interval)}
    runtime = ups_runtime.ticks(interval)

    # The Communication Manager, the links, the power
    switch = communication_manager(ticks["administration"]) if switched else None
    calls = ~switch.upgrading if switch else YES
    administered = switch.in_service if switch else None
    link = {
        n: acd_link(f"acd_link{n}", ticks["pump_up"], classes.link, not separate_paths, administered) for n in SERVERS
    }
    supplies = SERVERS if separate_power else (1,)
    circuit = {s: power_circuit(f"circuit{s}", classes.power, area_outages and separate_power) for s in supplies}
    charge = {s: battery(runtime) for s in supplies}
    behind = {n: n if separate_power else 1 for n in SERVERS}

    # The servers and what collects on them
    server = {
        n: cms_server(
            f"server{n}", supplied(circuit[behind[n]], charge[behind[n]]), circuit[behind[n]].powered, classes.hardware
        )
        for n in SERVERS
    }
    drawing = {s: any_of(server[n].running for n in SERVERS if behind[n] == s) for s in supplies}
    battery_of = {
        s: ups(f"ups{s}", circuit[s], charge[s], drawing[s], runtime, recharge, shut_down_in_time) for s in supplies
    }
    saved = {
        n: Boolean("new_release", doc="Whether the CMSADM backup holds the new release.") if cms_upgraded else None
        for n in SERVERS
    }
    software = {
        n: cms_software(
            f"software{n}",
            server[n].running,
            classes.software,
            classes.hardware,
            local_administration,
            saved[n],
            upgrade_again,
        )
        for n in SERVERS
    }
    release = {n: software[n].new_release if cms_upgraded else None for n in SERVERS}
    collecting = {n: link[n].up & server[n].running & software[n].collecting for n in SERVERS}
    ready = {n: server[n].running & software[n].in_states(*up_states(software[n])) for n in SERVERS}
    collection = {n: data_collection(f"collection{n}", collecting[n], calls) for n in SERVERS}
    losses_cap = ticks["pump_up"] + ticks["administration"] + 3 if count_losses else 0
    covering = coverage(collecting[1] | collecting[2], calls, [*collection.values()], losses_cap)

    # The followed intervals and their copies
    intervals: list[Component] = []
    for k in range(followed):
        intervals.append(
            followed_interval(
                f"interval{k + 1}",
                covering.covered,
                {n: collection[n].whole for n in SERVERS},
                intervals[-1] if intervals else None,
                following == "any",
            )
        )
    copied = {n: records(followed) for n in SERVERS}
    disks_lost = {n: server[n].disks_lost if classes.hardware else Literal(False) for n in SERVERS}
    database = {
        n: historical_database(
            f"database{n}",
            intervals,
            collection[n],
            disks_lost[n],
            copied[3 - n],
            restore_range,
            classes.hardware,
            copied[n] if own_first else None,
            cms_upgraded,
        )
        for n in SERVERS
    }
    backup = {
        n: maintenance_backup(
            f"backup{n}",
            copied[n],
            database[n].array("record"),
            ready[n],
            ~database[n].from_own if own_first else YES,
            alternating_media,
            own_first,
            backup_each_interval,
            release[n],
        )
        for n in SERVERS
    }
    cmsadm = {
        n: cmsadm_backup(
            f"cmsadm{n}",
            ready[n],
            ~being_written(backup[n]),
            cmsadm_taken,
            classes.hardware,
            scheduled_backups,
            saved[n],
            release[n],
        )
        for n in SERVERS
    }

    # The procedures
    one_release = (software[1].new_release == software[2].new_release) if cms_upgraded else YES
    moment = {
        "interval_ends": {n: collecting[n] & collection[n].whole for n in SERVERS},
        "gap_ends": collecting,
        "any_time": dict.fromkeys(SERVERS, YES),
    }[backup_after]
    restore = {
        n: cms_restore(
            f"restore{n}",
            moment[n] & one_release,
            ready[n],
            backup[3 - n].kept,
            (backup[3 - n].new_release == software[n].new_release) if cms_upgraded else None,
            scheduled_backups or backup_each_interval or one_at_a_time,
        )
        for n in SERVERS
    }
    nothing_missing = {n: collection[n].gap == CLOSED for n in SERVERS}
    book: Component | None = None
    again: Component | None = None
    if cms_upgraded:
        may = {1: collecting[2], 2: collecting[1]} if check_other else dict.fromkeys(SERVERS, YES)
        if overlap:
            may[2] = collecting[1] & collection[1].whole
        book = cms_upgrade(may, nothing_missing[1] & nothing_missing[2], slips > 0)
        again = second_upgrade(book) if upgrade_again else None
    elif switch is not None:
        book = communication_manager_upgrade(switch.left == 0)

    extra = []
    if observe == "backups":
        extra.append(backup_observer([*backup.values()], 0))
    elif observe == "age":
        kept_by = [p.arrays[name][0] for p in (*database.values(), *backup.values()) for name in p.arrays]
        extra.append(age_observer(intervals[0].past, all_of(kept_by, lambda r: r != WHOLE)))
    if backup_each_interval:
        # While the other server is restored from a medium no new backup is written.
        reading = {n: restore[3 - n].in_states("begin_restore", "finish_restore") for n in SERVERS}
        extra.append(backup_schedule(any_of(ready[n] & ~backup[n].fresh & ~reading[n] for n in SERVERS)))
    regular = scheduled_backups or backup_each_interval
    if observe_recovery == "collection":
        nobody = calls & ~collecting[1] & ~collecting[2]
        extra.append(recovery_clock("collection of call data", COUNTED, nobody))
    elif observe_recovery == "missing_data":
        waits = ~nothing_missing[1] | ~nothing_missing[2]
        extra.append(recovery_clock("complete data on both servers", COUNTED, waits))

    parts = Parts(link, server, software, collection, database, backup, cmsadm, restore)
    limit = attended_within.ticks(interval)
    if limit:
        to_do = [parts.due(n, circuit[behind[n]].powered, moment[n] & one_release, ready) for n in SERVERS]
        to_do += [c.failed for c in circuit.values()]
        if book and cms_upgraded:
            to_do += [
                may[n] & book.state(f"step_{k}_upgrade_{which}") for n, k, which in ((1, 1, "first"), (2, 3, "second"))
            ]
            to_do += [book.in_states("step_2_first_collects", "step_4_second_collects")]
        extra.append(attendance(limit, any_of(to_do)))
    events = [
        *(e for n in SERVERS for e in parts.failures(n, classes)),
        *(
            e
            for n in SERVERS
            for e in parts.backup_and_restore(n, regular, local_administration, cms_upgraded, one_at_a_time)
        ),
        *(e for n in SERVERS if own_first for e in parts.own_restore(n, cms_upgraded)),
        *(parts.version_upgrade(book, again, slips > 0) if book and cms_upgraded else []),
        *(parts.switch_upgrade(book, switch, prompt) if book and switch else []),
    ]
    components = [
        *([switch] if switch else []), *link.values(), *circuit.values(), *battery_of.values(), *server.values(),
        *software.values(), *collection.values(), covering, *intervals, *database.values(), *backup.values(),
        *cmsadm.values(), *restore.values(), *([book] if book else []), *([again] if again else []),
        *extra,
    ]  # order of components  # fmt: skip
    return compose(
        "cms_ha",
        components,
        events=events,
        faults={"failure": failures, **({"operator slip": slips} if slips and cms_upgraded else {})},
        flows=[
            way
            for n in SERVERS
            for way in (
                flow([link[n], collection[n], database[n]], "call data", moved_by="tick", source=PAGE),
                flow(
                    [database[3 - n], backup[3 - n], restore[n], database[n]],
                    "what is brought back",
                    moved_by=[f"restore{n}_begins", f"backup{3 - n}_done", f"restore{n}_done"],
                    source=f"{PAGE}, restores",
                ),
            )
        ],
        tick=interval,
        parts={
            "intervals": intervals,
            "collecting": collecting,
            "calls": calls,
            "ready": ready,
            "link": link,
            "server": server,
            "software": software,
            "collection": collection,
            "database": database,
            "backup": backup,
            "cmsadm": cmsadm,
            "restore": restore,
            "circuit": circuit,
            "ups": battery_of,
            "pump_up_ticks": ticks["pump_up"],
            "administration_ticks": ticks["administration"],
        },
        silenced=[silence("DR802", "circuit1 / circuit2", "an outage of the area is one event for both")],
    )


def up_states(software: Component) -> list[str]:
    """The states in which the application runs, whether or not data collection is on."""
    return [s for s in ("collecting", "off") if s in software.states]


@dataclass(frozen=True)
class Parts:
    """The components by server, and which of them take part together in what."""

    link: dict[int, Component]
    server: dict[int, Component]
    software: dict[int, Component]
    collection: dict[int, Component]
    database: dict[int, Component]
    backup: dict[int, Component]
    cmsadm: dict[int, Component]
    restore: dict[int, Component]

    def failures(self, n: int, classes: Classes) -> list[Rendezvous]:
        """What hits a server together with its database, and how it is rebuilt."""
        server, data, gap = self.server[n], self.database[n], self.collection[n]
        events = [event(f"server{n}_crashes", {server: "crashes", data: "crashes", gap: "falls_behind"})]
        if classes.hardware:
            events += [
                event(f"server{n}_disks_fail", {server: "disks_fail", data: "disks_fail", gap: "falls_behind"}),
                event(
                    f"server{n}_rebuilt",
                    {server: "rebuilt", self.cmsadm[n]: "restored", self.software[n]: "rebuilt"},
                    kind="operator",
                    doc="the server is rebuilt from its CMSADM backup",
                ),
            ]
        return events

    def due(self, n: int, on_mains: Expression, moment: Expression, ready: dict[int, Expression]) -> Expression:
        """Whether something can be done for server n: its link, its hardware, its software, or a step of its restore.

        `moment`: when a restore of it may begin; `ready`: on which servers the application runs. Without local administration
        data and scheduled backups, which are begun by others at any time.
        """
        other = 3 - n
        server, restore, backup = self.server[n], self.restore[n], self.backup[other]
        may_start = moment & ready[other] & ~being_written(backup) & self.cmsadm[other].idle
        steps = [
            self.link[n].down,
            server.in_states("off", "crashed") & on_mains,
            self.software[n].failed & server.running,
            (self.collection[n].gap == TO_RESTORE) & restore.back_up_other & may_start,
            restore.backing_up & ready[other],
            restore.begin_restore & ready[n] & backup.kept,
            restore.finish_restore & ready[n],
        ]
        if "failed" in server.states:
            steps += [server.failed & on_mains, server.disks_lost & on_mains & self.cmsadm[n].good]
        return any_of(steps)

    def backup_and_restore(
        self, n: int, scheduled: bool, local: bool, releases: bool, one_at_a_time: bool
    ) -> list[Rendezvous]:
        """Maintenance backups of server n, and the procedure that restores server n from the other one's."""
        other = 3 - n
        restore, gap, data = self.restore[n], self.collection[n], self.database[n]
        reader = self.restore[other]
        turned_off, turned_on = ({self.software[n]: t} if local else {} for t in ("turn_off", "turn_on"))
        alone = {reader: "stands_by"} if one_at_a_time else {}
        start = {self.backup[other]: "start", self.cmsadm[other]: "leaves_room"}
        events = [
            event(f"restore{n}_begins", {restore: "back_up_other", gap: "restore_begins", **start, **alone}),
            event(f"backup{n}_done", {self.backup[n]: "done"}, optional={reader: "backup_done"}),
            event(
                f"backup{n}_fails",
                {self.backup[n]: "fails"},
                optional={reader: "backup_fails", self.collection[other]: "restore_fails"},
            ),
            event(f"restore{n}_starts", {restore: "begin_restore", **turned_off}),
            event(f"restore{n}_done", {restore: "finish_restore", gap: "restore_done", data: "restore", **turned_on}),
            event(f"restore{n}_aborted", {restore: "abort", gap: "falls_behind", data: "restore_cut_short"}),
        ]
        if scheduled:
            events.append(
                event(
                    f"backup{n}_scheduled",
                    {self.backup[n]: "start", self.cmsadm[n]: "leaves_room", reader: "stands_by"},
                    kind="operator",
                    doc="a maintenance backup is begun by schedule",
                )
            )
        if releases:
            events.append(event(f"restore{n}_puts_away", {restore: "put_away", gap: "falls_behind"}))
        return events

    def own_restore(self, n: int, releases: bool) -> list[Rendezvous]:
        """A repair: server n gets back what its own last maintenance backup holds, before it is backed up again."""
        data, own = self.database[n], self.backup[n]
        events = [event(f"server{n}_restores_own", {data: "restore_own", own: "read"}, kind="operator")]
        if releases:
            events.append(event(f"server{n}_skips_own", {data: "skip_own", own: "unreadable"}, kind="operator"))
        return events

    def version_upgrade(self, book: Component, again: Component | None, slips: bool) -> list[Rendezvous]:
        """The steps of the full version upgrade. With `slips` a step may come when it has nothing to act on."""
        steps = {
            "step_1_upgrade_first": (1, "upgrade"),
            "step_2_first_collects": (1, "upgraded"),
            "step_3_upgrade_second": (2, "upgrade"),
            "step_4_second_collects": (2, "upgraded"),
        }
        events = []
        for key, (n, trigger) in steps.items():
            acts = {self.software[n]: trigger}
            events.append(event(key, {book: key, **({} if slips else acts)}, optional=acts if slips else {}))
        for n in SERVERS if again else ():
            assert again is not None
            meanwhile = {again: f"server{n}_again"}
            events += [
                event(f"server{n}_upgrade_again", {**meanwhile, self.software[n]: "upgrade_again"}, kind="operator"),
                event(f"server{n}_upgraded_again", {**meanwhile, self.software[n]: "upgraded"}, kind="operator"),
            ]
        return events

    def switch_upgrade(self, book: Component, switch: Component, prompt: bool) -> list[Rendezvous]:
        """The steps of the upgrade of the Communication Manager, which acts on both links at once.

        With `prompt`, time does not pass while the administration or the pump-up could be begun.
        """
        links = self.link.values()
        return [
            event(
                "step_1_take_down",
                {book: "step_1_take_down", switch: "take_down"},
                optional=dict.fromkeys(links, "cut"),
            ),
            event("step_2_bring_up", {book: "step_2_bring_up", switch: "bring_up"}),
            event("step_3_administer", {book: "step_3_administer", switch: "administer"}, urgent=prompt),
            event(
                "step_4_pump_up",
                {book: "step_4_pump_up", switch: "release_administered"},
                optional=dict.fromkeys(links, "pump_up"),
                urgent=prompt,
            ),
        ]
