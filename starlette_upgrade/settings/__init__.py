"""What the person decided: flags and their defaults."""
