"""``sctptop compare`` as text, Markdown and JSON."""
