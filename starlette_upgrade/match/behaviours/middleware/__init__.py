"""Behaviours: middleware, CORS and sessions."""
