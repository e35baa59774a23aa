"""What the Configuration Database's disaster recovery promises."""
