"""Where a rule has a word to say: one module per kind of usage."""
