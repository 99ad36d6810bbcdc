"""From source text to clean passages and table regions, with a map back to source offsets."""

from .passages import Layout, Passage, lay_out

__all__ = ["Layout", "Passage", "lay_out"]
