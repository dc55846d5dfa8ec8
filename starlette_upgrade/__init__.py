"""Says exactly what breaks in your code between two Starlette releases, and rewrites it."""

__version__ = "0.1.0"
