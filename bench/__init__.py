"""Measures the bot's data path against a naive one and against the bare limit."""
