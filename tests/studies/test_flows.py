"""The flows of the designs: what is stated is modelled somewhere, and each names a place of a document."""

from __future__ import annotations

import re

import pytest

from drcheck.designs.design import load
from drcheck.system.ways import legs

DOCUMENTS = ("Info Mart guide", "Framework guide", "Logger page", "CMS High Availability page (Avaya)")
SHOWN = {
    "model.info_mart_replication.keys_after_takeover:keys_after_takeover": ["site1", "active", "standby"],
    "model.info_mart_replication.upgrade_and_takeover:upgrade_and_takeover": [
        "site1",
        "active_schema",
        "standby_schema",
    ],
}


@pytest.mark.parametrize("name", SHOWN)
def test_rows_and_schema_changes_go_where_they_are_drawn(name: str) -> None:
    system = load(name).build({})
    (flow,) = system.flows
    assert list(flow.path) == SHOWN[name]
    assert all(leg.modelled for leg in legs(system, flow))


@pytest.mark.parametrize("name", [*SHOWN, "model.joint_recovery.design:joint_recovery"])
def test_a_flow_names_its_place(name: str) -> None:
    for flow in load(name).build({}).flows:
        document, _, section = flow.source.partition(", ")
        assert document in DOCUMENTS
        assert re.match("[A-Z]", section), "a section, as it is headed"
