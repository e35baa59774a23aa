"""What the designs must do: one module a design, each property with its claim and source."""
