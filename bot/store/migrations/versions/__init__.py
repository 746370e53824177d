"""The steps; the name of a file begins with its revision."""
