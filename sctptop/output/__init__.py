"""Views without a screen: text tables, JSON lines, CSV."""
