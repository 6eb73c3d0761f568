"""The language of filters: words of it, terms, and what a whole expression makes of a row."""
