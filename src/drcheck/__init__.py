"""drcheck: a formal state-machine model checker for disaster-recovery designs."""

__version__ = "0.1.0"
