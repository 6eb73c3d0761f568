"""What each command does, as the command line asks for it; cli.py chooses among them. Rooms are imported late."""
