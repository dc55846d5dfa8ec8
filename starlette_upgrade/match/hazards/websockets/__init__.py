"""Hazards: a websocket used out of order."""
