"""What the user wants of sctptop whenever it starts: a file in TOML, read, checked, printed and changed."""
