"""Reductions of the state space that keep the answers: each maps a System to a smaller one, so every engine has them.

| module | idea |
|---|---|
| form.py | what a reduction is given and what it hands back |
| simplify.py | partial evaluation, and what a guard says of cells |
| dead_variables.py | reset what is written before it is read again |
| reduce.py | one after the other |
| lift.py | a path of the reduced system as a path of the original one |
"""
