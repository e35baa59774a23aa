"""What was found in the published parameter files and commands: each contradiction with its lines.

`extract.prm:34` is a line of a published sample, as it stands in model/info_mart_replication/parameter_files/samples; the
section of the guide is the source of the properties that show the finding. Where a line changes what replication does, the
finding is among those of the design: `extract-comes-too-late` (set_up.oby:8), `trail-of-two-names` (set_up.oby:12),
`export-names-no-file` (imp-gim.par:4). These are facts about texts, of which no execution has a cause.
"""

from drcheck import Finding

SAMPLES_AUTHOR = "the vendor, in the samples"

NAMES_WITHOUT_OWNER = Finding(
    id="names-without-owner",
    title="Three names lack the dot after the schema: as published the DataPump passes nothing on, Replicat maps to nothing",
    explanation=(
        "In SEQUENCE (datapump.prm:31), TABLE (datapump.prm:33) and TARGET (replicat.prm:48) the schema's name is followed by "
        "the asterisk without a dot; in every other line the dot is there. As written these names have no owner: they are "
        "looked for in the schema of the login, if there is one, and are of no table and no sequence of the Info Mart, the "
        "high-water mark's among them."
    ),
    repair="Put the dot in: schema.*.",
    silent=True,
    permanent=False,
    who=SAMPLES_AUTHOR,
    question="Are the missing dots in the published guide, or were they lost when it was put on the page?",
)

NOTIFICATIONS_NOT_EXCLUDED = Finding(
    id="notifications-not-excluded",
    title="The DataPump sample excludes one of the three aggregate tables, the other two samples all three",
    explanation=(
        "AGR_JUNK_NOTIFICATION and AGR_LOCK are missing before datapump.prm:14; extract.prm:44 and 45 and replicat.prm:28 and "
        "29 have them (the last exclusion of the file, datapump.prm:29, is where the audit points). It shows only if Extract "
        "is changed: then both tables cross the network for nothing, as Replicat leaves them out."
    ),
    repair="Add TABLEEXCLUDE for both.",
    silent=True,
    permanent=False,
    who=SAMPLES_AUTHOR,
)

SCHEMA_CHANGES_NOT_EXCLUDED = Finding(
    id="schema-changes-not-excluded",
    title="One listed table is excluded for data and not for schema changes",
    explanation=(
        "The list recommends to exclude data and schema changes of every table on it. STG_IDB_FK_VIOLATION is excluded for data "
        "(extract.prm:52) and missing among the clauses of DDL, which end in extract.prm:32: changes of its schema are "
        "replicated, and DDL INCLUDE ALL of Replicat applies them."
    ),
    repair="Add EXCLUDE OBJNAME for STG_IDB_FK_VIOLATION to DDL.",
    silent=True,
    permanent=False,
    who=SAMPLES_AUTHOR,
)

WORDS_UNKNOWN = Finding(
    id="words-unknown",
    title="Four words of the samples are no parameters: the process or program does not begin with such a file",
    explanation=(
        "DDOPTIONS (extract.prm:34) is like DDLOPTIONS, DEFERRREFCONST (replicat.prm:13) like DEFERREFCONST, REPEROR "
        "(replicat.prm:20) like REPERROR, which the next two lines have, and DUMPFIL (imp-gim.par:4) like DUMPFILE. Who takes "
        "the line out to make the file work also gives up what the word is there for."
    ),
    repair="Correct the four words.",
    silent=False,
    permanent=False,
    who=SAMPLES_AUTHOR,
    question="Are the misspelt words in the published guide?",
)

NEW_TABLES_UNLOGGED = Finding(
    id="new-tables-unlogged",
    title="With the misspelt DDOPTIONS taken out, tables that an upgrade adds are replicated without supplemental logging",
    explanation=(
        "DDL includes new tables (extract.prm:9), and ADDTRANDATA, which would log them, stands behind the misspelt word "
        "(extract.prm:34). Until ADD TRANDATA is repeated, changes of such tables cannot be replicated; the finding "
        "trandata-not-repeated shows what follows."
    ),
    repair="DDLOPTIONS ADDTRANDATA.",
    silent=True,
    permanent=False,
    who=SAMPLES_AUTHOR,
)

WILDCARDS_WIDER = Finding(
    id="wildcards-wider",
    title="Six patterns of the samples stand for more than the guide's list",
    explanation=(
        "The list gives names, and TMP_* for the temporary tables. The samples write TMP* (extract.prm:10), GIDB_G_* "
        "(extract.prm:12), GIDB_GM* (extract.prm:13), GIDB_GO* (extract.prm:14) and STG_UDH_* (extract.prm:28), which stand "
        "for every other table so named, too, and DBMS_TAB* (extract.prm:11), which no part of the list speaks of. A table that "
        "is meant to be replicated and has such a name, now or after an upgrade, is left out without a word."
    ),
    repair="Compare the patterns with the tables of the release, after each upgrade again.",
    silent=True,
    permanent=True,
    who=SAMPLES_AUTHOR,
    question="Which counts, the list or the samples: are all tables that the patterns stand for to be excluded?",
)

COLLISIONS_STAY_HANDLED = Finding(
    id="collisions-stay-handled",
    title="HANDLECOLLISIONS stays on after the start, and hides for good that the databases are out of step",
    explanation=(
        "Replicat overwrites rows that are there already and drops changes of rows that are not (replicat.prm:4). That covers "
        "an overlap with the export; no step switches it off afterwards. From then on a difference between the databases is "
        "never reported, among them those of extract-comes-too-late and set-up-step-left-out-unseen."
    ),
    repair="Once Replicat has caught up: SEND REPLICAT, NOHANDLECOLLISIONS, and remove the parameter.",
    silent=True,
    permanent=True,
    who=SAMPLES_AUTHOR,
)

FAILURES_PASSED_OVER = Finding(
    id="failures-passed-over",
    title="Replicat goes on over what it cannot apply, and nobody is told",
    explanation=(
        "Schema changes that fail are ignored (replicat.prm:18); changes of data that fail are handed to an exceptions mapping "
        "(replicat.prm:22), and the file has none. Both are left out; only the discard file tells of the second."
    ),
    repair="List the errors that may be ignored, let the others stop Replicat, or add MAP ... EXCEPTIONSONLY.",
    silent=True,
    permanent=True,
    who=SAMPLES_AUTHOR,
)

RECOVERY_NEEDS_EXCLUDED = Finding(
    id="recovery-needs-excluded",
    title="Two tables are excluded as internal whose absence costs a step of the recovery each",
    explanation=(
        "The chapters on the list and on data loss say that what is excluded is not needed. AGR_NOTIFICATION (extract.prm:46) "
        "holds what is still to be aggregated: step 10 must aggregate 24 hours anew. CTL_SCHEMA_INFO (extract.prm:62) holds the "
        "version of the schema: step 7 must migrate, on a schema that is in part new already (schema-version-excluded)."
    ),
    repair="Replicate CTL_SCHEMA_INFO with the schema changes; keep step 10.",
    silent=True,
    permanent=False,
    who=SAMPLES_AUTHOR,
)
