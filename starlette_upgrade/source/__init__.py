"""Bytes: which files there are, which of them can hold a finding, and what they say."""
