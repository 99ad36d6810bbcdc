"""Linking the words of a record to a taxonomy of indicators: see `taxonomy` (the entries) and `linker` (the decision)."""
