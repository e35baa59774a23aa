"""What the studies' properties share."""
