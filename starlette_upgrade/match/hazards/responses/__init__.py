"""Hazards: a response used at the wrong time."""
