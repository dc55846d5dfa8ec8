"""Behaviours: what a request gives."""
