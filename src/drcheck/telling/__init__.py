"""Traces told as stories: which steps matter and why, rounds folded, values in words. One telling for all that show traces.

`reasons`: which cells decide a value in a state. `mattering`: the backward slice of a trace. `folding`: rounds that repeat.
`words`: steps and values in words. `telling`: all of it put together, as data and as lines of text.
"""
