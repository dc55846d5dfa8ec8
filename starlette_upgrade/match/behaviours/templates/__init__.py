"""Behaviours: Jinja2Templates."""
