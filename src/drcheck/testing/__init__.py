"""What the pytest plugin is made of: which designs are asked for, the searches behind items, and what they came to."""
