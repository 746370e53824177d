"""Pretends of the services that the bot speaks to, for tests and for trying things out."""
