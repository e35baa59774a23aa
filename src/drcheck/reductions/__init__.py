"""Reductions of the state space that preserve the answers: each maps a System to a smaller one, so every engine has them.

| module | idea |
|---|---|
| form.py | what a reduction is given and what it hands back |
| simplify.py | partial evaluation, and what a guard says of cells |
| dead_variables.py | reset variables that are overwritten before they are read |
| keys.py | when two expressions or events are the same up to the order of operands, with cells renamed |
| symmetry.py | find interchangeable components, and prove that they are |
| sorting.py | updates that leave blocks of cells sorted |
| partial_order.py | let events wait while independent ones are possible |
| reduce.py | one after the other |
| lift.py | a path of the reduced system as a path of the original one |
"""
