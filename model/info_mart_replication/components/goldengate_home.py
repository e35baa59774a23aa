"""GoldenGate at a new site: not there, or installed and configured."""

from drcheck import Component, on


def goldengate_home(name: str) -> Component:
    """The installation without which no process can be added (Info Mart guide, Return to Normal Operation, step 5)."""
    return Component(
        name,
        states=["absent", "installed"],
        transitions=[on("install", "absent", "installed", passive=True)],
        doc="GoldenGate at the new site.",
    )
