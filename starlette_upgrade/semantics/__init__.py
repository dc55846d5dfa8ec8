"""What is this expression? A module, a class, an instance of a class, a function, or unknown."""
