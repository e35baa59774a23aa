"""GI2, Genesys Interactive Insights: serves the reports from one Info Mart database."""

from drcheck import Component, on


def gi2(name: str, active: bool) -> Component:
    """A GI2 instance: in service, or standing by until an operator brings it into service.

    (Info Mart guide, Architecture: Disaster Recovery.) Where no step of the runbook does that, nothing does.
    """
    states = ["in_service", "failed"] if active else ["standby", "in_service", "failed"]
    transitions = [on("site_fails", states[:-1], "failed", passive=True)]
    if not active:
        transitions.append(on("bring_into_service", "standby", "in_service", passive=True))
    return Component(name, states=states, transitions=transitions, doc="Serves the historical reports.")
