"""What drives the screen: the live collector, or the player of a recording."""
