"""What a model becomes: one frozen System of guarded commands, the oracle on live machines, traces."""
