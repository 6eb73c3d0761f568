"""Associations of a block of samples in columns, an attribute of all of them at a time."""
