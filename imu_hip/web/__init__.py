"""The live page: a local server and what it serves."""
