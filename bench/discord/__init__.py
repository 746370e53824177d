"""Measures the bot as people at Discord meet it: how soon it answers, how soon the picture is there, what it costs."""
