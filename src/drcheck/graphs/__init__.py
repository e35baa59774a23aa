"""Transition graphs, and the algorithms on them that logic needs."""
