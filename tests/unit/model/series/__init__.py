"""Series, packed."""
