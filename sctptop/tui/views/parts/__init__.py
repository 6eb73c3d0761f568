"""Blocks that several views are made of."""
