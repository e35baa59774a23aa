"""The set of states: quotient table, its growth, halves of wide states, record."""
