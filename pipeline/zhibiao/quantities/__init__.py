"""Quantities: numbers with their units, found on characters."""

from .comparators import Comparators
from .grammar import QuantityFinder, default_finder
from .hints import UnitHint, unit_hint
from .units import UnitTable, default_units

__all__ = ["Comparators", "QuantityFinder", "UnitHint", "UnitTable", "default_finder", "default_units", "unit_hint"]
