"""Properties: what a design promises, and how each kind of promise is decided."""
