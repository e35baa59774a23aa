"""Looking at some executions only: random walks and bit-state searches. They show, and never prove."""
