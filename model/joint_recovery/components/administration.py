"""How operators at Site 2 change a configuration object, and what the proxies there have of it."""

from drcheck import Boolean, Component, Expression, on


def administration_tool(name: str, accepted: Expression) -> Component:
    """The tool with which operators change configuration objects; a change goes through while it is `accepted`.

    In limited mode no change is accepted (Framework guide, Overview). The operators of a step that is refused wait and try
    again: the guides know no other way to carry it out.
    """
    return Component(
        name,
        states=["working"],
        transitions=[on("change_object", when=accepted)],
        doc="The administration tool of the operators at Site 2.",
    )


def object_in_proxies(name: str, proxies_connected: Expression) -> Component:
    """What the proxies of Site 2 have in memory of the Application object of Info Mart.

    A master tells connected proxies of each change. What it accepts while they are not connected they do not know, until
    they load the configuration anew as they connect.
    """
    behind = Boolean("behind", doc="Whether the object has been changed and the proxies do not know it yet.")
    return Component(
        name,
        states=["loaded"],
        variables=[behind],
        transitions=[
            on("change_object", when=~proxies_connected, then={behind: True}),
            on("change_object"),
            on("load", when=behind & proxies_connected, then={behind: False}, internal=True, urgent=True, priority=1),
        ],
        doc="The copy of the Application object that the proxies of Site 2 serve.",
    )
