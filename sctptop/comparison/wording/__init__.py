"""A comparison in words: the verdict, what goes with it, and what cannot be compared."""
