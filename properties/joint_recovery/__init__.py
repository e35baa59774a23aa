"""What the two recoveries promise after one and the same disaster."""
