"""The machines of this study, one a file."""
