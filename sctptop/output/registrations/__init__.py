"""Registrations as lines and as JSON, read again or as they were recorded."""
