"""Network namespaces: which there are, and being inside of one for a moment."""
