"""Bytes in, bytes out: fetching pictures behind a guard, telling what they are, and making them fit."""
