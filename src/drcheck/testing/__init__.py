"""What the pytest plugin is made of: requested designs, the searches behind items, and their results."""
