"""One component a file: what a product or a site does, as a state machine."""
