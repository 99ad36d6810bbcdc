"""Segmentation behind one protocol, and the tokenizer that keeps each quantity in one token."""

from .segmenters import Segmenter, make_segmenter

__all__ = ["Segmenter", "make_segmenter"]
