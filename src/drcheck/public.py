"""What `import drcheck` offers: the names that a model file needs, each from the module that defines it.

The package itself (`drcheck/__init__.py`) hands them out as they are asked for, so that a command which needs none of them
starts without importing any.
"""

from drcheck.answers.sweeps.from_python import sweep
from drcheck.designs.design import Design, design
from drcheck.designs.parameter import ParameterRole, scope
from drcheck.designs.sweeps import Sweep
from drcheck.designs.tracing import occurrences
from drcheck.errors import DrcheckError
from drcheck.finders import remarks_of
from drcheck.interop.networkx_graph import state_graph
from drcheck.interop.quotient_graph import quotient_graph
from drcheck.language.component import Component, On, Outcome, Updates, on, outcome
from drcheck.language.durations import Duration, days, hours, minutes, seconds
from drcheck.language.expressions import Expression, Literal
from drcheck.language.flows import Flow, flow
from drcheck.language.free_choice import chosen
from drcheck.language.functions import all_of, any_of, count, if_else, maximum, minimum, total
from drcheck.language.happening import happens
from drcheck.language.names import named
from drcheck.language.references import state_of, variable_of
from drcheck.language.remarks import Remark, RemarkWarning, silence
from drcheck.language.standalone import standalone
from drcheck.language.variables import Age, Array, Boolean, Choice, Counter, Integer, Variable
from drcheck.logic.cases import case
from drcheck.logic.fairness import strongly_fair, weakly_fair
from drcheck.logic.finding import Accepted, Finding
from drcheck.logic.formulas import finally_, globally, next_, release, until, weak_until
from drcheck.logic.kinds import Property
from drcheck.logic.notices import Notice, notice
from drcheck.logic.objectives import Disruption, Objective, disruption, objective
from drcheck.logic.properties import (
    always,
    can_always,
    deadlock_free,
    eventually,
    leads_to,
    ltl,
    never,
    reachable,
    stated,
    structure,
    whenever,
    within,
    worst_case,
)
from drcheck.logic.roles import as_stated, condition, reading, stress, witness
from drcheck.system.composition import Rendezvous, Site, compose, event
from drcheck.system.system import System

__all__ = [
    "Accepted",
    "Age",
    "Array",
    "Boolean",
    "Choice",
    "Component",
    "Counter",
    "Design",
    "Disruption",
    "DrcheckError",
    "Duration",
    "Expression",
    "Finding",
    "Flow",
    "Integer",
    "Literal",
    "Notice",
    "Objective",
    "On",
    "Outcome",
    "ParameterRole",
    "Property",
    "Remark",
    "RemarkWarning",
    "Rendezvous",
    "Site",
    "Sweep",
    "System",
    "Updates",
    "Variable",
    "all_of",
    "always",
    "any_of",
    "as_stated",
    "can_always",
    "case",
    "chosen",
    "compose",
    "condition",
    "count",
    "days",
    "deadlock_free",
    "design",
    "disruption",
    "event",
    "eventually",
    "finally_",
    "flow",
    "globally",
    "happens",
    "hours",
    "if_else",
    "leads_to",
    "ltl",
    "maximum",
    "minimum",
    "minutes",
    "named",
    "never",
    "next_",
    "notice",
    "objective",
    "occurrences",
    "on",
    "outcome",
    "quotient_graph",
    "reachable",
    "reading",
    "release",
    "remarks_of",
    "scope",
    "seconds",
    "silence",
    "standalone",
    "state_graph",
    "state_of",
    "stated",
    "stress",
    "strongly_fair",
    "structure",
    "sweep",
    "total",
    "until",
    "variable_of",
    "weak_until",
    "weakly_fair",
    "whenever",
    "within",
    "witness",
    "worst_case",
]
