"""GI2, Genesys Interactive Insights: serves the reports from one Info Mart database."""

from drcheck import Component, on


def gi2(name: str, active: bool, by_the_runbook: bool = True) -> Component:
    """A GI2 instance: in service, or standing by until an operator brings it into service.

    (Info Mart guide, Architecture: Disaster Recovery.) Where no step of the runbook does that (`by_the_runbook` False),
    nothing does.
    """
    states = ["in_service", "failed"] if active else ["standby", "in_service", "failed"]
    transitions = [on("site_fails", states[:-1], "failed")]
    if not active:
        transitions.append(on("bring_into_service", "standby", "in_service", when=by_the_runbook))
    return Component(name, states=states, transitions=transitions, doc="Serves the historical reports.")
