"""What the lines of the screen say, as styled text."""
