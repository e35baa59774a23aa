"""What a modeller writes: expressions, variables, transitions, components, sites."""
