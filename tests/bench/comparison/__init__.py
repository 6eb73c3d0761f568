"""What comparing costs, and how often it is right."""
