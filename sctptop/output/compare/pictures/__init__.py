"""Pictures of a comparison: distributions over one another and load curves, in the terminal and as SVG."""
