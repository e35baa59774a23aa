"""Calls and agent states in progress at a site: data that no component holds yet."""

from drcheck import Boolean, Component, on, outcome


def contact_activity(name: str, what: str) -> Component:
    """Interactions in progress at one site (Info Mart guide, Potential Data Loss: Active Calls).

    When the site fails, those in progress are terminated and their reporting data is lost; `lost` says that there were
    some. Whether there are is the environment's choice, made in the event that makes it matter: no other component can
    tell a quiet site from a busy one, so choosing earlier would only multiply states. Activity at the other site is
    another component and takes no part in this site's failure.
    """
    lost = Boolean("lost", doc="Whether something was in progress when the site was lost.")
    return Component(
        name,
        states=["going_on", "terminated"],
        variables=[lost],
        transitions=[
            on(
                "site_fails",
                "going_on",
                outcomes=[outcome("terminated", {lost: True}), outcome("terminated")],
                passive=True,
            ),
        ],
        doc=f"The {what} in progress at the site.",
    )
