"""The explorer: a design stepped state by state, in a page or in a terminal.

`session` steps the oracle and remembers what was seen; `blocked`, `truth` and `view` say what is to be seen at a state; `search`
finds states; `saving` writes a path as a test, a chart, ITF or JSON. `terminal` and `server` show all that.
"""
