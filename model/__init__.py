"""The designs under review, as explicit state machines, a folder a study: designs, components, runbooks."""
