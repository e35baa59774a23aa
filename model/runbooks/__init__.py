"""Published procedures as state machines: the operator works through them step by step."""
