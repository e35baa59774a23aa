"""Properties: what a design promises, and the logic to decide it."""
