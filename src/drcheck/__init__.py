"""drcheck: a formal state-machine model checker for disaster-recovery designs."""

from drcheck.component import Component, On, Outcome, Updates, on, outcome
from drcheck.composition import Rendezvous, Site, compose, event
from drcheck.durations import Duration, days, hours, minutes
from drcheck.errors import DrcheckError
from drcheck.expressions import (
    Literal,
    Expression,
    all_of,
    any_of,
    count,
    if_else,
    maximum,
    minimum,
    total,
)
from drcheck.system import System
from drcheck.variables import Age, Array, Boolean, Choice, Counter, Integer, Variable

__version__ = "0.1.0"

__all__ = [
    "Age", "Array", "Boolean", "Choice", "Component", "Counter", "DrcheckError", "Duration", "Expression", "Integer", "Literal",
    "On", "Outcome", "Rendezvous", "Site", "System", "Updates", "Variable", "all_of", "any_of", "compose", "count", "days", "event",
    "hours", "if_else", "maximum", "minimum", "minutes", "on", "outcome", "total",
]
