"""Behaviours: what a response is."""
