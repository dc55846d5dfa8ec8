"""Rewrites that are made for one change each."""
