"""The one error that a broken rule file or an unknown rule raises."""

from __future__ import annotations


class RulesetError(Exception):
    """A rule file is not what it should be. The text names the file, the rule and the cure, in one line."""
