"""Startup and shutdown handlers become a `lifespan`: what is registered, on which application, and the new text."""
