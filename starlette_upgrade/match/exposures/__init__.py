"""Where code uses what a published vulnerability exposes, one module for each kind of use."""
