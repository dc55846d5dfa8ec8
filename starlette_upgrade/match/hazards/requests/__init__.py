"""Hazards: a request used at the wrong time."""
