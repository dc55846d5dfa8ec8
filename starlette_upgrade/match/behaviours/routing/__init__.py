"""Behaviours: routes, endpoints and static files."""
