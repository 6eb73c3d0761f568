"""From when to when each association lived."""
