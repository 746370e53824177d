"""The sandbox in a browser: the real bot between two pretend ends, and a page on loopback that looks like Discord."""
