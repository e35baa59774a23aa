"""A stream: one data source with its pair of ICONs and their two IDBs, as the Info Mart Servers see it."""

from dataclasses import dataclass

from drcheck import Component, Expression


@dataclass(frozen=True)
class Stream:
    """What one data source makes and where it is kept (Info Mart guide, Architecture: Data Centers).

    `site`: 1 or 2, the source's own. `local_idb` is at that site; `remote_idb` (None where no HA IDB is deployed) at the
    other one, written by `remote_icon` through its queue.
    """

    name: str
    site: int
    source: Component
    local_icon: Component
    local_idb: Component
    remote_icon: Component | None
    remote_idb: Component | None

    @property
    def may_lack(self) -> bool:
        """Whether an ICON or an IDB of the pair may fail alone, so that something is lacking."""
        return self.icons_may_fail or self.idbs_may_fail

    @property
    def icons_may_fail(self) -> bool:
        """Whether an ICON of the pair may fail alone, so that its IDB lacks something."""
        return "lacks" in {variable.name for variable in self.local_icon.variables}

    @property
    def idbs_may_fail(self) -> bool:
        """Whether an IDB of the pair may fail alone."""
        return "failed_alone" in self.local_idb.states

    @property
    def producing(self) -> Expression:
        """Whether the source makes data."""
        return self.source.producing
