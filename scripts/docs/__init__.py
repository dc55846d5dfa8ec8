"""Writes docs/rules.md and docs/releases/ from the rules."""
