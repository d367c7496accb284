"""The version of this package, for whoever must not load more of it."""

__version__ = "0.1.0"
