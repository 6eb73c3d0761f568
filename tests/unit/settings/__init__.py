"""Settings: read, refused, printed, changed."""
