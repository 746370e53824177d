"""Seedream bot: words and pictures in, pictures out."""

__version__ = "0.1.0"
