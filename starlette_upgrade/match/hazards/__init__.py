"""Hazards, one module each, in a folder for each family."""
