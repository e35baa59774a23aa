"""Recovery of Info Mart and of the Configuration Database after one and the same disaster."""
