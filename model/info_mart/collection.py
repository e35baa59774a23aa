"""The collection layer that both Info Mart architectures share: sites, link, sources, ICONs and IDBs.

(Info Mart guide, Architecture: Sample Two-Site Architectures.) A redundant pair of ICONs watches each data source at the
source's own site; one IDB of the pair is at that site, the other at the other one.
"""

from dataclasses import dataclass, field

from drcheck import Component, Duration, Expression, Flow, Literal, Site, flow, if_else, minimum
from model.common.link import wide_area_link
from model.info_mart.components.contact_activity import contact_activity
from model.info_mart.components.data_source import KINDS, data_source
from model.info_mart.components.icon import icon_with_local_idb, icon_with_remote_idb
from model.info_mart.components.idb import idb
from model.info_mart.components.info_mart_database import Reach
from model.info_mart.components.site import site
from model.info_mart.components.stream import Stream

TRUE, FALSE, NOTHING = Literal(True), Literal(False), Literal(0)


@dataclass
class Collection:
    """The components of the collection layer, and what is at each site (to which the architectures add)."""

    sites: dict[int, Component]
    link: Component
    streams: list[Stream]
    activity: dict[int, Component]
    most: int
    members: dict[int, list[Component]] = field(default_factory=dict)
    others: list[Component] = field(default_factory=list)
    allowing: dict[Component, str] = field(default_factory=dict)
    """Who must take part when an outage begins."""

    def at(self, number: int, *components: Component) -> None:
        """Put components at a site."""
        self.members[number].extend(components)

    def everything(self) -> list[Component]:
        """All components, site by site, then those that are at no site."""
        return [self.sites[1], *self.members[1], self.sites[2], *self.members[2], self.link, *self.others]

    def site_groups(self) -> list[Site]:
        """The sites with their members."""
        return [Site(self.sites[n], tuple(self.members[n])) for n in (1, 2)]

    def charged(self, number: int) -> dict[Component, str]:
        """The ICONs of a lost site whose queues need not be remembered once what was in them has been charged."""
        icons = [s.remote_icon for s in self.streams if s.site == number and s.remote_icon is not None]
        return {icon: "forget" for icon in icons if "forget" in icon.triggers}

    def flows(
        self,
        etl: list[Component],
        report: Component | None,
        number: int,
        aggregation: bool,
        source: str,
        same_pace: bool = False,
    ) -> list[Flow]:
        """The ways of each source's data by both ICONs of its pair to an Info Mart, and on to its reports.

        `etl`: the server and the database at site `number`. `same_pace`: whether the servers of both sites do their jobs at
        the same moments, in events of both.
        """
        server = etl[0].name
        jobs = [f"{server}_extracts", f"{server}_transforms"]
        if same_pace:
            jobs = [
                name for job in ("extracts", "transforms") for name in (f"both_servers_{job}", f"{server}_{job}_alone")
            ]
        jobs += [f"raa{number}_aggregates"] if aggregation else []
        aggregating = [c for c in self.members[number] if aggregation and c.name == f"raa{number}"]
        end = [*etl, *aggregating, *([] if report is None else [report])]
        found = []
        for stream in self.streams:
            pairs = [(stream.local_icon, stream.local_idb)]
            if stream.remote_icon is not None and stream.remote_idb is not None:
                pairs.append((stream.remote_icon, stream.remote_idb))
            found += [
                flow([stream.source, icon, idb, *end], stream.name, moved_by=["tick", *jobs], source=source)
                for icon, idb in pairs
            ]
        return found

    def reachable(self, number: int) -> Expression:
        """Whether a server at the other site reaches the IDBs at site `number`."""
        return self.link.up & self.sites[number].up

    def reach(self, server_site: int, ignored: dict[int, Expression], uncovered: list[Expression]) -> list[Reach]:
        """For each stream, what an Info Mart Server at a site can get at: the IDB that holds the best data in reach.

        `ignored`: by site of the stream, whether its ICONs' connections are removed. `uncovered`: by stream, everything
        not extracted yet, which is what an unreachable stream is behind by.
        """
        result = []
        for i, stream in enumerate(self.streams):
            own = stream.site == server_site
            queued: Expression = stream.remote_icon.queue if stream.remote_icon is not None else Literal(0)
            redundant: Expression = queued if stream.remote_idb is not None else uncovered[i]
            behind = Literal(0) if own else if_else(self.reachable(stream.site), 0, redundant)
            if stream.may_lack:
                behind = self.best_of_pair(stream, own, uncovered[i])
            result.append(
                Reach(
                    behind=behind,
                    gone=FALSE if own else self.sites[stream.site].failed,
                    ignored=FALSE if own else ignored.get(stream.site, FALSE),
                    queued=NOTHING if own else queued,
                )
            )
        return result

    def best_of_pair(self, stream: Stream, own: bool, uncovered: Expression) -> Expression:
        """What the better of a pair's IDBs in reach lacks, where either of them may lack something.

        `own`: the server is at the source's site, so that the remote IDB is the one beyond the link.
        """
        alone = stream.icons_may_fail
        local: Expression = stream.local_icon.lacks if alone else NOTHING
        remote: Expression = uncovered
        if stream.remote_icon is not None:
            remote = stream.remote_icon.queue + (stream.remote_icon.lacks if alone else 0)
        if stream.idbs_may_fail:
            local = if_else(stream.local_idb.available, local, uncovered)
            remote = remote if stream.remote_idb is None else if_else(stream.remote_idb.available, remote, uncovered)
        if own:
            return minimum(local, if_else(self.reachable(3 - stream.site), remote, uncovered))
        return minimum(if_else(self.reachable(stream.site), local, uncovered), remote)


def collection(
    sources: int,
    ha_idb: bool,
    longest_outage: Duration,
    most: int,
    drain: int,
    failing: str,
    activity: bool,
    forgets: int = 0,
    lost_when: Expression = TRUE,
    icons_fail: bool = False,
    idbs_fail: bool = False,
) -> Collection:
    """Build the collection layer: `sources` data sources at each site, with or without the redundant remote IDBs.

    `drain`: intervals that an ICON writes from its queue each tick; `most`: the longest queue; `failing`: which sites
    may fail ("site1", "site2" or "either"); `forgets`: the site, if any, the queues of whose ICONs are forgotten once
    charged; `lost_when`: a condition on the moment at which Site 1 fails; `icons_fail`, `idbs_fail`: whether they may alone.
    """
    moments = {1: lost_when, 2: TRUE}
    sites = {n: site(f"site{n}", moments[n] if failing in (f"site{n}", "either") else False) for n in (1, 2)}
    link = wide_area_link(longest_outage, sites[1].up & sites[2].up)
    busy = {n: contact_activity(f"activity{n}", "calls and agent states") for n in (1, 2)} if activity else {}
    layer = Collection(sites, link, [], busy, most, {1: [], 2: []})
    for number in (1, 2):
        other = 3 - number
        layer.at(number, *([busy[number]] if activity else []))
        for kind in KINDS[:sources]:
            name = f"{kind}{number}"
            source = data_source(name, kind)
            lacking = most if icons_fail else 0
            local_icon = icon_with_local_idb(f"icon_{name}_local", lacking)
            local_idb = idb(f"idb_{name}_local", f"Site {number}", idbs_fail)
            layer.at(number, source, local_icon, local_idb)
            remote_icon = remote_idb = None
            if ha_idb:
                remote_idb = idb(f"idb_{name}_remote", f"Site {other}", idbs_fail)
                remote_icon = icon_with_remote_idb(
                    f"icon_{name}_remote", link.up, remote_idb.available, most, drain, number == forgets, lacking
                )
                layer.at(number, remote_icon)
                layer.at(other, remote_idb)
            layer.streams.append(Stream(name, number, source, local_icon, local_idb, remote_icon, remote_idb))
    return layer
