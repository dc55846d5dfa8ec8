"""Behaviours: WebSockets."""
