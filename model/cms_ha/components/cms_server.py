"""A CMS server: the hardware that the CMS software and its database run on."""

from drcheck import Component, Expression, on


def cms_server(name: str, powered: Expression, on_mains: Expression, hardware: bool) -> Component:
    """One server (CMS High Availability page, CMS hardware failures; Power failures).

    `hardware`: it may fail. Either its disks outlast the failure and a repair brings it back as it was, or they are
    lost and it is rebuilt from the CMSADM backup, if there is one; the page knows no other way back. On
    battery an operator may shut it down; without power it crashes. It is started again on mains. How long each of these
    takes is open.
    """
    states = ["running", "off", "crashed"]
    transitions = [
        on(f"{name}_shut_down", "running", "off", when=~on_mains, kind="operator", doc="shut down in order, on battery"),
        on(f"{name}_starts", ["off", "crashed"], "running", when=on_mains, kind="operator", doc="started after a power failure"),
        on("crashes", "running", "crashed", when=~powered, urgent=True, priority=1, doc="the UPS is exhausted"),
    ]  # a transition a row  # fmt: skip
    if hardware:
        states += ["failed", "disks_lost"]
        transitions += [
            on(
                f"{name}_hardware_fails", "running", "failed", kind="environment", fault="failure",
                doc="the hardware fails; the disks are intact",
            ),
            on(f"{name}_repaired", "failed", "running", when=powered, kind="operator"),
            on(
                "disks_fail", "running", "disks_lost", kind="environment", fault="failure",
                doc="the hardware fails and the disks are lost",
            ),
            on(
                "rebuilt", "disks_lost", "running", when=powered, kind="operator",
                doc="the system is rebuilt from the CMSADM backup",
            ),
        ]  # a transition a row  # fmt: skip
    return Component(name, states=states, transitions=transitions, doc="A CMS server.")
