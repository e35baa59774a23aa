"""Sampling executions: random walks and bitstate searches. They show, and never prove."""
