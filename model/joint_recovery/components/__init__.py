"""The machines of this study, a component and its kin a file."""
