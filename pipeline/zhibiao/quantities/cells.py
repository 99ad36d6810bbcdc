"""Table cells: a cell that holds one quantity and nothing else."""

from __future__ import annotations

import re
from decimal import Decimal

from zhibiao.schema import Op, Quantity

from .grammar import QuantityFinder
from .hints import UnitHint

__all__ = ["parse_cell"]

_STRIP = re.compile(r"\s+")
