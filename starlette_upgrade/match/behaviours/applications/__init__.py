"""Behaviours: what an application is given, and when."""
