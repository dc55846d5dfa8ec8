"""Hazards: a resource that is closed before a response has read it."""
