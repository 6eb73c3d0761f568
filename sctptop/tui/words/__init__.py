"""The words on the lines of the screen, as styled text."""
