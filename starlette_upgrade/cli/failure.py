"""The error that ends a command with one clear line and exit code 2."""

from __future__ import annotations


class CommandError(Exception):
    """What a person asked for can't be done. The text says why and how to go on, in one line."""
