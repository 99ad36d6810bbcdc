"""From source text to clean passages and tables, with a map back to source offsets."""

from .blocks import Layout, Passage
from .passages import lay_out

__all__ = ["Layout", "Passage", "lay_out"]
