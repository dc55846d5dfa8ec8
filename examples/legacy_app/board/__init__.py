"""A photo board for a small club."""

__version__ = "1.4.0"
