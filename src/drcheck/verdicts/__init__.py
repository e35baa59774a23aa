"""From systems and properties to verdicts, claims, coverage and mutation."""
