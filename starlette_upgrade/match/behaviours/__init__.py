"""Usages that need more than a name: one module each, named in the rules as `function`."""
