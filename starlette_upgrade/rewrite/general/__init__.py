"""Rewrites that any rule can use: names, attributes, arguments, decorators, overrides, questions."""
