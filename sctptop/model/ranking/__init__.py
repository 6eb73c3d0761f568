"""What an association's place among the others is made of: what is wrong with it, and how much it carries."""
