"""The designs under review, as explicit state machines: components, runbooks, and one module per product."""
