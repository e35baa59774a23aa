"""The Info Mart tables that matter for replication, by group.

The guide recommends to exclude the listed ones, data and schema changes alike; `REPLICATED` are some that must arrive.
"""

from types import MappingProxyType

EXCLUDED = MappingProxyType(
    {
        "temporary": ("TMP_*",),
        "GIDB": (
            *(
                f"GIDB_G_{name}_{media}"
                for name in (
                    "AGENT_STATE_HISTORY", "AGENT_STATE_RC", "CALL_HISTORY", "CALL", "CUSTOM_DATA_S", "DND_HISTORY",
                    "IR_HISTORY", "IR", "LOGIN_SESSION", "PARTY_HISTORY", "PARTY", "ROUTE_RES_VQ_HIST", "ROUTE_RESULT",
                    "SECURE_UD_HISTORY", "USERDATA_HISTORY", "VIRTUAL_QUEUE",
                )
                for media in ("MM", "V")
            ),
            "GIDB_G_CALL_STAT_V", "GIDB_G_IS_LINK_HISTORY_V", "GIDB_G_IS_LINK_V",
            "GIDB_GM_F_USERDATA", "GIDB_GM_L_USERDATA",
            "GIDB_GO_CAMPAIGN", "GIDB_GO_CAMPAIGNHISTORY", "GIDB_GO_CHAIN", "GIDB_GO_CHAINREC_HIST",
            "GIDB_GO_FIELDHIST", "GIDB_GO_METRICS", "GIDB_GO_RECORD", "GIDB_GO_SEC_FIELDHIST", "GIDB_GOX_CHAIN_CALL",
        ),
        "aggregate": ("AGR_JUNK_NOTIFICATION", "AGR_LOCK", "AGR_NOTIFICATION"),
        "merge": ("G_CALL", "G_IR", "G_IS_LINK"),
        "staging": (
            "STG_ACW", "STG_ACTIVE_ACW", "STG_IDB_FK_VIOLATION", "STG_SM_RES_ST_REASON_FACT_MM",
            "STG_SM_RES_ST_REASON_FACT_V", "STG_SM_RES_STATE_FACT_MM", "STG_SM_RES_STATE_FACT_V",
            "STG_TRANSFORM_DISCARDS", "STG_UDH_CID_V", "STG_UDH_V", "STG_UDH_V_UNP", "STG_UDH_V2", "STG_UDH_V2_UNP",
            "STG_UDH_MM",
        ),
        "control": ("CTL_TRANSFORM_HISTORY", "CTL_EXTRACT_HISTORY", "CTL_PURGE_HISTORY", "CTL_SCHEMA_INFO"),
    }
)  # as the guide lists them  # fmt: skip
"""Tables that the guide recommends to exclude, by group. GIDB_GO_RECORD and STG_UDH_MM exist in release 8.1.0 only.

(Info Mart guide, Tables Excluded from Replication.)
"""

TEMPORARY = "TMP_EXAMPLE"
"""A name that stands for the temporary tables, of which the guide gives the prefix only."""

LISTED: tuple[str, ...] = tuple(
    TEMPORARY if name.endswith("*") else name for names in EXCLUDED.values() for name in names
)
"""Every listed table, with one temporary table as an example."""

HIGH_WATER_MARK = "CTL_EXTRACT_HWM"
EXTRACT_HISTORY = "CTL_EXTRACT_HISTORY"
SCHEMA_INFO = "CTL_SCHEMA_INFO"
NOTIFICATION = "AGR_NOTIFICATION"

REPLICATED: tuple[str, ...] = (
    HIGH_WATER_MARK,
    "CTL_AUDIT_LOG",
    "INTERACTION_FACT",
    "INTERACTION_RESOURCE_FACT",
    "RESOURCE_",
    "DATE_TIME",
    "GIDB_GC_AGENT",
)
"""Tables that recovery or reports need: the extraction high-water mark, data lineage, facts, dimensions, configuration.

(Info Mart guide, Info Mart Database Replication; Genesys Info Mart Physical Data Model.)
"""


def group_of(name: str) -> str:
    """The group of a listed table. Raises KeyError for another name."""
    if name == TEMPORARY:
        return "temporary"
    for group, names in EXCLUDED.items():
        if name in names:
            return group
    raise KeyError(name)
