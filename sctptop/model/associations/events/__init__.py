"""Events of associations: seen between two readings, logged, missed, and why one ended."""
