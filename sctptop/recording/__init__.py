"""Samples kept in a file, and read back as they were."""
