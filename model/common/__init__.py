"""What several studies share: the network between sites, runbooks."""
