"""GoldenGate parameter files and command scripts: read, compared with each other, and given to the design."""
