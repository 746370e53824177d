"""Measures the queue: how soon a job starts, what it costs, whether everybody has their turn, what waiting costs."""
