"""The catalogue of fields, and all that is derived from it: columns, order, filter."""
