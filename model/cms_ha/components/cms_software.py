"""The CMS software on one server: the application with its data collection."""

from drcheck import Boolean, Component, Expression, on


def cms_software(
    name: str,
    running: Expression,
    may_fail: bool,
    rebuilds: bool,
    local_restore: bool,
    release: Boolean | None = None,
    again: bool = False,
) -> Component:
    """The software (CMS High Availability page, CMS software failures; CMS full version upgrades).

    `running`: the server is up. The application or a collection process may fail and is restarted. `off`: data
    collection is turned off while local administration data is restored (`local_restore`). `rebuilds`: the server may be
    rebuilt. With an upgrade, `new_release` is what runs, and `release` what the CMSADM backup holds; `again`: a server
    that was rebuilt with the old release is upgraded once more.
    A server that comes up again starts collecting by itself.
    """
    transitions = [
        on(
            f"{name}_fails",
            "collecting",
            "failed",
            when=running & may_fail,
            kind="environment",
            fault="failure",
            doc="the application or a data collection process fails",
        ),
        on(f"{name}_restarted", "failed", "collecting", when=running, kind="operator"),
    ]
    states, variables, saved = ["collecting", "failed"], [], {}
    if local_restore:
        states.append("off")
        transitions += [
            on("turn_off", "collecting", "off"),
            on("turn_on", "off", "collecting"),
            on(f"{name}_turned_on_again", "off", "collecting", when=~running, urgent=True, doc="comes up collecting"),
        ]
    if release is not None:
        states.append("upgrading")
        new = Boolean(
            "new_release",
            doc="Whether the new release runs.",
            told=("{component} runs the new release", "{component} runs the old release"),
        )
        variables.append(new)
        saved[new] = release
        transitions += [
            on("upgrade", ["collecting", "failed"], "upgrading", when=running),
            on("upgraded", "upgrading", "collecting", when=running, then={new: True}),
        ]
        if again:
            transitions.append(on("upgrade_again", "collecting", "upgrading", when=running & ~new))
        if rebuilds:
            transitions.append(on("rebuilt", "upgrading", doc="the upgrade is begun again on the rebuilt server"))
    if rebuilds:
        transitions.append(on("rebuilt", [s for s in states if s != "upgrading"], "collecting", then=saved))
    return Component(
        name, states=states, variables=variables, transitions=transitions, doc="The CMS software of one server."
    )
