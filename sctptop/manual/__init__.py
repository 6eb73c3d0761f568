"""What there is to read: the topics of ``sctptop help``, and what is made of them and of the command line."""
