"""What the Info Mart guide promises, and what the designs do."""
