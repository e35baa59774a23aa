"""A data source: the server whose events become reporting data."""

from drcheck import Component, on

KINDS = ("voice", "multimedia", "configuration", "outbound")
"""The data domains: SIP Server, Interaction Server, Configuration Server Proxy, Outbound Contact Server."""
SERVERS = {
    "voice": "SIP Server",
    "multimedia": "Interaction Server",
    "configuration": "Configuration Server Proxy",
    "outbound": "Outbound Contact Server",
}


def data_source(name: str, kind: str) -> Component:
    """A data source at a site: it makes one interval of reporting data every tick, until its site fails.

    (Info Mart guide, Architecture: Data Centers.) Each domain has its own kind of server and its own ICONs and IDBs.
    """
    return Component(
        name,
        states=["producing", "failed"],
        transitions=[
            on("tick", "producing"),
            on("tick", "failed"),
            on("site_fails", "producing", "failed", passive=True),
        ],
        doc=f"{SERVERS[kind]}: makes one interval of {kind} data every tick.",
    )
